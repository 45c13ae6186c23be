import type { SyncChanges } from '../../mvds/ports.ts';
import type { GroupId, MessageId } from '../../mvds/types.ts';
import { MessageWriter, type Sequences } from './add-messages.ts';
import type { Queries } from './connection.ts';
import type { GroupNumbers } from './groups.ts';
import { RecordWriter } from './record-writer.ts';

export interface Committed {
  /** Ids of the messages that were new. */
  readonly added: readonly MessageId[];
  /** Undefined where no message was concerned. */
  readonly sequences: Sequences | undefined;
}

/** Applies what one event changes, in the order that `SyncChanges` gives. To be run in a transaction. */
export async function applyChanges(
  queries: Queries,
  groups: GroupNumbers,
  node: number,
  changes: SyncChanges,
): Promise<Committed> {
  const { addMessages = [], tombstone = [], revive = [], deliver = [] } = changes;
  const records = new RecordWriter(queries, groups, node);
  // First of all, whatever comes first in the change: two transactions that take their locks in one order never wait in a circle.
  const isAboutMessages =
    addMessages.length + tombstone.length + revive.length + deliver.length > 0;
  const messages = isAboutMessages ? await MessageWriter.begin(queries, groups, node) : undefined;
  if (changes.forgetPeers?.length) await records.forget(changes.forgetPeers);
  for (const dropped of changes.dropCursors ?? []) await records.dropCursors(dropped);
  // Before the new messages: it is about those that were held before.
  for (const backfill of changes.backfill ?? []) await records.backfill(backfill);
  let added: readonly MessageId[] = [];
  if (messages) {
    added = await messages.add(addMessages);
    if (tombstone.length > 0) {
      await messages.tombstone(tombstone);
      await records.withdraw(tombstone.map(({ id }) => id));
    }
    if (revive.length > 0) await messages.revive(revive);
    if (deliver.length > 0) await messages.deliver(deliver);
    await messages.end();
  }
  if (changes.removeRecords?.length) await records.remove(changes.removeRecords);
  for (const held of changes.clearRecords ?? []) await records.clear(held);
  if (changes.putRecords?.length) await records.put(changes.putRecords);
  for (const backlog of changes.addBacklog ?? []) await records.addBacklog(backlog);
  for (const expedited of changes.expedite ?? []) await records.expedite(expedited);
  for (const cursors of changes.setCursors ?? []) await records.setCursors(cursors);
  if (changes.epoch !== undefined) await records.setEpoch(changes.epoch);
  await records.end();
  return { added, sequences: messages?.sequences };
}

/** Throws `RangeError` for an ephemeral message, before anything is written. */
export function refuseEphemeral({ addMessages = [] }: SyncChanges): void {
  for (const { message } of addMessages) {
    if (message.metadata.ephemeral) throw new RangeError(`message ${message.id} is ephemeral`);
  }
}

/** The groups that a change names. */
export function groupsIn(changes: SyncChanges): GroupId[] {
  const { addMessages = [], tombstone = [], putRecords = [], clearRecords = [] } = changes;
  const { addBacklog = [], backfill = [], setCursors = [], dropCursors = [] } = changes;
  return [
    ...addMessages.map(({ message }) => message.groupId),
    ...[...tombstone, ...clearRecords, ...addBacklog].map(({ groupId }) => groupId),
    ...putRecords.flatMap(({ groupId }) => groupId ?? []),
    ...[...backfill, ...setCursors, ...dropCursors].flatMap(({ groupIds }) => groupIds),
  ];
}
