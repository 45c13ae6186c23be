import { shownTime } from '../conversations/order.ts';
import type { ProjectionChanges, SearchQuery, SearchResult } from '../conversations/ports.ts';
import type { Entry, EntryPosition, Revision, WrittenEntry } from '../conversations/types.ts';
import type { MessageId } from '../mvds/types.ts';
import { hasId } from './by-id.ts';
import type { Connection, Row } from './connection.ts';
import { EntryMarks } from './entry-marks.ts';
import { ErasureTable } from './erasures.ts';
import type { SqlValue } from './file-backend/index.ts';
import type { FileTable } from './files.ts';
import type { Names } from './names.ts';
import { SearchIndex } from './search-index.ts';
import { searchEntries } from './search.ts';
import { conversationId, idBytes, limitValue, messageId, number, text } from './values.ts';

const ENTRIES = `SELECT entries.id, conversations.id, ordering, author, written_at, text, unsupported,
  files, deleted, edited_at, pinned, reacted
  FROM entries JOIN conversations USING(conversation) LEFT JOIN marks ON message = entries.id`;

/** What no id comes after. */
const LAST_ID = new Uint8Array(33).fill(0xff);

type Deletion = NonNullable<ProjectionChanges['deletions']>[number];

/** A row of the table as it is written. */
interface FoundEntry {
  readonly entry: number;
  readonly conversation: number;
  readonly text: string;
}

/** The entries of all conversations, with what was said of them since. Methods that write are for use inside a transaction. */
export class EntryTable {
  readonly index: SearchIndex;
  readonly marks: EntryMarks;
  readonly files: FileTable;
  readonly erasures: ErasureTable;
  readonly #connection: Connection;
  readonly #names: Names;

  constructor(connection: Connection, names: Names, files: FileTable) {
    this.files = files;
    this.#connection = connection;
    this.#names = names;
    this.index = new SearchIndex(connection);
    this.marks = new EntryMarks(connection, names);
    this.erasures = new ErasureTable(connection, names);
  }

  /** Returns whether it was new. One that is there already stays as it looks by now. */
  put(entry: WrittenEntry, conversation: number): boolean {
    const id = idBytes(entry.id);
    const deletedBy = this.marks.find(id)?.deletedBy;
    if (deletedBy) this.erasures.add(id, entry.writtenAt, deletedBy);
    if (this.#find(id) !== undefined) return false;
    const shown = this.#textOf(entry, id);
    this.#connection.run(
      `INSERT INTO entries(id, conversation, ordering, author, written_at, text, unsupported, files)
       VALUES(?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[id, conversation, entry.order, this.#names.peerNumber(entry.author), entry.writtenAt],
      ...[shown, entry.unsupported && !deletedBy ? 1 : 0],
      this.#attach(entry, id),
    );
    return true;
  }

  edit(edit: Parameters<EntryMarks['addRevision']>[0]): void {
    const id = idBytes(edit.target);
    const found = this.#find(id);
    const mark = this.marks.find(id);
    if (mark?.deletedBy) this.erasures.add(idBytes(edit.eventId), edit.writtenAt, mark.deletedBy);
    const isFirst = !mark?.isEdited;
    if (!this.marks.addRevision(edit) || found === undefined) return;
    // Its text is the one that it was written with until now.
    const entry = isFirst ? this.entry(edit.target) : undefined;
    if (entry) this.marks.addFirstText(entry);
    const shown = this.marks.showLast(id);
    if (shown !== undefined) this.#show(found, shown.text);
  }

  /**
   * Its text goes; what marks its place stays, or is made where the text is not here. Returns whether it was made. Messages that
   * hold the text are to be erased: its own only where that is not here, or is known to be the one of a text.
   */
  delete({ target, author, erased }: Deletion, conversation: number): boolean {
    const id = idBytes(target);
    const wasDeleted = this.marks.find(id)?.isDeleted ?? false;
    for (const { event, writtenAt } of this.marks.delete(id, author)) {
      this.erasures.add(event, writtenAt, author);
    }
    this.files.addErased(erased.files);
    const found = this.#find(id);
    if (wasDeleted) return false;
    if (found || !this.#isBodyHeld(id)) this.erasures.add(id, erased.timestamp, author);
    if (!found) {
      const { order, author: writer, timestamp } = erased;
      this.#connection.run(
        `INSERT INTO entries(id, conversation, ordering, author, written_at, text)
         VALUES(?, ?, ?, ?, ?, '')`,
        ...[id, conversation, order, this.#names.peerNumber(writer), shownTime(timestamp)],
      );
      return true;
    }
    this.#show(found, '');
    this.files.detach(target);
    const sql = 'UPDATE entries SET files = 0, unsupported = 0 WHERE entry = ?';
    this.#connection.run(sql, found.entry);
    this.#connection.run('DELETE FROM unsupported WHERE event = ?', id);
    return false;
  }

  /** Whether an entry is deleted, also where it is not here. */
  isDeleted(id: MessageId): boolean {
    return this.marks.find(idBytes(id))?.isDeleted ?? false;
  }

  /** Takes out those of kinds that were not known, to be put in again. Returns in which conversations they were. */
  removeUnsupported(): readonly number[] {
    const found = this.#connection.all(
      `SELECT entry, conversation FROM unsupported CROSS JOIN entries ON ${hasId('event')}`,
      [],
      ([entry, conversation]) => [number(entry), number(conversation)] as const,
    );
    for (const [entry] of found) this.#connection.run('DELETE FROM entries WHERE entry = ?', entry);
    this.index.forgetDeleted();
    return found.map(([, conversation]) => conversation);
  }

  clear(): void {
    this.#connection.run('DELETE FROM entries');
    this.marks.clear();
    this.erasures.clear();
    this.files.clear();
    this.index.clear();
  }

  entry(id: MessageId): Entry | undefined {
    return this.#read(`WHERE ${hasId('?1', 'entries.id')}`, [idBytes(id)])[0];
  }

  /** The newest, or those just before `before`, in ascending order. */
  before(conversation: number, limit: number, before?: EntryPosition): Entry[] {
    const order = 'ORDER BY ordering DESC, entries.id DESC LIMIT ?';
    const newestFirst =
      before === undefined
        ? this.#read(`WHERE conversation = ? ${order}`, [conversation, limitValue(limit)])
        : this.#read(`WHERE conversation = ? AND (ordering, entries.id) < (?, ?) ${order}`, [
            ...[conversation, before.order, idBytes(before.id), limitValue(limit)],
          ]);
    return newestFirst.reverse();
  }

  after(conversation: number, limit: number, after: EntryPosition): Entry[] {
    return this.#read(
      `WHERE conversation = ? AND (ordering, entries.id) > (?, ?)
       ORDER BY ordering, entries.id LIMIT ?`,
      [conversation, after.order, idBytes(after.id), limitValue(limit)],
    );
  }

  /** Those with files: the newest, or those just before `before`, in descending order. */
  withFiles(conversation: number, limit: number, before?: EntryPosition): Entry[] {
    const order = 'ORDER BY ordering DESC, entries.id DESC LIMIT ?';
    const { order: from = Number.MAX_SAFE_INTEGER, id } = before ?? {};
    return this.#read(
      `WHERE conversation = ? AND files > 0 AND (ordering, entries.id) < (?, ?) ${order}`,
      [conversation, from, id === undefined ? LAST_ID : idBytes(id), limitValue(limit)],
    );
  }

  /** In descending order. */
  pinned(conversation: number): Entry[] {
    const pinned = this.#connection.all(
      'SELECT message FROM marks WHERE pinned = 1 AND deleted = 0',
      [],
      ([id]) => messageId(id),
    );
    const sql = `WHERE ${hasId('?1', 'entries.id')} AND conversation = ?2`;
    return pinned
      .flatMap((id) => this.#read(sql, [idBytes(id), conversation]))
      .sort((one, other) => other.order - one.order || (one.id < other.id ? 1 : -1));
  }

  /** By the number of the conversation. */
  pinnedCounts(): ReadonlyMap<number, number> {
    const rows = this.#connection.all(
      `SELECT conversation, count(*) FROM marks CROSS JOIN entries ON ${hasId('message')}
       WHERE pinned = 1 AND deleted = 0 GROUP BY conversation`,
      [],
      ([conversation, count]) => [number(conversation), number(count)] as const,
    );
    return new Map(rows);
  }

  /** Entries after a position that others wrote and nobody deleted, up to `max`. */
  countOfOthers(
    conversation: number,
    after: EntryPosition | undefined,
    self: number | undefined,
    max: number,
  ): number {
    const [order, id] = after ? [after.order, idBytes(after.id)] : [-1, new Uint8Array()];
    return (
      this.#connection.first(
        `SELECT count(*) FROM (
           SELECT 1 FROM peers CROSS JOIN entries ON author = peer
           WHERE peer <> ? AND conversation = ? AND (ordering, id) > (?, ?)
           AND NOT EXISTS(SELECT 1 FROM marks WHERE message = id AND deleted = 1) LIMIT ?)`,
        [self ?? -1, conversation, order, id, max],
        ([count]) => number(count),
      ) ?? 0
    );
  }

  revisions(id: MessageId): readonly Revision[] {
    const entry = this.entry(id);
    if (!entry || entry.deleted || entry.unsupported) return [];
    const revisions = this.marks.revisions(id);
    return revisions.length === 0 ? [firstRevision(entry)] : revisions;
  }

  search(query: SearchQuery): SearchResult {
    const unindexed = this.index.catchUp();
    const author = query.author === undefined ? undefined : this.#names.findPeer(query.author);
    if (query.author !== undefined && author === undefined) return { hits: [], unindexed };
    const hits = searchEntries({ ...query, author }, (condition, values) =>
      this.#read(condition, values),
    );
    return { hits, unindexed };
  }

  /** The text to show of an entry that comes now: it may have been edited or deleted before. */
  #textOf(entry: WrittenEntry, id: Uint8Array): string {
    const mark = this.marks.find(id);
    if (mark === undefined) return entry.text;
    if (mark.isDeleted) return '';
    if (!mark.isEdited) return entry.text;
    this.marks.addFirstText(entry);
    return this.marks.showLast(id)?.text ?? entry.text;
  }

  /** Returns how many files the entry shows. */
  #attach({ id, attachments = [] }: WrittenEntry, key: Uint8Array): number {
    const isDeleted = this.marks.find(key)?.isDeleted ?? false;
    if (attachments.length > 0) this.files.attach(id, attachments, isDeleted);
    return isDeleted ? 0 : attachments.length;
  }

  #isBodyHeld(id: Uint8Array): boolean {
    const sql = `SELECT 1 FROM messages WHERE ${hasId('?1')} AND body IS NOT NULL`;
    return this.#connection.first(sql, [id], () => true) ?? false;
  }

  #show(found: FoundEntry, shown: string): void {
    if (found.text === shown) return;
    this.index.change(found.entry, found.text, shown, () => {
      this.#connection.run('UPDATE entries SET text = ? WHERE entry = ?', shown, found.entry);
    });
  }

  #find(id: Uint8Array): FoundEntry | undefined {
    return this.#connection.first(
      `SELECT entry, conversation, text FROM entries WHERE ${hasId('?1')}`,
      [id],
      ([entry, conversation, content]) => ({
        entry: number(entry),
        conversation: number(conversation),
        text: text(content),
      }),
    );
  }

  #read(condition: string, values: readonly SqlValue[]): Entry[] {
    return this.#connection
      .all(`${ENTRIES} ${condition}`, values, (row) => row)
      .map((row) => this.#entry(row));
  }

  #entry(row: Row): Entry {
    const [id, conversation, order, author, writtenAt, content, unsupported] = row;
    const [files, deleted, editedAt, pinned, reacted] = row.slice(7);
    const isDeleted = deleted === 1;
    return {
      id: messageId(id),
      conversationId: conversationId(conversation),
      order: number(order),
      author: this.#names.peer(number(author)),
      writtenAt: number(writtenAt),
      text: text(content),
      editedAt: typeof editedAt === 'number' ? editedAt : undefined,
      deleted: isDeleted,
      pinned: pinned === 1 && !isDeleted,
      unsupported: unsupported === 1,
      files: files === 0 ? [] : this.files.of(idBytes(messageId(id))),
      reactions: reacted === 1 && !isDeleted ? this.marks.reactions(idBytes(messageId(id))) : [],
    };
  }
}

function firstRevision({ author, writtenAt, text: first }: Entry): Revision {
  return { author, writtenAt, text: first };
}
