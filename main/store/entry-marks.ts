import type { ProjectionChanges } from '../conversations/ports.ts';
import type { Entry, Revision, WrittenEntry } from '../conversations/types.ts';
import type { MessageId, PeerId } from '../mvds/types.ts';
import type { Connection } from './connection.ts';
import type { Names } from './names.ts';
import { bytes, idBytes, number, text } from './values.ts';

type Item<List extends keyof ProjectionChanges> =
  NonNullable<ProjectionChanges[List]> extends readonly (infer One)[] ? One : never;

/** The text of an entry that shows, of several. */
export interface ShownText {
  readonly text: string;
  /** Undefined where it is the first one. */
  readonly editedAt: number | undefined;
}

/** What decides the text of an entry. */
interface Mark {
  readonly isDeleted: boolean;
  readonly isEdited: boolean;
  readonly deletedBy: PeerId | undefined;
}

/**
 * What was said of entries after they were written, whether those are here or not. Of what is said twice, the one with the
 * higher (order, event) counts. For use inside a transaction.
 */
export class EntryMarks {
  readonly #connection: Connection;
  readonly #names: Names;

  constructor(connection: Connection, names: Names) {
    this.#connection = connection;
    this.#names = names;
  }

  /** What decides the text of an entry; undefined where nothing does but its own. */
  find(id: Uint8Array): Mark | undefined {
    return this.#connection.first(
      'SELECT deleted, edited, deleted_by FROM marks WHERE message = ?',
      [id],
      ([deleted, edited, by]) => ({
        isDeleted: deleted === 1,
        isEdited: edited === 1,
        deletedBy: typeof by === 'number' ? this.#names.peer(by) : undefined,
      }),
    );
  }

  /** Returns false for a deleted entry, whose texts are not kept. */
  addRevision({ target, eventId, ...revision }: Item<'edits'>): boolean {
    const id = idBytes(target);
    if (this.find(id)?.isDeleted) return false;
    this.#connection.run(
      'INSERT INTO marks(message, edited) VALUES(?, 1) ON CONFLICT(message) DO UPDATE SET edited = 1',
      id,
    );
    this.#addRevision(id, idBytes(eventId), revision);
    return true;
  }

  /** The text that an entry was written with is a revision like others. */
  addFirstText(entry: WrittenEntry): void {
    const id = idBytes(entry.id);
    this.#addRevision(id, id, entry);
  }

  /** The last revision of an entry that is here, as the one that shows from now on. */
  showLast(id: Uint8Array): ShownText | undefined {
    const last = this.#connection.first(
      `SELECT text, written_at, event = message FROM revisions
       WHERE message = ? ORDER BY ordering DESC, event DESC LIMIT 1`,
      [id],
      ([content, writtenAt, isFirst]) => ({
        text: text(content),
        editedAt: isFirst === 1 ? undefined : number(writtenAt),
      }),
    );
    const sql = 'UPDATE marks SET edited_at = ? WHERE message = ?';
    this.#connection.run(sql, last?.editedAt ?? null, id);
    return last;
  }

  /** Returns the edits that are deleted with the entry, with when each was written (Unix milliseconds). */
  delete(
    id: Uint8Array,
    by: PeerId,
  ): readonly { readonly event: Uint8Array; readonly writtenAt: number }[] {
    this.#connection.run(
      `INSERT INTO marks(message, deleted, deleted_by) VALUES(?1, 1, ?2)
       ON CONFLICT(message) DO UPDATE
       SET deleted = 1, edited = 0, edited_at = NULL, deleted_by = coalesce(deleted_by, ?2)`,
      ...[id, this.#names.peerNumber(by)],
    );
    return this.#connection
      .all('DELETE FROM revisions WHERE message = ? RETURNING event, written_at', [id], (row) => ({
        event: bytes(row[0]),
        writtenAt: number(row[1]),
      }))
      .filter(({ event }) => Buffer.compare(event, id) !== 0);
  }

  pin({ target, pinned, order, eventId }: Item<'pins'>): void {
    this.#connection.run(
      `INSERT INTO marks(message, pinned, pin_order, pin_event) VALUES(?1, ?2, ?3, ?4)
       ON CONFLICT(message) DO UPDATE SET pinned = ?2, pin_order = ?3, pin_event = ?4
       WHERE (pin_order, pin_event) < (?3, ?4)`,
      ...[idBytes(target), pinned ? 1 : 0, order, idBytes(eventId)],
    );
  }

  react({ target, author, emoji, on, order, eventId }: Item<'reactions'>): void {
    const id = idBytes(target);
    this.#connection.run(
      'INSERT INTO marks(message, reacted) VALUES(?, 1) ON CONFLICT(message) DO UPDATE SET reacted = 1',
      id,
    );
    this.#connection.run(
      `INSERT INTO reactions(message, emoji, author, stands, ordering, event)
       VALUES(?1, ?2, ?3, ?4, ?5, ?6)
       ON CONFLICT(message, emoji, author) DO UPDATE SET stands = ?4, ordering = ?5, event = ?6
       WHERE (ordering, event) < (?5, ?6)`,
      ...[id, emoji, this.#names.peerNumber(author), on ? 1 : 0, order, idBytes(eventId)],
    );
  }

  reactions(id: Uint8Array): Entry['reactions'] {
    const found = this.#connection.all(
      'SELECT emoji, author FROM reactions WHERE message = ? AND stands = 1',
      [id],
      ([emoji, author]) => ({ emoji: text(emoji), author: this.#names.peer(number(author)) }),
    );
    const key = (one: Entry['reactions'][number]): string => `${one.emoji} ${one.author}`;
    return found.sort((one, other) => (key(one) < key(other) ? -1 : 1));
  }

  revisions(id: MessageId): readonly Revision[] {
    return this.#connection.all(
      'SELECT author, written_at, text FROM revisions WHERE message = ? ORDER BY ordering, event',
      [idBytes(id)],
      ([author, writtenAt, content]) => ({
        author: this.#names.peer(number(author)),
        writtenAt: number(writtenAt),
        text: text(content),
      }),
    );
  }

  clear(): void {
    for (const table of ['marks', 'revisions', 'reactions']) {
      this.#connection.run(`DELETE FROM ${table}`);
    }
  }

  #addRevision(id: Uint8Array, event: Uint8Array, revision: Revision & { order: number }): void {
    const { order, author, writtenAt } = revision;
    this.#connection.run(
      `INSERT OR IGNORE INTO revisions(message, ordering, event, author, written_at, text)
       VALUES(?, ?, ?, ?, ?, ?)`,
      ...[id, order, event, this.#names.peerNumber(author), writtenAt, revision.text],
    );
  }
}
