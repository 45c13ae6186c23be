import type { SyncChanges } from '../mvds/ports.ts';
import type { MessageId } from '../mvds/types.ts';
import type { Connection } from './connection.ts';
import type { MessageTable } from './messages.ts';
import type { RecordTable } from './records.ts';

/** Applies what one event changes, in one transaction. Returns the ids of the messages that were new. */
export function commitChanges(
  connection: Connection,
  messages: MessageTable,
  records: RecordTable,
  changes: SyncChanges,
): readonly MessageId[] {
  const apply = (): readonly MessageId[] => {
    for (const peerId of changes.forgetPeers ?? []) records.forget(peerId);
    for (const dropped of changes.dropCursors ?? []) records.dropCursors(dropped);
    // Before the new messages: it is about those that were held before.
    for (const backfill of changes.backfill ?? []) records.backfill(backfill);
    const added = messages.add(changes.addMessages ?? []);
    messages.tombstone(changes.tombstone ?? []);
    for (const { id } of changes.tombstone ?? []) records.withdraw(id);
    messages.revive(changes.revive ?? []);
    messages.deliver(changes.deliver ?? []);
    records.remove(changes.removeRecords ?? []);
    records.leaveBacklogs(changes.leaveBacklog ?? []);
    for (const held of changes.clearRecords ?? []) records.clear(held);
    records.put(changes.putRecords ?? []);
    for (const backlog of changes.addBacklog ?? []) records.addBacklog(backlog);
    for (const { peerId, sendEpoch } of changes.expedite ?? []) records.expedite(peerId, sendEpoch);
    for (const cursors of changes.setCursors ?? []) records.setCursors(cursors);
    if (changes.epoch !== undefined) records.setEpoch(changes.epoch);
    return added;
  };
  return isRepeatable(changes) ? connection.derived(apply) : connection.transaction(apply);
}

/** Changes that a loss of power may undo: what is lost of them is found out again with the peer, at the cost of a transmission. */
const REPEATABLE: ReadonlySet<string> = new Set<keyof SyncChanges>([
  'removeRecords',
  'leaveBacklog',
  'clearRecords',
  'expedite',
  'setCursors',
  'epoch',
]);

function isRepeatable(changes: SyncChanges): boolean {
  return Object.keys(changes).every((change) => REPEATABLE.has(change));
}
