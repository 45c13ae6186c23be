import type { HistoryReader, Retention } from './history.ts';
import { MemoryHistory } from './memory-history.ts';
import { MemoryMessages } from './memory-messages.ts';
import { MemoryRecords } from './memory-records.ts';
import type { Cursor, StoredMessage, SyncChanges, SyncStore } from './ports.ts';
import type { GroupId, MessageId, PeerId, SyncRecord } from './types.ts';

/** Everything that a store held at one moment, in plain values. */
export interface MemorySnapshot {
  readonly messages: readonly StoredMessage[];
  readonly records: readonly SyncRecord[];
  readonly tombstones: readonly MessageId[];
  readonly cursors: readonly (readonly [PeerId, GroupId, Cursor])[];
  readonly epoch: number;
  /** Of the newest message that there ever was. */
  readonly lastSequence: number;
}

export interface MemorySyncStore extends SyncStore {
  readonly history: HistoryReader;
  readonly retention: Retention;
  /** What a crash at this moment would leave: all that was committed and nothing else. */
  snapshot(): MemorySnapshot;
}

/** A `SyncStore` that keeps everything in memory, new or as a snapshot left it. */
export function createMemorySyncStore(snapshot?: MemorySnapshot): MemorySyncStore {
  const messages = new MemoryMessages(
    snapshot?.messages,
    snapshot?.tombstones,
    snapshot?.lastSequence,
  );
  const records = new MemoryRecords(messages);
  for (const record of snapshot?.records ?? []) records.put(record);
  for (const cursor of snapshot?.cursors ?? []) records.setCursor(...cursor);
  records.epochNumber = snapshot?.epoch ?? 0;

  const history = new MemoryHistory(messages, records);
  return {
    messages,
    records,
    history,
    retention: history,
    async commit(changes) {
      return applyChanges(messages, records, changes);
    },
    snapshot: () => ({
      messages: messages.all(),
      tombstones: messages.tombstones(),
      ...records.dump(),
      epoch: records.epochNumber,
      lastSequence: messages.newestSequence(),
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
  for (const { peerId, groupIds } of changes.dropCursors ?? []) {
    for (const groupId of groupIds) records.dropCursor(peerId, groupId);
  }
  for (const backfill of changes.backfill ?? []) applyBackfill(messages, records, backfill);
  const added = (changes.addMessages ?? []).filter((message) => messages.add(message));
  for (const tombstone of changes.tombstone ?? []) {
    messages.tombstone(tombstone);
    records.withdraw(tombstone.id);
  }
  for (const id of changes.revive ?? []) messages.revive(id);
  for (const id of changes.deliver ?? []) messages.deliver(id);
  for (const { peerId, messageId } of changes.removeRecords ?? [])
    records.remove(peerId, messageId);
  for (const { peerId, groupId, intervals } of changes.leaveBacklog ?? []) {
    records.leaveBacklog(peerId, groupId, intervals);
  }
  for (const { peerId, groupId, sequence, before } of changes.clearRecords ?? []) {
    records.clear(peerId, (record) => {
      const about = messages.placeOf(record.messageId);
      if (record.groupId !== groupId || about === undefined) return false;
      return about.sequence <= sequence && (before === undefined || about.timestamp < before);
    });
  }
  for (const record of changes.putRecords ?? []) records.put(record);
  for (const { messageIds, ...about } of changes.addBacklog ?? []) {
    for (const messageId of messageIds) {
      const sequence = messages.sequenceOfBody(messageId);
      if (sequence === undefined || records.has(about.peerId, messageId)) continue;
      records.put({ ...about, messageId, type: 'message', sendCount: 0, sequence });
    }
  }
  for (const { peerId, sendEpoch } of changes.expedite ?? []) records.expedite(peerId, sendEpoch);
  for (const { peerId, groupIds, storeId } of changes.setCursors ?? []) {
    const cursor = { storeId, sequence: messages.newestSequence() };
    for (const groupId of groupIds) records.setCursor(peerId, groupId, cursor);
  }
  if (changes.epoch !== undefined) records.epochNumber = changes.epoch;
  return added.map(({ message }) => message.id);
}

function applyBackfill(
  messages: MemoryMessages,
  records: MemoryRecords,
  backfill: NonNullable<SyncChanges['backfill']>[number],
): void {
  const { peerId, type, sendEpoch, again = false, from, until, bulk } = backfill;
  const groups = new Set(
    backfill.groupIds.filter((groupId) => again || !records.hasCursor(peerId, groupId)),
  );
  if (groups.size === 0) return;
  const cursor = { storeId: undefined, sequence: messages.newestSequence() };
  for (const groupId of groups) records.setCursor(peerId, groupId, cursor);
  for (const { id, groupId, source, timestamp } of messages.withBody()) {
    if ((from !== undefined && timestamp < from) || (until !== undefined && timestamp >= until)) {
      continue;
    }
    // A peer that lost its store lost also what it had sent us.
    const isKnownThere = source === peerId && !again;
    if (!groups.has(groupId) || isKnownThere || records.has(peerId, id)) continue;
    const about = { peerId, messageId: id, type, groupId, sendCount: 0, sendEpoch };
    records.put(bulk === true ? { ...about, bulk } : about);
  }
}
