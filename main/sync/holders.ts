import type { SyncStore } from '../mvds/ports.ts';
import type { GroupId, MessageId, PeerId } from '../mvds/types.ts';

/**
 * The peers that each message is known to be held by: those of its group whose history was covered and for which there is no
 * record that says otherwise, and that keep messages of its time. A message that is not held here is absent. A fixed number of reads per peer.
 */
export async function holdersOf(
  store: SyncStore,
  members: ReadonlyMap<PeerId, ReadonlySet<GroupId>>,
  sinceOf: (peerId: PeerId) => ReadonlyMap<GroupId, bigint> | undefined,
  messageIds: readonly MessageId[],
): Promise<ReadonlyMap<MessageId, ReadonlySet<PeerId>>> {
  const messages = await store.messages.read(messageIds);
  const holders = new Map<MessageId, Set<PeerId>>();
  for (const id of messages.keys()) holders.set(id, new Set());
  for (const [peerId, groups] of members) {
    const covered = await store.records.cursors(peerId);
    const records = await store.records.records(peerId, messageIds);
    const since = sinceOf(peerId);
    for (const { id, groupId, timestamp } of messages.values()) {
      const isShared = groups.has(groupId) && covered.has(groupId);
      const isKept = timestamp >= (since?.get(groupId) ?? timestamp);
      if (isShared && isKept && !records.has(id)) holders.get(id)?.add(peerId);
    }
  }
  return holders;
}
