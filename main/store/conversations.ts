import type { FileCopy } from '../conversations/files.ts';
import { UNREAD_MAX } from '../conversations/limits.ts';
import type {
  ConversationStore,
  ProjectionChanges,
  RegisterChange,
  SearchQuery,
  SearchResult,
} from '../conversations/ports.ts';
import type {
  Conversation,
  ConversationId,
  Entry,
  EntryPosition,
  Registers,
  Revision,
} from '../conversations/types.ts';
import type { MessageId, PeerId } from '../mvds/types.ts';
import type { Connection } from './connection.ts';
import { EntryTable } from './entries.ts';
import type { ErasedTraces } from './erased-traces.ts';
import type { ErasureTable } from './erasures.ts';
import type { SqlValue } from './file-backend/index.ts';
import type { FileTable } from './files.ts';
import type { Names } from './names.ts';
import type { SearchIndex } from './search-index.ts';
import type { SyncOf } from './sync-of.ts';
import { conversationId, idBytes, messageId, number, text } from './values.ts';

const CONVERSATION_COLUMNS = 'conversation, id, name, entries, highest_order FROM conversations';
const NO_EVENT = new Uint8Array();
/** Kinds of events that the versions knew which did not say. */
const FIRST_KINDS = 2;

/** The projection of messages into what a person sees. */
export class ConversationTable implements SyncOf<ConversationStore> {
  readonly #connection: Connection;
  readonly #names: Names;
  readonly #entries: EntryTable;
  readonly #traces: ErasedTraces;
  /** Entries that the transaction under way has added, less those that it has removed. */
  #counted = 0;

  constructor(connection: Connection, names: Names, files: FileTable, traces: ErasedTraces) {
    this.#traces = traces;
    this.#connection = connection;
    this.#names = names;
    this.#entries = new EntryTable(connection, names, files);
  }

  get erasures(): ErasureTable {
    return this.#entries.erasures;
  }

  get index(): SearchIndex {
    return this.#entries.index;
  }

  projectedThrough(): number {
    return this.#meta('projected_through') ?? 0;
  }

  highestOrder(): number {
    return this.#meta('highest_order') ?? 0;
  }

  apply(changes: ProjectionChanges): void {
    const { nameConversations = [], putEntries = [], edits = [], deletions = [] } = changes;
    const { pins = [], reactions = [], registers = [], reads = [], unsupported = [] } = changes;
    const { partLists = [], abandoned = [] } = changes;
    this.#connection.derived(() => {
      this.#counted = 0;
      for (const naming of nameConversations) this.#name(naming);
      for (const list of partLists) this.#entries.files.addList(list);
      for (const chunks of abandoned) this.#entries.files.abandon(chunks);
      for (const entry of putEntries) this.#put(entry);
      for (const edit of edits) this.#entries.edit(edit);
      for (const deletion of deletions) this.#delete(deletion);
      if (deletions.length > 0) this.#traces.leave();
      for (const pin of pins) this.#entries.marks.pin(pin);
      for (const reaction of reactions) this.#entries.marks.react(reaction);
      for (const change of registers) this.#setRegister(change);
      for (const read of reads) this.#setRead(read);
      for (const { eventId, sequence } of unsupported) {
        if (this.#entries.isDeleted(eventId)) continue;
        const sql = 'INSERT OR IGNORE INTO unsupported(event, sequence) VALUES(?, ?)';
        this.#connection.run(sql, idBytes(eventId), sequence);
      }
      this.#setReadable();
      this.#setMeta('projected_through', changes.projectedThrough);
      const said = [nameConversations, putEntries, edits, deletions, pins, reactions, registers];
      const orders = [...said, reads, unsupported].flatMap((list) =>
        list.map(({ order }) => order),
      );
      this.#setMeta('highest_order', Math.max(this.highestOrder(), ...orders));
    });
  }

  clear(): void {
    this.#connection.transaction(() => {
      this.#entries.clear();
      for (const table of ['registers', 'reads', 'unsupported', 'conversations']) {
        this.#connection.run(`DELETE FROM ${table}`);
      }
      this.#setMeta('readable', 0);
      this.#setMeta('projected_through', 0);
      this.#setMeta('highest_order', 0);
    });
  }

  reconsider(kinds: number): void {
    if ((this.#meta('known_kinds') ?? FIRST_KINDS) >= kinds) return;
    this.#connection.transaction(() => {
      const first = this.#connection.first(
        'SELECT min(sequence) FROM unsupported',
        [],
        ([sequence]) => (typeof sequence === 'number' ? sequence : undefined),
      );
      if (first !== undefined) {
        this.#counted = 0;
        for (const conversation of this.#entries.removeUnsupported()) {
          this.#countEntries(conversation, -1);
        }
        this.#setReadable();
        this.#connection.run('DELETE FROM unsupported');
        this.#setMeta('projected_through', Math.min(this.projectedThrough(), first - 1));
      }
      this.#setMeta('known_kinds', kinds);
    });
  }

  unsupported(): number {
    const sql = 'SELECT count(*) FROM unsupported';
    return this.#connection.first(sql, [], ([count]) => number(count)) ?? 0;
  }

  /** Entries of all conversations. A status asks for it all the time, so that it is kept and not counted. */
  readable(): number {
    return this.#meta('readable') ?? 0;
  }

  conversations(reader?: PeerId): readonly Conversation[] {
    return this.#conversations('ORDER BY highest_order DESC, id DESC', [], reader);
  }

  conversation(id: ConversationId, reader?: PeerId): Conversation | undefined {
    return this.#conversations('WHERE id = ?', [idBytes(id)], reader)[0];
  }

  conversationsNamed(name: string): readonly Conversation[] {
    return this.#conversations('WHERE name = ? ORDER BY highest_order DESC, id DESC', [name]);
  }

  entries(id: ConversationId, limit: number, before?: EntryPosition): readonly Entry[] {
    const found = this.#find(id);
    return found === undefined ? [] : this.#entries.before(found, limit, before);
  }

  entriesAfter(id: ConversationId, limit: number, after: EntryPosition): readonly Entry[] {
    const found = this.#find(id);
    return found === undefined ? [] : this.#entries.after(found, limit, after);
  }

  entriesWithFiles(id: ConversationId, limit: number, before?: EntryPosition): readonly Entry[] {
    const found = this.#find(id);
    return found === undefined ? [] : this.#entries.withFiles(found, limit, before);
  }

  entry(id: MessageId): Entry | undefined {
    return this.#entries.entry(id);
  }

  entriesOf(ids: readonly MessageId[]): readonly Entry[] {
    return ids.map((id) => this.#entries.entry(id)).filter((entry) => entry !== undefined);
  }

  pinnedEntries(id: ConversationId): readonly Entry[] {
    const found = this.#find(id);
    return found === undefined ? [] : this.#entries.pinned(found);
  }

  attachedTo(id: MessageId): readonly FileCopy[] {
    return this.#entries.files.attachedTo(id);
  }

  revisions(id: MessageId): readonly Revision[] {
    return this.#entries.revisions(id);
  }

  search(query: SearchQuery): SearchResult {
    return this.#entries.search(query);
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

  #put(entry: NonNullable<ProjectionChanges['putEntries']>[number]): void {
    const conversation = this.#conversationNumber(entry.conversationId);
    if (this.#entries.put(entry, conversation)) this.#countEntries(conversation, 1);
    this.#raiseOrder(conversation, entry.order);
  }

  #delete(deletion: NonNullable<ProjectionChanges['deletions']>[number]): void {
    const conversation = this.#conversationNumber(deletion.conversationId);
    if (this.#entries.delete(deletion, conversation)) this.#countEntries(conversation, 1);
    this.#raiseOrder(conversation, deletion.erased.order);
  }

  #setRegister({ conversationId: id, register, value, order, eventId }: RegisterChange): void {
    this.#connection.run(
      `INSERT INTO registers(conversation, register, value, ordering, event)
       VALUES(?1, ?2, ?3, ?4, ?5)
       ON CONFLICT(conversation, register) DO UPDATE SET value = ?3, ordering = ?4, event = ?5
       WHERE (ordering, event) < (?4, ?5)`,
      ...[this.#conversationNumber(id), register, JSON.stringify(value), order, idBytes(eventId)],
    );
  }

  #setRead(read: NonNullable<ProjectionChanges['reads']>[number]): void {
    const { position, author } = read;
    this.#connection.run(
      `INSERT INTO reads(conversation, author, ordering, message) VALUES(?1, ?2, ?3, ?4)
       ON CONFLICT(conversation, author) DO UPDATE SET ordering = ?3, message = ?4
       WHERE (ordering, message) < (?3, ?4)`,
      ...[this.#conversationNumber(read.conversationId), this.#names.peerNumber(author)],
      ...[position.order, idBytes(position.id)],
    );
  }

  #find(id: ConversationId): number | undefined {
    const sql = 'SELECT conversation FROM conversations WHERE id = ?';
    return this.#connection.first(sql, [idBytes(id)], ([value]) => number(value));
  }

  #conversationNumber(id: ConversationId): number {
    const found = this.#find(id);
    if (found !== undefined) return found;
    this.#connection.run(
      "INSERT INTO conversations(id, name, name_order, name_event) VALUES(?, '', 0, ?)",
      ...[idBytes(id), NO_EVENT],
    );
    return this.#find(id) ?? 0;
  }

  #countEntries(conversation: number, by: number): void {
    const sql = 'UPDATE conversations SET entries = entries + ? WHERE conversation = ?';
    this.#connection.run(sql, by, conversation);
    this.#counted += by;
  }

  /** Once for a transaction: a write for each entry would cost more. */
  #setReadable(): void {
    if (this.#counted !== 0) this.#setMeta('readable', this.readable() + this.#counted);
  }

  #raiseOrder(conversation: number, order: number): void {
    const sql =
      'UPDATE conversations SET highest_order = ? WHERE conversation = ? AND highest_order < ?';
    this.#connection.run(sql, order, conversation, order);
  }

  #conversations(condition: string, values: readonly SqlValue[], reader?: PeerId): Conversation[] {
    const sql = `SELECT ${CONVERSATION_COLUMNS} ${condition}`;
    const rows = this.#connection.all(sql, values, (row) => row);
    const pinned = this.#entries.pinnedCounts();
    const self = reader === undefined ? undefined : this.#names.findPeer(reader);
    return rows.map(([row, id, name, entries, order]) => {
      const conversation = number(row);
      const readUpTo = this.#readUpTo(conversation, self);
      return {
        id: conversationId(id),
        name: text(name),
        latest: this.#entries.before(conversation, 1)[0],
        entries: number(entries),
        order: number(order),
        registers: this.#registers(conversation),
        pinned: pinned.get(conversation) ?? 0,
        readUpTo,
        unread: this.#entries.countOfOthers(conversation, readUpTo, self, UNREAD_MAX),
      };
    });
  }

  /** Its own position first; else the furthest. */
  #readUpTo(conversation: number, self: number | undefined): EntryPosition | undefined {
    return this.#connection.first(
      `SELECT ordering, message FROM reads WHERE conversation = ?
       ORDER BY author = ? DESC, ordering DESC, message DESC LIMIT 1`,
      [conversation, self ?? -1],
      ([order, id]) => ({ order: number(order), id: messageId(id) }),
    );
  }

  #registers(conversation: number): Partial<Registers> {
    const sql = 'SELECT register, value FROM registers WHERE conversation = ?';
    const rows = this.#connection.all(sql, [conversation], ([register, value]) => {
      return [text(register), JSON.parse(text(value)) as unknown] as const;
    });
    return Object.fromEntries(rows);
  }

  #meta(key: string): number | undefined {
    const sql = 'SELECT value FROM meta WHERE key = ?';
    return this.#connection.first(sql, [key], ([value]) => number(value));
  }

  #setMeta(key: string, value: number): void {
    const sql =
      'INSERT INTO meta(key, value) VALUES(?, ?) ON CONFLICT DO UPDATE SET value = excluded.value';
    this.#connection.run(sql, key, value);
  }
}
