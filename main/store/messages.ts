import type {
  MessageHeader,
  MessagePosition,
  MessageStore,
  NewMessage,
  StoredMessage,
  Tombstone,
} from '../mvds/ports.ts';
import type { GroupId, MessageId, PeerId } from '../mvds/types.ts';
import { hasId } from './by-id.ts';
import type { Connection, Row } from './connection.ts';
import type { ErasedTraces } from './erased-traces.ts';
import type { Names } from './names.ts';
import { PackedPositions } from './packed-positions.ts';
import { EXACT_TIMESTAMP, SectionTable, type Place } from './sections.ts';
import type { SyncOf } from './sync-of.ts';
import {
  bigint,
  bytes,
  idBytes,
  joinIds,
  limitValue,
  messageId,
  number,
  splitIds,
} from './values.ts';

const COLUMNS =
  'sequence, id, grp, CAST(timestamp AS TEXT), source, delivered, parents, body FROM messages';

/** Kept apart where the newest message was removed. */
export const LAST_SEQUENCE = `SELECT max(
    coalesce((SELECT max(sequence) FROM messages), 0),
    coalesce((SELECT value FROM meta WHERE key = 'last_sequence'), 0)
  )`;

/** A message that is in the table from now on. */
interface Inserted extends Place {
  readonly group: number;
}

/** The messages of all groups. */
export class MessageTable implements SyncOf<MessageStore> {
  readonly #connection: Connection;
  readonly #names: Names;
  readonly #traces: ErasedTraces | undefined;
  readonly #sections: SectionTable;

  /** @param traces is told where a body is deleted */
  constructor(connection: Connection, names: Names, traces?: ErasedTraces) {
    this.#connection = connection;
    this.#names = names;
    this.#traces = traces;
    this.#sections = new SectionTable(connection);
  }

  held(ids: readonly MessageId[]): ReadonlySet<MessageId> {
    return new Set(ids.filter((id) => this.#isHeld(idBytes(id))));
  }

  read(ids: readonly MessageId[]): ReadonlyMap<MessageId, StoredMessage> {
    const sql = `SELECT ${COLUMNS} WHERE ${hasId('?1')} AND body IS NOT NULL`;
    const found = new Map<MessageId, StoredMessage>();
    for (const id of ids) {
      const message = this.#connection.first(sql, [idBytes(id)], (row) => this.#message(row));
      if (message !== undefined) found.set(id, message);
    }
    return found;
  }

  headers(ids: readonly MessageId[]): ReadonlyMap<MessageId, MessageHeader> {
    // SQLite knows how long a body is without reading it.
    const sql = `SELECT grp, CAST(timestamp AS TEXT), length(body) FROM messages WHERE ${hasId('?1')}`;
    const found = new Map<MessageId, MessageHeader>();
    for (const id of ids) {
      const header = this.#connection.first(sql, [idBytes(id)], ([group, timestamp, size]) => ({
        id,
        groupId: this.#names.group(number(group)),
        timestamp: bigint(timestamp),
        bytes: typeof size === 'number' ? size : undefined,
      }));
      if (header !== undefined) found.set(id, header);
    }
    return found;
  }

  arrivedAfter(
    sequence: number,
    limit: number,
    groups?: readonly GroupId[],
  ): readonly StoredMessage[] {
    // Their numbers are no text of a person's; a statement for each set of groups, of which there are few.
    const numbers = groups?.map((group) => this.#names.findGroup(group) ?? -1);
    // By the plus SQLite is kept from the index of the group: it would go through, and sort, all that ever came.
    const within = numbers === undefined ? '' : `AND +grp IN (${numbers.join(', ')})`;
    const sql = `SELECT ${COLUMNS} WHERE sequence > ? AND body IS NOT NULL ${within}
      ORDER BY sequence LIMIT ?`;
    return this.#connection.all(sql, [sequence, limitValue(limit)], (row) => this.#message(row));
  }

  positions(group: GroupId, after: MessagePosition | undefined, limit: number): Uint8Array {
    const groupNumber = this.#names.findGroup(group);
    if (groupNumber === undefined) return new Uint8Array();
    const packed = new PackedPositions();
    const read = ([timestamp, id]: Row): void => packed.add(timestamp, bytes(id));
    const columns = `${EXACT_TIMESTAMP}, id FROM messages`;
    const order = 'ORDER BY grp, timestamp, id LIMIT ?';
    if (after === undefined) {
      const sql = `SELECT ${columns} WHERE grp = ? ${order}`;
      this.#connection.all(sql, [groupNumber, limitValue(limit)], read);
    } else {
      const sql = `SELECT ${columns} WHERE grp = ? AND (timestamp, id) > (CAST(? AS INTEGER), ?) ${order}`;
      const { timestamp, id } = after;
      const values = [groupNumber, timestamp, idBytes(id), limitValue(limit)];
      this.#connection.all(sql, values, read);
    }
    return packed.bytes();
  }

  sections(group: GroupId): Uint8Array {
    const groupNumber = this.#names.findGroup(group);
    if (groupNumber === undefined) return new Uint8Array();
    return this.#sections.read(groupNumber, this.count(group));
  }

  checkSections(group: GroupId): boolean {
    const groupNumber = this.#names.findGroup(group);
    return groupNumber === undefined || this.#sections.check(groupNumber);
  }

  waitingFor(ids: readonly MessageId[]): readonly StoredMessage[] {
    const sql = `SELECT ${COLUMNS} JOIN parents ON child = sequence
      WHERE parent = ? AND delivered = 0 AND body IS NOT NULL`;
    const waiting = new Map<number, StoredMessage>();
    // Where no message names a parent, as in most stores, there is nothing to look up id by id.
    if (!this.#connection.first('SELECT 1 FROM parents LIMIT 1', [], () => true)) return [];
    for (const id of ids) {
      const found = this.#connection.all(sql, [idBytes(id)], (row) => this.#message(row));
      for (const message of found) waiting.set(message.sequence, message);
    }
    return [...waiting.values()].sort((a, b) => a.sequence - b.sequence);
  }

  buffered(sequence: number, limit: number): readonly StoredMessage[] {
    const sql = `SELECT ${COLUMNS} WHERE delivered = 0 AND sequence > ? AND body IS NOT NULL
      ORDER BY sequence LIMIT ?`;
    return this.#connection.all(sql, [sequence, limitValue(limit)], (row) => this.#message(row));
  }

  heads(group: GroupId, limit: number): readonly MessageId[] {
    const groupNumber = this.#names.findGroup(group);
    if (groupNumber === undefined) return [];
    // SQLite would rather sort nothing, and go through all that are named. Only those of one timestamp are sorted.
    const sql = `SELECT id FROM messages INDEXED BY messages_heads WHERE grp = ? AND named = 0
      ORDER BY grp DESC, timestamp DESC, id DESC LIMIT ?`;
    const values = [groupNumber, limitValue(limit)];
    return this.#connection.all(sql, values, ([id]) => messageId(id));
  }

  count(group?: GroupId): number {
    const read = ([count]: Row): number => number(count);
    if (group === undefined) {
      return this.#connection.first('SELECT coalesce(sum(messages), 0) FROM groups', [], read) ?? 0;
    }
    const sql = 'SELECT messages FROM groups WHERE id = ?';
    return this.#connection.first(sql, [idBytes(group)], read) ?? 0;
  }

  /** The place of a message; undefined for one that is not here. */
  placeOf(id: MessageId): { readonly sequence: number; readonly group: number } | undefined {
    const sql = `SELECT sequence, grp FROM messages WHERE ${hasId('?1')}`;
    return this.#connection.first(sql, [idBytes(id)], ([sequence, group]) => ({
      sequence: number(sequence),
      group: number(group),
    }));
  }

  /** Undefined for what is not held with its body. */
  sequenceOfBody(id: MessageId): number | undefined {
    const sql = `SELECT sequence FROM messages WHERE ${hasId('?1')} AND body IS NOT NULL`;
    return this.#connection.first(sql, [idBytes(id)], ([sequence]) => number(sequence));
  }

  /** Messages with these sequences, in order; `take` returns false to end it. */
  eachOf(first: number, last: number, take: (message: StoredMessage) => boolean): void {
    const sql = `SELECT ${COLUMNS} WHERE sequence BETWEEN ? AND ? AND body IS NOT NULL ORDER BY sequence`;
    this.#connection.each(sql, [first, last], (row) => take(this.#message(row)));
  }

  /** The sequence of the newest message that there ever was; 0 in a new store. */
  lastSequence(): number {
    return this.#connection.first(LAST_SEQUENCE, [], ([value]) => number(value)) ?? 0;
  }

  /** Removes messages of a group as if they had never come, but for their sequences, which stay used. */
  remove(
    group: number,
    removed: readonly (MessagePosition & {
      readonly sequence: number;
      readonly parents: readonly MessageId[];
    })[],
  ): void {
    if (removed.length === 0) return;
    this.#connection.run(
      "INSERT INTO meta(key, value) VALUES('last_sequence', ?) ON CONFLICT DO UPDATE SET value = excluded.value",
      this.lastSequence(),
    );
    for (const { sequence, parents } of removed) {
      this.#connection.run('DELETE FROM parents WHERE child = ?', sequence);
      for (const parent of parents) {
        this.#connection.run(
          `UPDATE messages SET named = 0 WHERE ${hasId('?1')}
           AND NOT EXISTS(SELECT 1 FROM parents WHERE parent = ?1)`,
          idBytes(parent),
        );
      }
      this.#connection.run('DELETE FROM messages WHERE sequence = ?', sequence);
    }
    const sql = 'UPDATE groups SET messages = messages - ? WHERE grp = ?';
    this.#connection.run(sql, removed.length, group);
    this.#sections.deleted(
      group,
      removed.map(({ timestamp, id }) => ({ timestamp, id: idBytes(id) })),
    );
    this.#traces?.leave();
  }

  /** Adds those that are not held, in order. Returns their ids. Throws `RangeError` for an ephemeral message. */
  add(messages: readonly NewMessage[]): MessageId[] {
    const added: MessageId[] = [];
    const inserted: Inserted[] = [];
    let sequence = messages.length === 0 ? 0 : this.lastSequence();
    for (const { message, delivered, source } of messages) {
      const { id, groupId, timestamp, body, metadata } = message;
      if (metadata.ephemeral) throw new RangeError(`message ${id} is ephemeral`);
      const group = this.#names.groupNumber(groupId);
      const key = idBytes(id);
      if (this.#isKnown(key)) {
        if (this.#fill(key, body, delivered, source)) added.push(id);
        continue;
      }
      sequence += 1;
      this.#connection.run(
        `INSERT INTO messages(sequence, id, grp, timestamp, source, delivered, named, parents, body)
         VALUES(?, ?, ?, ?, ?, ?, EXISTS(SELECT 1 FROM parents WHERE parent = ?2), ?, ?)`,
        sequence,
        key,
        group,
        timestamp,
        source === undefined ? null : this.#names.peerNumber(source),
        delivered ? 1 : 0,
        joinIds(metadata.parents),
        body,
      );
      for (const parent of metadata.parents) this.#addParent(idBytes(parent), sequence);
      inserted.push({ group, timestamp, id: key });
      added.push(id);
    }
    this.#count(inserted);
    return added;
  }

  /** Counts what was inserted with its groups and their sections. */
  #count(inserted: readonly Inserted[]): void {
    for (const [group, places] of Map.groupBy(inserted, (it) => it.group)) {
      const sql = 'UPDATE groups SET messages = messages + ? WHERE grp = ?';
      this.#connection.run(sql, places.length, group);
      this.#sections.inserted(group, places);
    }
  }

  deliver(ids: readonly MessageId[]): void {
    const sql = `UPDATE messages SET delivered = 1 WHERE ${hasId('?1')}`;
    for (const id of ids) this.#connection.run(sql, idBytes(id));
  }

  /** Takes away bodies, and makes rows without one for what is not held. */
  tombstone(tombstones: readonly Tombstone[]): void {
    let sequence = tombstones.length === 0 ? 0 : this.lastSequence();
    const inserted: Inserted[] = [];
    for (const { id, groupId, timestamp } of tombstones) {
      const key = idBytes(id);
      // A tombstone is no parent to wait for, and waits for none.
      const sql = `UPDATE messages SET body = NULL, delivered = 1
        WHERE ${hasId('?1')} AND (body IS NOT NULL OR delivered = 0)`;
      if (this.#connection.run(sql, key) > 0) this.#traces?.leave();
      if (this.#isKnown(key)) continue;
      const group = this.#names.groupNumber(groupId);
      sequence += 1;
      this.#connection.run(
        `INSERT INTO messages(sequence, id, grp, timestamp, delivered, named, parents, body)
         VALUES(?, ?, ?, ?, 1, EXISTS(SELECT 1 FROM parents WHERE parent = ?2), x'', NULL)`,
        ...[sequence, key, group, timestamp],
      );
      inserted.push({ group, timestamp, id: key });
    }
    this.#count(inserted);
  }

  /** Tombstones that count as not held, until their messages come. */
  revive(ids: readonly MessageId[]): void {
    const sql = `UPDATE messages SET delivered = 0 WHERE ${hasId('?1')} AND body IS NULL`;
    for (const id of ids) this.#connection.run(sql, idBytes(id));
  }

  /** Gives a revived tombstone its body. Returns whether it was one. */
  #fill(id: Uint8Array, body: Uint8Array, delivered: boolean, source: PeerId | undefined): boolean {
    const filled = this.#connection.run(
      `UPDATE messages SET body = ?2, delivered = ?3, source = ?4
       WHERE ${hasId('?1')} AND body IS NULL AND delivered = 0`,
      ...[id, body, delivered ? 1 : 0],
      source === undefined ? null : this.#names.peerNumber(source),
    );
    return filled > 0;
  }

  #addParent(parent: Uint8Array, child: number): void {
    this.#connection.run(
      'INSERT OR IGNORE INTO parents(parent, child) VALUES(?, ?)',
      parent,
      child,
    );
    const sql = `UPDATE messages SET named = 1 WHERE ${hasId('?1')} AND named = 0`;
    this.#connection.run(sql, parent);
  }

  /** Whether there is a row with the id, held or not. */
  #isKnown(id: Uint8Array): boolean {
    const sql = `SELECT 1 FROM messages WHERE ${hasId('?1')}`;
    return this.#connection.first(sql, [id], () => true) ?? false;
  }

  #isHeld(id: Uint8Array): boolean {
    const sql = `SELECT 1 FROM messages WHERE ${hasId('?1')} AND (body IS NOT NULL OR delivered = 1)`;
    return this.#connection.first(sql, [id], () => true) ?? false;
  }

  #message(row: Row): StoredMessage {
    const [sequence, id, group, timestamp, source, delivered, parents, body] = row;
    return {
      sequence: number(sequence),
      id: messageId(id),
      groupId: this.#names.group(number(group)),
      timestamp: bigint(timestamp),
      source: typeof source === 'number' ? this.#names.peer(source) : undefined,
      delivered: delivered === 1,
      metadata: { parents: splitIds(parents), ephemeral: false },
      body: bytes(body),
    };
  }
}
