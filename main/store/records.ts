import { FIRST_EPOCH } from '../mvds/constants.ts';
import type {
  BacklogSlice,
  Cursor,
  RecordCounts,
  StoredMessage,
  SyncChanges,
  SyncRecordStore,
} from '../mvds/ports.ts';
import type { GroupId, MessageId, PeerId, RecordType, SyncRecord } from '../mvds/types.ts';
import { BacklogTable } from './backlog.ts';
import { hasId } from './by-id.ts';
import type { Connection, Row } from './connection.ts';
import { CursorTable } from './cursors.ts';
import { StoreDamagedError } from './errors.ts';
import type { MessageTable } from './messages.ts';
import type { Names } from './names.ts';
import type { SyncOf } from './sync-of.ts';
import { idBytes, limitValue, messageId, number } from './values.ts';

const TYPE_NUMBERS = { offer: 0, request: 1, message: 2 } as const;
const TYPES: readonly RecordType[] = ['offer', 'request', 'message'];
const COUNT_COLUMNS = { offer: 'offers', request: 'requests', message: 'messages' } as const;

const COLUMNS = 'peer, message, type, grp, send_count, send_epoch, bulk FROM records';

/** The lowest int64. */
const SMALLEST_TIMESTAMP = -(2n ** 63n);

type Backfill = NonNullable<SyncChanges['backfill']>[number];
type CursorChange = NonNullable<SyncChanges['setCursors']>[number];
type AddedBacklog = NonNullable<SyncChanges['addBacklog']>[number];
type LeftBacklog = NonNullable<SyncChanges['leaveBacklog']>[number];
type ClearedRecords = NonNullable<SyncChanges['clearRecords']>[number];

/** What is still to be said to each peer. */
export class RecordTable implements SyncOf<SyncRecordStore> {
  readonly #connection: Connection;
  readonly #names: Names;
  readonly #messages: MessageTable;
  readonly #cursors: CursorTable;
  readonly #backlogs: BacklogTable;
  /** By peer; written at the end of each change. */
  readonly #countChanges = new Map<number, Record<RecordType, number>>();

  constructor(connection: Connection, names: Names, messages: MessageTable) {
    this.#connection = connection;
    this.#names = names;
    this.#messages = messages;
    this.#backlogs = new BacklogTable(connection);
    this.#cursors = new CursorTable(connection, names);
    connection.onRollback(() => this.#countChanges.clear());
  }

  records(peer: PeerId, messageIds: readonly MessageId[]): ReadonlyMap<MessageId, SyncRecord> {
    const found = new Map<MessageId, SyncRecord>();
    const peerNumber = this.#names.findPeer(peer);
    if (peerNumber === undefined) return found;
    const sql = `SELECT ${COLUMNS} WHERE message = ? AND peer = ?`;
    const hasRows = this.#hasRows(peerNumber);
    const hasBacklog = !this.#backlogs.isEmpty(peerNumber);
    for (const id of messageIds) {
      const values = [idBytes(id), peerNumber];
      const record =
        (hasRows ? this.#connection.first(sql, values, (row) => this.#record(row)) : undefined) ??
        (hasBacklog ? this.#ofBacklog(peerNumber, id) : undefined);
      if (record !== undefined) found.set(id, record);
    }
    return found;
  }

  /** Whether the peer has records that are no part of its backlog. */
  #hasRows(peer: number): boolean {
    const sql = 'SELECT 1 FROM records WHERE peer = ? LIMIT 1';
    return this.#connection.first(sql, [peer], () => true) ?? false;
  }

  #ofBacklog(peer: number, id: MessageId): SyncRecord | undefined {
    const place = this.#messages.placeOf(id);
    const backlog = place && this.#backlogs.find(peer, place.group, place.sequence);
    if (!backlog) return undefined;
    return {
      ...(backlog.bulk && { bulk: true }),
      peerId: this.#names.peer(peer),
      messageId: id,
      type: 'message',
      groupId: this.#names.group(backlog.group),
      sendCount: 0,
      sendEpoch: FIRST_EPOCH,
      sequence: place.sequence,
    };
  }

  backlog(
    peerId: PeerId,
    sent: ReadonlyMap<GroupId, readonly number[]>,
    bytes: number,
  ): BacklogSlice {
    const peer = this.#names.findPeer(peerId);
    const messages: StoredMessage[] = [];
    const left = { bytes, isCut: false };
    const take = (message: StoredMessage): boolean => {
      left.bytes -= message.body.byteLength;
      left.isCut = left.bytes < 0 && messages.length > 0;
      if (!left.isCut) messages.push(message);
      return !left.isCut;
    };
    for (const { group, sequences } of peer === undefined ? [] : this.#backlogs.of(peer)) {
      for (const [first, last] of sequences.without(sent.get(this.#names.group(group)) ?? [])) {
        this.#messages.eachOf(first, last, take);
        if (left.isCut) return { messages, hasMore: true };
      }
    }
    return { messages, hasMore: false };
  }

  recordsAbout(messageIds: readonly MessageId[]): readonly SyncRecord[] {
    const sql = `SELECT ${COLUMNS} WHERE message = ?`;
    const hasRows = this.#connection.first('SELECT 1 FROM records LIMIT 1', [], () => true);
    const rows = hasRows
      ? messageIds.flatMap((id) =>
          this.#connection.all(sql, [idBytes(id)], (row) => this.#record(row)),
        )
      : [];
    const behind = this.#connection.all('SELECT DISTINCT peer FROM backlogs', [], ([peer]) => {
      return number(peer);
    });
    const ofBacklogs = behind.flatMap((peer) =>
      messageIds.map((id) => this.#ofBacklog(peer, id)).filter((record) => record !== undefined),
    );
    return [...rows, ...ofBacklogs];
  }

  due(peer: PeerId, epoch: number, limit: number): readonly SyncRecord[] {
    const peerNumber = this.#names.findPeer(peer);
    if (peerNumber === undefined) return [];
    const first = this.#due(peerNumber, 0, epoch, limitValue(limit));
    const left = limitValue(limit) - first.length;
    return left === 0 ? first : [...first, ...this.#due(peerNumber, 1, epoch, left)];
  }

  #due(peer: number, bulk: 0 | 1, epoch: number, limit: number): readonly SyncRecord[] {
    const sql = `SELECT ${COLUMNS} WHERE peer = ? AND bulk = ? AND send_epoch <= ?
      ORDER BY send_epoch, record LIMIT ?`;
    return this.#connection.all(sql, [peer, bulk, epoch, limit], (row) => this.#record(row));
  }

  counts(peer: PeerId): RecordCounts {
    const sql = 'SELECT offers, requests, messages FROM peers WHERE name = ?';
    const read = ([offers, requests, messages]: Row): RecordCounts => ({
      offers: number(offers),
      requests: number(requests),
      messages: number(messages),
    });
    return this.#connection.first(sql, [peer], read) ?? { offers: 0, requests: 0, messages: 0 };
  }

  epoch(): number {
    const sql = "SELECT value FROM meta WHERE key = 'epoch'";
    return this.#connection.first(sql, [], ([value]) => number(value)) ?? 0;
  }

  cursors(peer: PeerId): ReadonlyMap<GroupId, Cursor> {
    return this.#cursors.of(peer);
  }

  setCursors({ peerId, groupIds, storeId }: CursorChange): void {
    for (const groupId of groupIds) this.#cursors.set(peerId, groupId, storeId);
  }

  dropCursors({ peerId, groupIds }: Pick<CursorChange, 'peerId' | 'groupIds'>): void {
    for (const groupId of groupIds) this.#cursors.drop(peerId, groupId);
  }

  setEpoch(epoch: number): void {
    this.#connection.run(
      "INSERT INTO meta(key, value) VALUES('epoch', ?) ON CONFLICT DO UPDATE SET value = excluded.value",
      epoch,
    );
  }

  /** Adds those that are held with their body and have no record. */
  addBacklog({ peerId, groupId, messageIds, bulk = false }: AddedBacklog): void {
    const peer = this.#names.peerNumber(peerId);
    const group = this.#names.groupNumber(groupId);
    const sql = 'SELECT 1 FROM records WHERE message = ? AND peer = ?';
    const hasRows = this.#hasRows(peer);
    let added = 0;
    for (const id of messageIds) {
      const sequence = this.#messages.sequenceOfBody(id);
      if (sequence === undefined) continue;
      if (hasRows && this.#connection.first(sql, [idBytes(id), peer], () => true)) continue;
      if (this.#backlogs.add(peer, group, bulk, sequence)) added += 1;
    }
    this.#addToCount(peer, 'message', added);
    this.#flush();
  }

  /** Inserts, or replaces what is there and leaves its place in the order of creation. */
  put(records: readonly SyncRecord[]): void {
    for (const { peerId, messageId: id, type, groupId, sendCount, sendEpoch, bulk } of records) {
      const late = bulk === true ? 1 : 0;
      const peer = this.#names.peerNumber(peerId);
      const message = idBytes(id);
      const group = groupId === undefined ? null : this.#names.groupNumber(groupId);
      const replaced = this.#connection.first(
        'SELECT record, type FROM records WHERE message = ? AND peer = ?',
        [message, peer],
        ([record, before]) => ({ record: number(record), type: recordType(before) }),
      );
      if (replaced === undefined) {
        this.#leaveBacklog(peer, id);
        this.#connection.run(
          `INSERT INTO records(peer, message, type, grp, send_count, send_epoch, bulk)
           VALUES(?, ?, ?, ?, ?, ?, ?)`,
          ...[peer, message, TYPE_NUMBERS[type], group, sendCount, sendEpoch, late],
        );
        this.#addToCount(peer, type, 1);
        continue;
      }
      this.#connection.run(
        `UPDATE records SET type = ?, grp = ?, send_count = ?, send_epoch = ?, bulk = ?
         WHERE record = ?`,
        ...[TYPE_NUMBERS[type], group, sendCount, sendEpoch, late, replaced.record],
      );
      if (replaced.type !== type) {
        this.#addToCount(peer, replaced.type, -1);
        this.#addToCount(peer, type, 1);
      }
    }
    this.#flush();
  }

  remove(records: readonly Pick<SyncRecord, 'peerId' | 'messageId' | 'sequence'>[]): void {
    for (const { peerId, messageId: id, sequence } of records) {
      const peer = this.#names.findPeer(peerId);
      if (peer === undefined || this.#leaveBacklog(peer, id, sequence)) continue;
      const sql = 'DELETE FROM records WHERE message = ? AND peer = ? RETURNING type';
      const type = this.#connection.first(sql, [idBytes(id), peer], ([value]) => recordType(value));
      if (type !== undefined) this.#addToCount(peer, type, -1);
    }
    this.#flush();
  }

  leaveBacklogs(left: readonly LeftBacklog[]): void {
    for (const { peerId, groupId, intervals } of left) {
      const peer = this.#names.findPeer(peerId);
      const group = this.#names.findGroup(groupId);
      if (peer === undefined || group === undefined) continue;
      const count = this.#backlogs.deleteIntervals(peer, group, intervals);
      this.#addToCount(peer, 'message', -count);
    }
    this.#flush();
  }

  /** Returns whether it was in it. */
  #leaveBacklog(peer: number, id: MessageId, known?: number): boolean {
    if (this.#backlogs.isEmpty(peer)) return false;
    const sequence = known ?? this.#messages.placeOf(id)?.sequence;
    if (sequence === undefined || !this.#backlogs.delete(peer, sequence)) return false;
    this.#addToCount(peer, 'message', -1);
    return true;
  }

  expedite(peer: PeerId, sendEpoch: number): void {
    const sql = `UPDATE records SET send_epoch = ?1,
        send_count = CASE WHEN type = ?3 AND grp IS NOT NULL THEN send_count ELSE 0 END
      WHERE peer = ?2 AND send_epoch > ?1`;
    const peerNumber = this.#names.findPeer(peer);
    if (peerNumber === undefined) return;
    this.#connection.run(sql, sendEpoch, peerNumber, TYPE_NUMBERS.request);
  }

  /** Works on the messages that are held at this moment. Tombstones have nothing to be sent. */
  backfill(backfill: Backfill): void {
    const { peerId, groupIds, type, sendEpoch, again = false, from, until, bulk } = backfill;
    const peer = this.#names.peerNumber(peerId);
    for (const groupId of groupIds) {
      const group = this.#names.groupNumber(groupId);
      if (this.#cursors.has(peer, group) && !again) continue;
      this.#cursors.set(peerId, groupId, undefined);
      const added = this.#connection.run(
        `INSERT INTO records(peer, message, type, grp, send_count, send_epoch, bulk)
         SELECT ?1, id, ?2, grp, 0, ?3, ?6 FROM messages
         WHERE grp = ?4 AND body IS NOT NULL AND (?5 OR source IS NOT ?1)
           AND timestamp >= CAST(?7 AS INTEGER) AND (?8 IS NULL OR timestamp < CAST(?8 AS INTEGER))
           AND NOT EXISTS(SELECT 1 FROM records WHERE message = id AND peer = ?1)
           AND sequence NOT IN (SELECT value FROM json_each(?9))
         ORDER BY sequence`,
        ...[peer, TYPE_NUMBERS[type], sendEpoch, group, again ? 1 : 0, bulk === true ? 1 : 0],
        ...[from ?? SMALLEST_TIMESTAMP, until ?? null],
        JSON.stringify(this.#backlogs.sequencesOf(peer, group)),
      );
      this.#addToCount(peer, type, added);
    }
    this.#flush();
  }

  /** Drops whatever is to be said of the message: it is neither to be sent nor to come any more. */
  withdraw(id: MessageId): void {
    this.remove(this.recordsAbout([id]));
  }

  /** Drops the offers and messages of the peer about what arrived here up to `sequence`, and was written before `before`. */
  clear({ peerId, groupId, sequence, before }: ClearedRecords): void {
    const peer = this.#names.findPeer(peerId);
    const group = this.#names.findGroup(groupId);
    if (peer === undefined || group === undefined) return;
    const dropped = this.#connection.all(
      `DELETE FROM records WHERE peer = ?1 AND grp = ?2 AND type <> ?4
       AND EXISTS(SELECT 1 FROM messages WHERE ${hasId('message')} AND sequence <= ?3
         AND (?5 IS NULL OR timestamp < CAST(?5 AS INTEGER))) RETURNING type`,
      [peer, group, sequence, TYPE_NUMBERS.request, before ?? null],
      ([type]) => recordType(type),
    );
    for (const type of dropped) this.#addToCount(peer, type, -1);
    this.#addToCount(peer, 'message', -this.#clearBacklog(peer, group, sequence, before));
    this.#flush();
  }

  /** Returns how many messages were dropped. */
  #clearBacklog(peer: number, group: number, sequence: number, before: bigint | undefined): number {
    if (before === undefined) return this.#backlogs.deleteUpTo(peer, group, sequence);
    if (this.#backlogs.isEmpty(peer)) return 0;
    const early = this.#connection.all(
      'SELECT sequence FROM messages WHERE grp = ? AND timestamp < CAST(? AS INTEGER) AND sequence <= ?',
      [group, before, sequence],
      ([value]) => number(value),
    );
    return early.filter((value) => this.#backlogs.delete(peer, value)).length;
  }

  forget(peer: PeerId): void {
    const peerNumber = this.#names.findPeer(peer);
    if (peerNumber === undefined) return;
    this.#connection.run('DELETE FROM records WHERE peer = ?', peerNumber);
    this.#cursors.forget(peerNumber);
    this.#backlogs.forget(peerNumber);
    const sql = 'UPDATE peers SET offers = 0, requests = 0, messages = 0 WHERE peer = ?';
    this.#connection.run(sql, peerNumber);
  }

  #addToCount(peer: number, type: RecordType, by: number): void {
    const changes = this.#countChanges.get(peer) ?? { offer: 0, request: 0, message: 0 };
    changes[type] += by;
    this.#countChanges.set(peer, changes);
  }

  /** A statement per peer and not one per record. */
  #flush(): void {
    this.#backlogs.flush();
    const changes = [...this.#countChanges];
    this.#countChanges.clear();
    for (const [peer, byType] of changes) {
      for (const type of TYPES) {
        const column = COUNT_COLUMNS[type];
        const sql = `UPDATE peers SET ${column} = ${column} + ? WHERE peer = ?`;
        if (byType[type] !== 0) this.#connection.run(sql, byType[type], peer);
      }
    }
  }

  #record([peer, message, type, group, sendCount, sendEpoch, bulk]: Row): SyncRecord {
    return {
      ...(bulk === 1 && { bulk: true }),
      peerId: this.#names.peer(number(peer)),
      messageId: messageId(message),
      type: recordType(type),
      groupId: typeof group === 'number' ? this.#names.group(group) : undefined,
      sendCount: number(sendCount),
      sendEpoch: number(sendEpoch),
    };
  }
}

function recordType(value: Row[number] | undefined): RecordType {
  const type = TYPES[number(value)];
  if (type === undefined) throw new StoreDamagedError('The store is damaged: no such record type.');
  return type;
}
