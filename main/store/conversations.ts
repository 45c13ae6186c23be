import type {
  ConversationStore,
  ProjectionChanges,
  SearchHit,
  SearchQuery,
} from '../conversations/ports.ts';
import type { Conversation, ConversationId, Entry, EntryPosition } from '../conversations/types.ts';
import type { MessageId } from '../mvds/types.ts';
import type { Connection, Row } from './connection.ts';
import type { SqlValue } from './file-backend/index.ts';
import type { Names } from './names.ts';
import { SearchIndex } from './search.ts';
import type { SyncOf } from './sync-of.ts';
import { conversationId, idBytes, limitValue, messageId, number, text } from './values.ts';

const ENTRY_COLUMNS = `entries.id, conversations.id, ordering, author, written_at, text
  FROM entries JOIN conversations USING(conversation)`;
const CONVERSATION_COLUMNS = 'conversation, id, name, entries, highest_order FROM conversations';
const NO_EVENT = new Uint8Array();

/** The projection of messages into what a person sees. */
export class ConversationTable implements SyncOf<ConversationStore> {
  readonly index: SearchIndex;
  readonly #connection: Connection;
  readonly #names: Names;

  constructor(connection: Connection, names: Names) {
    this.#connection = connection;
    this.#names = names;
    this.index = new SearchIndex(connection);
  }

  projectedThrough(): number {
    return this.#meta('projected_through');
  }

  highestOrder(): number {
    return this.#meta('highest_order');
  }

  apply(changes: ProjectionChanges): void {
    const { nameConversations = [], putEntries = [], removeEntries = [] } = changes;
    this.#connection.derived(() => {
      for (const naming of nameConversations) this.#name(naming);
      for (const entry of putEntries) this.#put(entry);
      for (const id of removeEntries) this.#remove(id);
      this.#setMeta('projected_through', changes.projectedThrough);
      const orders = [...nameConversations, ...putEntries].map(({ order }) => order);
      this.#setMeta('highest_order', Math.max(this.highestOrder(), ...orders));
    });
  }

  clear(): void {
    this.#connection.transaction(() => {
      this.#connection.run('DELETE FROM entries');
      this.index.rebuild();
      this.#connection.run('DELETE FROM conversations');
      this.#setMeta('projected_through', 0);
      this.#setMeta('highest_order', 0);
    });
  }

  conversations(): readonly Conversation[] {
    return this.#conversations('ORDER BY highest_order DESC, id DESC', []);
  }

  conversation(id: ConversationId): Conversation | undefined {
    return this.#conversations('WHERE id = ?', [idBytes(id)])[0];
  }

  conversationsNamed(name: string): readonly Conversation[] {
    return this.#conversations('WHERE name = ? ORDER BY highest_order DESC, id DESC', [name]);
  }

  entries(id: ConversationId, limit: number, before?: EntryPosition): readonly Entry[] {
    const found = this.#connection.first(
      'SELECT conversation FROM conversations WHERE id = ?',
      [idBytes(id)],
      ([value]) => number(value),
    );
    if (found === undefined) return [];
    const order = 'ORDER BY ordering DESC, entries.id DESC LIMIT ?';
    const newestFirst =
      before === undefined
        ? this.#entries(`WHERE conversation = ? ${order}`, [found, limitValue(limit)])
        : this.#entries(`WHERE conversation = ? AND (ordering, entries.id) < (?, ?) ${order}`, [
            found,
            before.order,
            idBytes(before.id),
            limitValue(limit),
          ]);
    return newestFirst.reverse();
  }

  entry(id: MessageId): Entry | undefined {
    return this.#entries('WHERE entries.id = ?', [idBytes(id)])[0];
  }

  search(query: SearchQuery): readonly SearchHit[] {
    return this.index.search(query, (condition, values) => this.#entries(condition, values));
  }

  #name(naming: NonNullable<ProjectionChanges['nameConversations']>[number]): void {
    const { name, order, eventId } = naming;
    const conversation = this.#conversationNumber(naming.conversationId);
    this.#connection.run(
      `UPDATE conversations SET name = ?1, name_order = ?2, name_event = ?3
       WHERE conversation = ?4 AND (name_order, name_event) < (?2, ?3)`,
      ...[name, order, idBytes(eventId), conversation],
    );
    this.#raiseOrder(conversation, order);
  }

  #put(entry: Entry): void {
    const id = idBytes(entry.id);
    const conversation = this.#conversationNumber(entry.conversationId);
    const author = this.#names.peerNumber(entry.author);
    const { order, writtenAt } = entry;
    const replaced = this.#find(id);
    if (replaced === undefined) {
      this.#connection.run(
        `INSERT INTO entries(id, conversation, ordering, author, written_at, text, terms)
         VALUES(?, ?, ?, ?, ?, ?, ?)`,
        ...[id, conversation, order, author, writtenAt, entry.text, this.index.terms(entry.text)],
      );
      const row = this.#connection.first('SELECT last_insert_rowid()', [], ([n]) => number(n));
      this.index.add(row ?? 0, entry.text);
      this.#countEntries(conversation, 1);
    } else {
      const isReworded = replaced.text !== entry.text;
      if (isReworded) this.index.remove(replaced.entry);
      this.#connection.run(
        `UPDATE entries SET conversation = ?, ordering = ?, author = ?, written_at = ?, text = ?,
           terms = ? WHERE entry = ?`,
        ...[conversation, order, author, writtenAt, entry.text, this.index.terms(entry.text)],
        replaced.entry,
      );
      if (isReworded) this.index.add(replaced.entry, entry.text);
      if (replaced.conversation !== conversation) {
        this.#countEntries(replaced.conversation, -1);
        this.#countEntries(conversation, 1);
      }
    }
    this.#raiseOrder(conversation, order);
  }

  #remove(id: MessageId): void {
    const found = this.#find(idBytes(id));
    if (found === undefined) return;
    this.index.remove(found.entry);
    this.#connection.run('DELETE FROM entries WHERE entry = ?', found.entry);
    this.#countEntries(found.conversation, -1);
  }

  #find(id: Uint8Array): { entry: number; conversation: number; text: string } | undefined {
    return this.#connection.first(
      'SELECT entry, conversation, text FROM entries WHERE id = ?',
      [id],
      ([entry, conversation, content]) => ({
        entry: number(entry),
        conversation: number(conversation),
        text: text(content),
      }),
    );
  }

  #conversationNumber(id: ConversationId): number {
    const find = (): number | undefined =>
      this.#connection.first(
        'SELECT conversation FROM conversations WHERE id = ?',
        [idBytes(id)],
        ([value]) => number(value),
      );
    const found = find();
    if (found !== undefined) return found;
    this.#connection.run(
      "INSERT INTO conversations(id, name, name_order, name_event) VALUES(?, '', 0, ?)",
      ...[idBytes(id), NO_EVENT],
    );
    return find() ?? 0;
  }

  #countEntries(conversation: number, by: number): void {
    const sql = 'UPDATE conversations SET entries = entries + ? WHERE conversation = ?';
    this.#connection.run(sql, by, conversation);
  }

  #raiseOrder(conversation: number, order: number): void {
    const sql =
      'UPDATE conversations SET highest_order = ? WHERE conversation = ? AND highest_order < ?';
    this.#connection.run(sql, order, conversation, order);
  }

  #conversations(condition: string, values: readonly SqlValue[]): Conversation[] {
    const rows = this.#connection.all(
      `SELECT ${CONVERSATION_COLUMNS} ${condition}`,
      values,
      (row) => row,
    );
    return rows.map(([conversation, id, name, entries, order]) => ({
      id: conversationId(id),
      name: text(name),
      latest: this.#entries(
        'WHERE conversation = ? ORDER BY ordering DESC, entries.id DESC LIMIT 1',
        [number(conversation)],
      )[0],
      entries: number(entries),
      order: number(order),
    }));
  }

  #entries(condition: string, values: readonly SqlValue[]): Entry[] {
    return this.#connection.all(`SELECT ${ENTRY_COLUMNS} ${condition}`, values, (row) =>
      this.#entry(row),
    );
  }

  #entry([id, conversation, order, author, writtenAt, content]: Row): Entry {
    return {
      id: messageId(id),
      conversationId: conversationId(conversation),
      order: number(order),
      author: this.#names.peer(number(author)),
      writtenAt: number(writtenAt),
      text: text(content),
    };
  }

  #meta(key: string): number {
    const sql = 'SELECT value FROM meta WHERE key = ?';
    return this.#connection.first(sql, [key], ([value]) => number(value)) ?? 0;
  }

  #setMeta(key: string, value: number): void {
    const sql =
      'INSERT INTO meta(key, value) VALUES(?, ?) ON CONFLICT DO UPDATE SET value = excluded.value';
    this.#connection.run(sql, key, value);
  }
}
