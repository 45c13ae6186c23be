import { hash } from 'node:crypto';
import {
  chunkCount,
  isSound,
  listLength,
  LIST_PARTS,
  receivedBytes,
} from '../conversations/files.ts';
import type { Attachment, FileCopy, FileId } from '../conversations/files.ts';
import type { FileStore, KnownCopy, ProjectionChanges } from '../conversations/ports.ts';
import type { EntryFile, FileProgress } from '../conversations/types.ts';
import { fromHex, toHex, utf8 } from '../helpers/bytes.ts';
import type { MessageId } from '../mvds/types.ts';
import { hasId } from './by-id.ts';
import type { Connection, Row } from './connection.ts';
import type { SqlValue } from './file-backend/index.ts';
import type { SyncOf } from './sync-of.ts';
import {
  bytes,
  idBytes,
  joinIds,
  limitValue,
  messageId,
  number,
  splitIds,
  text,
} from './values.ts';

const STATES = ['awaited', 'here', 'damaged', 'erased'] as const;
type CopyState = (typeof STATES)[number];

const COPY = 'copy, file, bytes, stored_at, wanted FROM copies';
/** Chunks of a copy that are here. */
const HELD = `SELECT count(*), coalesce(max(position), -1) FROM parts JOIN messages ON ${hasId('message')}
  WHERE copy = ? AND body IS NOT NULL`;

type Item<List extends 'partLists' | 'abandoned'> =
  NonNullable<ProjectionChanges[List]> extends readonly (infer One)[] ? One : never;

/** What entries say of files, and how much of them is here. Chunks are messages; here are their ids. */
export class FileTable implements SyncOf<FileStore> {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** The files of an entry that comes now; a deleted one names its files no more. For use inside a transaction. */
  attach(entry: MessageId, attachments: readonly Attachment[], isDeleted: boolean): void {
    attachments.forEach((attachment, position) => {
      const copy = this.#copyOf(keyOf(attachment), attachment);
      if (isDeleted) return;
      const { name, mediaType } = attachment;
      this.#connection.run(
        'INSERT INTO attachments(message, position, copy, name, media_type) VALUES(?, ?, ?, ?, ?)',
        ...[idBytes(entry), position, copy, name, mediaType],
      );
      this.#connection.run('UPDATE copies SET named = named + 1 WHERE copy = ?', copy);
    });
  }

  /** Files of an entry that is deleted, and perhaps was never here. For use inside a transaction. */
  addErased(files: readonly FileCopy[]): void {
    for (const file of files) this.#copyOf(keyOf(file), file);
  }

  /** The files that an entry carries, as its event said it. */
  attachedTo(entry: MessageId): FileCopy[] {
    return this.#connection
      .all(
        `SELECT copies.copy, file, bytes, stored_at FROM attachments JOIN copies USING(copy)
         WHERE message = ? ORDER BY position`,
        [idBytes(entry)],
        ([copy, file, size, storedAt]) => ({
          copy: number(copy),
          said: { file: fileId(file), bytes: number(size), storedAt: number(storedAt) },
        }),
      )
      .map(({ copy, said }) => {
        const lists = this.#listsOf(copy);
        return { ...said, lists, parts: lists.length > 0 ? [] : this.parts(copy, 0, Infinity) };
      });
  }

  /** The entry is deleted. For use inside a transaction. */
  detach(entry: MessageId): void {
    const copies = this.#connection.all(
      'DELETE FROM attachments WHERE message = ? RETURNING copy',
      [idBytes(entry)],
      ([copy]) => number(copy),
    );
    for (const copy of copies) {
      this.#connection.run('UPDATE copies SET named = named - 1 WHERE copy = ?', copy);
    }
  }

  /** For use inside a transaction. */
  addList({ id, parts }: Item<'partLists'>): void {
    const sql = 'INSERT OR IGNORE INTO part_lists(message, parts) VALUES(?, ?)';
    if (this.#connection.run(sql, idBytes(id), joinIds(parts)) === 0) return;
    const waiting = this.#connection.all(
      'SELECT copy, position FROM copy_lists WHERE message = ?',
      [idBytes(id)],
      ([copy, position]) => [number(copy), number(position)] as const,
    );
    for (const [copy, position] of waiting) this.#fillIn(copy, position, parts);
  }

  /** A copy that no entry names. For use inside a transaction. */
  abandon({ eventId, storedAt, parts }: Item<'abandoned'>): void {
    const file = eventId as string as FileId;
    this.#copyOf(idBytes(eventId), { file, bytes: 0, storedAt, parts, lists: [] }, false);
  }

  clear(): void {
    for (const table of ['attachments', 'parts', 'copy_lists', 'part_lists', 'copies']) {
      this.#connection.run(`DELETE FROM ${table}`);
    }
  }

  /** In the order in which the entry names them. */
  of(entry: Uint8Array): EntryFile[] {
    return this.#connection
      .all(
        `SELECT name, media_type, file, bytes FROM attachments JOIN copies USING(copy)
         WHERE message = ? ORDER BY position`,
        [entry],
        ([name, mediaType, file, size]) => ({
          ...{ name: text(name), mediaType: text(mediaType) },
          ...{ file: fileId(file), size: number(size) },
        }),
      )
      .flatMap(({ name, mediaType, file, size }) => {
        const progress = this.#progress(file, size);
        return progress ? [{ ...progress, name, mediaType }] : [];
      });
  }

  progress(files: readonly FileId[]): ReadonlyMap<FileId, FileProgress> {
    const found = new Map<FileId, FileProgress>();
    for (const file of files) {
      const progress = this.#progress(file);
      if (progress) found.set(file, progress);
    }
    return found;
  }

  here(file: FileId): (FileCopy & { readonly copy: number }) | undefined {
    const found = this.#connection.first(
      `SELECT ${COPY} WHERE file = ? AND state = 1 AND named > 0`,
      [fromHex(file)],
      (row) => this.#known(row),
    );
    if (!found) return undefined;
    const { copy, bytes: size, storedAt } = found;
    const lists = this.#listsOf(copy);
    const parts = lists.length > 0 ? [] : this.parts(copy, 0, Infinity);
    return {
      copy,
      file,
      bytes: size,
      storedAt,
      lists,
      parts,
    };
  }

  parts(copy: number, from: number, limit: number): readonly MessageId[] {
    return this.#connection.all(
      'SELECT message FROM parts WHERE copy = ? AND position >= ? ORDER BY position LIMIT ?',
      [copy, from, limitValue(limit)],
      ([id]) => messageId(id),
    );
  }

  awaited(after: number, limit: number): readonly KnownCopy[] {
    const sql = 'WHERE state = 0 AND named > 0 AND copy > ? ORDER BY copy LIMIT ?';
    return this.#copies(sql, after, limitValue(limit));
  }

  awaitedOf(copies: readonly number[]): readonly KnownCopy[] {
    return copies.flatMap((copy) =>
      this.#copies('WHERE copy = ? AND state = 0 AND named > 0', copy),
    );
  }

  copiesOf(file: FileId): readonly KnownCopy[] {
    return this.#copies('WHERE file = ? AND state = 0 AND named > 0', fromHex(file));
  }

  wanted(): readonly KnownCopy[] {
    return this.#copies('WHERE wanted = 1 AND state = 0 AND named > 0 ORDER BY copy');
  }

  missing(copy: number, limit: number): readonly MessageId[] {
    return this.#connection.all(
      `SELECT message FROM parts LEFT JOIN messages ON ${hasId('message')}
       WHERE copy = ? AND body IS NULL ORDER BY position LIMIT ?`,
      [copy, limitValue(limit)],
      ([id]) => messageId(id),
    );
  }

  isWhole(copy: number): boolean {
    return this.#missingLists(copy).length === 0 && this.missing(copy, 1).length === 0;
  }

  touchedBy(ids: readonly MessageId[]): readonly number[] {
    const sql = 'SELECT copy FROM parts WHERE message = ?';
    const copies = ids.flatMap((id) =>
      this.#connection.all(sql, [idBytes(id)], ([copy]) => number(copy)),
    );
    return [...new Set(copies)];
  }

  settle(copy: number, state: 'here' | 'damaged' | 'awaited'): void {
    this.#connection.derived(() => {
      this.#setState(copy, state);
      if (state !== 'awaited') {
        this.#connection.run('UPDATE copies SET wanted = 0 WHERE copy = ?', copy);
      }
    });
  }

  want(file: FileId, wanted: boolean): void {
    const sql = 'UPDATE copies SET wanted = ? WHERE file = ? AND state = 0';
    this.#connection.transaction(() => this.#connection.run(sql, wanted ? 1 : 0, fromHex(file)));
  }

  orphans(limit: number): readonly KnownCopy[] {
    // What is listed in messages that are not here yet is deleted once they are.
    const sql = 'WHERE named = 0 AND state <> 3 AND unlisted = 0 ORDER BY copy LIMIT ?';
    return this.#copies(sql, limitValue(limit));
  }

  ownParts(copy: number): readonly MessageId[] {
    return this.#connection.all(
      `SELECT message FROM parts AS own WHERE copy = ? AND NOT EXISTS(
         SELECT 1 FROM parts AS other JOIN copies USING(copy)
         WHERE other.message = own.message AND copies.named > 0)`,
      [copy],
      ([id]) => messageId(id),
    );
  }

  erased(copy: number): void {
    this.#connection.derived(() => this.#setState(copy, 'erased'));
  }

  namedAgain(limit: number): readonly KnownCopy[] {
    const sql = 'WHERE named > 0 AND state = 3 ORDER BY copy LIMIT ?';
    return this.#copies(sql, limitValue(limit));
  }

  revived(copy: number): void {
    this.#connection.derived(() => this.#setState(copy, 'awaited'));
  }

  totals(): { files: number; bytes: number } {
    const whole = this.#connection.first(
      `SELECT count(*), coalesce(sum(size), 0) FROM
         (SELECT max(bytes) AS size FROM copies WHERE state = 1 AND named > 0 GROUP BY file)`,
      [],
      ([files, size]) => ({ files: number(files), bytes: number(size) }),
    );
    const awaited = this.awaited(0, Infinity);
    const partial = awaited.map(({ copy, bytes: size }) => this.#received(copy, size));
    const { files = 0, bytes: size = 0 } = whole ?? {};
    return { files, bytes: partial.reduce((sum, one) => sum + one, size) };
  }

  /** Of several copies the best: one that is here, or the one of which most is. */
  #progress(file: FileId, size?: number): FileProgress | undefined {
    const copies = this.#connection.all(
      `SELECT ${COPY.replace(' FROM', ', state FROM')} WHERE file = ? AND named > 0`,
      [fromHex(file)],
      (row) => ({ ...this.#known(row), state: STATES[number(row[5])] ?? 'awaited' }),
    );
    const seen = copies
      .filter((one) => size === undefined || one.bytes === size)
      .map(({ copy, bytes: whole, storedAt, wanted, state }): FileProgress => {
        const shown = state === 'erased' ? 'awaited' : state;
        const received =
          state === 'here' ? whole : shown === 'awaited' ? this.#received(copy, whole) : 0;
        return { file, bytes: whole, received, state: shown, wanted, storedAt };
      });
    return seen.reduce<FileProgress | undefined>(
      (best, one) => (best === undefined || isBetter(one, best) ? one : best),
      undefined,
    );
  }

  #received(copy: number, size: number): number {
    const [held = 0, last = -1] =
      this.#connection.first(HELD, [copy], (row) => row.map(number)) ?? [];
    if (held === 0) return 0;
    return receivedBytes(size, held, last === chunkCount(size) - 1);
  }

  /** The number of a copy, made known where it is not. One that cannot be as it is said to be is damaged from the start. */
  #copyOf(key: Uint8Array, said: FileCopy, isGood = isSound(said)): number {
    const find = (): number | undefined =>
      this.#connection.first('SELECT copy FROM copies WHERE key = ?', [key], ([copy]) =>
        number(copy),
      );
    const known = find();
    if (known !== undefined) return known;
    this.#connection.run(
      `INSERT INTO copies(key, file, bytes, stored_at, state, unlisted) VALUES(?, ?, ?, ?, ?, ?)`,
      ...[key, fromHex(said.file), said.bytes, said.storedAt],
      ...[STATES.indexOf(isGood ? 'awaited' : 'damaged'), isGood ? said.lists.length : 0],
    );
    const copy = find() ?? 0;
    said.parts.forEach((part, position) => this.#addPart(copy, position, part));
    if (!isGood) return copy;
    said.lists.forEach((list, position) => {
      const sql = 'INSERT INTO copy_lists(copy, position, message) VALUES(?, ?, ?)';
      this.#connection.run(sql, copy, position, idBytes(list));
      const parts = this.#connection.first(
        'SELECT parts FROM part_lists WHERE message = ?',
        [idBytes(list)],
        ([ids]) => splitIds(ids),
      );
      if (parts) this.#fillIn(copy, position, parts);
    });
    return copy;
  }

  /** The ids of one list of a copy. A list that is longer or shorter than it has to be is none of an undamaged file. */
  #fillIn(copy: number, list: number, parts: readonly MessageId[]): void {
    this.#connection.run('UPDATE copies SET unlisted = unlisted - 1 WHERE copy = ?', copy);
    const size = this.#connection.first(
      'SELECT bytes FROM copies WHERE copy = ?',
      [copy],
      ([value]) => number(value),
    );
    parts.forEach((part, at) => this.#addPart(copy, list * LIST_PARTS + at, part));
    if (parts.length !== listLength(size ?? 0, list)) this.#setState(copy, 'damaged');
  }

  #addPart(copy: number, position: number, part: MessageId): void {
    const sql = 'INSERT OR IGNORE INTO parts(copy, position, message) VALUES(?, ?, ?)';
    this.#connection.run(sql, copy, position, idBytes(part));
  }

  #setState(copy: number, state: CopyState): void {
    const sql = 'UPDATE copies SET state = ? WHERE copy = ?';
    this.#connection.run(sql, STATES.indexOf(state), copy);
  }

  #copies(condition: string, ...values: SqlValue[]): KnownCopy[] {
    return this.#connection
      .all(`SELECT ${COPY} ${condition}`, values, (row) => this.#known(row))
      .map((known) => ({ ...known, missingLists: this.#missingLists(known.copy) }));
  }

  #known([copy, file, size, storedAt, wanted]: Row): Omit<KnownCopy, 'missingLists'> {
    return {
      ...{ copy: number(copy), file: fileId(file), bytes: number(size) },
      ...{ storedAt: number(storedAt), wanted: wanted === 1 },
    };
  }

  #listsOf(copy: number): MessageId[] {
    const sql = 'SELECT message FROM copy_lists WHERE copy = ? ORDER BY position';
    return this.#connection.all(sql, [copy], ([id]) => messageId(id));
  }

  #missingLists(copy: number): MessageId[] {
    return this.#connection.all(
      `SELECT message FROM copy_lists WHERE copy = ?
       AND NOT EXISTS(SELECT 1 FROM part_lists WHERE part_lists.message = copy_lists.message)`,
      [copy],
      ([id]) => messageId(id),
    );
  }
}

function isBetter(one: FileProgress, other: FileProgress): boolean {
  const rank = ({ state }: FileProgress): number => ['damaged', 'awaited', 'here'].indexOf(state);
  if (rank(one) !== rank(other)) return rank(one) > rank(other);
  if (one.received !== other.received) return one.received > other.received;
  // The same on every device.
  return one.storedAt > other.storedAt;
}

/** The same for everything that is said of a copy alike. */
function keyOf({ file, bytes: size, storedAt, parts, lists }: FileCopy): Uint8Array {
  const said = [file, size, storedAt, parts.join(''), lists.join('')].join(' ');
  return hash('sha256', utf8(said), 'buffer');
}

function fileId(value: SqlValue | undefined): FileId {
  return toHex(bytes(value)) as FileId;
}
