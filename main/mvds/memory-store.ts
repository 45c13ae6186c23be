import { MemoryMessages } from './memory-messages.ts';
import { MemoryRecords } from './memory-records.ts';
import type { StoredMessage, SyncChanges, SyncStore } from './ports.ts';
import type { GroupId, MessageId, PeerId, SyncRecord } from './types.ts';

/** Everything that a store held at one moment, in plain values. */
export interface MemorySnapshot {
  readonly messages: readonly StoredMessage[];
  readonly records: readonly SyncRecord[];
  readonly backfilled: readonly (readonly [PeerId, readonly GroupId[]])[];
  readonly epoch: number;
}

export interface MemorySyncStore extends SyncStore {
  /** What a crash at this moment would leave: all that was committed and nothing else. */
  snapshot(): MemorySnapshot;
}

/** A `SyncStore` that keeps everything in memory, new or as a snapshot left it. */
export function createMemorySyncStore(snapshot?: MemorySnapshot): MemorySyncStore {
  const messages = new MemoryMessages(snapshot?.messages);
  const records = new MemoryRecords();
  for (const record of snapshot?.records ?? []) records.put(record);
  for (const [peerId, groupIds] of snapshot?.backfilled ?? []) {
    for (const groupId of groupIds) records.markBackfilled(peerId, groupId);
  }
  records.epochNumber = snapshot?.epoch ?? 0;

  return {
    messages,
    records,
    async commit(changes) {
      return applyChanges(messages, records, changes);
    },
    snapshot: () => ({
      messages: messages.all(),
      ...records.dump(),
      epoch: records.epochNumber,
    }),
  };
}

/** Nothing here can fail half-way, so applying in order is applying whole. */
function applyChanges(
  messages: MemoryMessages,
  records: MemoryRecords,
  changes: SyncChanges,
): MessageId[] {
  for (const peerId of changes.forgetPeers ?? []) records.forget(peerId);
  for (const backfill of changes.backfill ?? []) applyBackfill(messages, records, backfill);
  const added = (changes.addMessages ?? []).filter((message) => messages.add(message));
  for (const id of changes.deliver ?? []) messages.deliver(id);
  for (const { peerId, messageId } of changes.removeRecords ?? [])
    records.remove(peerId, messageId);
  for (const record of changes.putRecords ?? []) records.put(record);
  for (const { peerId, sendEpoch } of changes.expedite ?? []) records.expedite(peerId, sendEpoch);
  if (changes.epoch !== undefined) records.epochNumber = changes.epoch;
  return added.map(({ message }) => message.id);
}

function applyBackfill(
  messages: MemoryMessages,
  records: MemoryRecords,
  backfill: NonNullable<SyncChanges['backfill']>[number],
): void {
  const { peerId, type, sendEpoch, again = false } = backfill;
  const groups = new Set(
    backfill.groupIds.filter((groupId) => records.markBackfilled(peerId, groupId) || again),
  );
  if (groups.size === 0) return;
  for (const { id, groupId, source } of messages.all()) {
    // A peer that lost its store lost also what it had sent us.
    const isKnownThere = source === peerId && !again;
    if (!groups.has(groupId) || isKnownThere || records.has(peerId, id)) continue;
    records.put({ peerId, messageId: id, type, groupId, sendCount: 0, sendEpoch });
  }
}
