import type { SyncChanges, SyncStore } from '../mvds/ports.ts';
import type { PeerId } from '../mvds/types.ts';

/** Told of the peers whose records a commit may change (`all`: of any), before it is tried; what it returns is told when that is over. */
export type CommitListener = (peers: ReadonlySet<PeerId> | 'all') => () => void;

/** The same store, with somebody who is told whose counts have changed, whatever the reason for the commit. */
export function countedStore(store: SyncStore, listener: CommitListener): SyncStore {
  return {
    messages: store.messages,
    records: store.records,
    async commit(changes) {
      const committed = listener(peersIn(changes));
      try {
        return await store.commit(changes);
      } finally {
        committed();
      }
    },
  };
}

function peersIn(changes: SyncChanges): ReadonlySet<PeerId> | 'all' {
  if (changes.tombstone?.length) return 'all';
  const peers = new Set(changes.forgetPeers);
  for (const { peerId } of changes.backfill ?? []) peers.add(peerId);
  for (const { peerId } of changes.removeRecords ?? []) peers.add(peerId);
  for (const { peerId } of changes.leaveBacklog ?? []) peers.add(peerId);
  for (const { peerId } of changes.putRecords ?? []) peers.add(peerId);
  for (const { peerId } of changes.addBacklog ?? []) peers.add(peerId);
  for (const { peerId } of changes.clearRecords ?? []) peers.add(peerId);
  return peers;
}
