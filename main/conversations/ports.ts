import type { MessageId, PeerId } from '../helpers/ids.ts';
import type { ErasedText } from './events.ts';
import type { FileCopy, FileId } from './files.ts';
import type {
  Conversation,
  ConversationId,
  Entry,
  EntryPosition,
  FileProgress,
  Registers,
  Revision,
  WrittenEntry,
} from './types.ts';

/** What an event says by which all that is said is put in order: of two, the one with the higher (order, eventId) counts. */
export interface Said {
  readonly order: number;
  readonly eventId: MessageId;
}

/** One of the registers of a conversation, with its value. */
export type RegisterChange = Said & { readonly conversationId: ConversationId } & {
    [Name in keyof Registers]: { readonly register: Name; readonly value: Registers[Name] };
  }[keyof Registers];

/**
 * What a batch of events changes in what a person sees. Applied whole or not at all. It comes to the same in whatever order
 * and however often the events come; what is said of an entry that is not here yet waits for it.
 */
export interface ProjectionChanges {
  /** Inserted, or renamed. */
  readonly nameConversations?: readonly (Said & {
    readonly conversationId: ConversationId;
    readonly name: string;
  })[];
  /** Inserted where the id is not there yet. The conversation row is made when it is missing (name ''). */
  readonly putEntries?: readonly WrittenEntry[];
  /** Of the texts of an entry, the one first written included, the last shows. */
  readonly edits?: readonly (Said & { readonly target: MessageId } & Revision)[];
  /**
   * For good: the texts of the entry go, out of the search index too, and none comes back. Where the entry is not there, and
   * perhaps never comes, it is inserted as a deleted one.
   */
  readonly deletions?: readonly (Said & {
    readonly target: MessageId;
    /** Who deleted it. */
    readonly author: PeerId;
    readonly conversationId: ConversationId;
    readonly erased: ErasedText;
  })[];
  readonly pins?: readonly (Said & { readonly target: MessageId; readonly pinned: boolean })[];
  /** One for each author and emoji. */
  readonly reactions?: readonly (Said & {
    readonly target: MessageId;
    readonly author: PeerId;
    readonly emoji: string;
    readonly on: boolean;
  })[];
  readonly registers?: readonly RegisterChange[];
  /** Of each author, the furthest counts. */
  readonly reads?: readonly (Said & {
    readonly conversationId: ConversationId;
    readonly author: PeerId;
    readonly position: EntryPosition;
  })[];
  /** Ids of chunks, by the id of the message that lists them. */
  readonly partLists?: readonly { readonly id: MessageId; readonly parts: readonly MessageId[] }[];
  /** Chunks that no entry names. */
  readonly abandoned?: readonly {
    readonly eventId: MessageId;
    readonly storedAt: number;
    readonly parts: readonly MessageId[];
  }[];
  /** Events of kinds that this version does not know, by their arrival sequence: see `reconsider`. */
  readonly unsupported?: readonly (Said & { readonly sequence: number })[];
  /** The arrival sequence (see `StoredMessage.sequence`) up to which messages are now projected. */
  readonly projectedThrough: number;
}

/** The same of messages that are not stored yet, whose places in the order of arrival are not known. */
export type EventChanges = Omit<ProjectionChanges, 'projectedThrough' | 'unsupported'>;

export interface SearchHit {
  readonly entry: Entry;
  /** The text around the match, cut into runs; those with `match` are to be highlighted. */
  readonly snippet: readonly { readonly text: string; readonly match: boolean }[];
}

export interface SearchResult {
  /** The best first. */
  readonly hits: readonly SearchHit[];
  /**
   * How many of the newest entries the search did not look at, since the index does not have them yet; at most, for entries
   * without a text count as well. 0 once the index is complete.
   */
  readonly unindexed: number;
}

export interface SearchQuery {
  /** What the person typed. The last word matches as a prefix; every word must match. */
  readonly text: string;
  readonly conversationId?: ConversationId;
  readonly author?: PeerId;
  /** First and last moment by the writer's clock, Unix milliseconds. */
  readonly from?: number;
  readonly to?: number;
  /** Only entries that carry a file. */
  readonly hasFile?: boolean;
  readonly limit: number;
}

/** The projection of messages into conversations, kept beside them and rebuilt from them at will. */
export interface ConversationStore {
  /** The sequence of the last message that is in the projection. */
  projectedThrough(): Promise<number>;
  /**
   * Applies changes whole or not at all. They survive a crash, but the newest may be undone by a loss of power:
   * `projectedThrough` then says so, and they are made again.
   */
  apply(changes: ProjectionChanges): Promise<void>;
  /** Drops the projection, so that the next run starts from sequence 0. */
  clear(): Promise<void>;
  /**
   * Goes back to before the first event of a kind that was not known, where the program knew fewer kinds when it last said so.
   * @param kinds how many kinds of events it knows now
   */
  reconsider(kinds: number): Promise<void>;
  /** How many events of kinds that are not known there are. */
  unsupported(): Promise<number>;
  /**
   * All conversations, by descending `order`, as they are to the device that reads: how far it has read, or before it has said
   * anything, whoever has read furthest; and how much of the others is unread by that.
   */
  conversations(reader?: PeerId): Promise<readonly Conversation[]>;
  conversation(id: ConversationId, reader?: PeerId): Promise<Conversation | undefined>;
  conversationsNamed(name: string): Promise<readonly Conversation[]>;
  /** The newest `limit` entries, or those just before `before`, in ascending order. */
  entries(
    conversationId: ConversationId,
    limit: number,
    before?: EntryPosition,
  ): Promise<readonly Entry[]>;
  /** The oldest `limit` entries after a position, in ascending order. */
  entriesAfter(
    conversationId: ConversationId,
    limit: number,
    after: EntryPosition,
  ): Promise<readonly Entry[]>;
  /** Those that carry files: the newest `limit`, or those just before `before`, in descending order. */
  entriesWithFiles(
    conversationId: ConversationId,
    limit: number,
    before?: EntryPosition,
  ): Promise<readonly Entry[]>;
  entry(id: MessageId): Promise<Entry | undefined>;
  /** Those of them that are there, in the order of the ids. */
  entriesOf(ids: readonly MessageId[]): Promise<readonly Entry[]>;
  /** The pinned entries, in descending order. */
  pinnedEntries(conversationId: ConversationId): Promise<readonly Entry[]>;
  /** Every text of an entry, in ascending order: the last shows. Empty for one that is deleted or not there. */
  revisions(id: MessageId): Promise<readonly Revision[]>;
  /** The files that an entry carries, as its event said it; empty where it carries none, or is not there. */
  attachedTo(id: MessageId): Promise<readonly FileCopy[]>;
  /** The highest `order` of all events projected; 0 when none. */
  highestOrder(): Promise<number>;
  /**
   * Finds what is in the index, which follows behind the entries. A few entries that it lacks are added first, so that whatever
   * was written just now is found.
   */
  search(query: SearchQuery): Promise<SearchResult>;
}

/** A message of a text that was deleted, or of an edit of it. */
export interface Erasure {
  readonly id: MessageId;
  /** Of the message, Unix milliseconds. */
  readonly timestamp: number;
  /** Who deleted the text. */
  readonly author: PeerId;
}

/** Messages that become tombstones because a text was deleted. They follow from the events alone. */
export interface ErasureStore {
  /** Those that are not tombstones yet, at most `limit`. */
  due(limit: number): Promise<readonly Erasure[]>;
  /** They are tombstones now: `at` in Unix milliseconds. */
  done(ids: readonly MessageId[], at: number): Promise<void>;
  /** Those that became tombstones up to `until` (Unix milliseconds), by ascending id after `after`, at most `limit`. */
  erased(
    until: number,
    after: MessageId | undefined,
    limit: number,
  ): Promise<readonly (Erasure & { readonly erasedAt: number })[]>;
}

/** What is known of one copy of a file that is not here yet, or is to be deleted. */
export interface KnownCopy {
  /** Its number in this store. */
  readonly copy: number;
  readonly file: FileId;
  readonly bytes: number;
  readonly storedAt: number;
  readonly wanted: boolean;
  /** Lists of its chunks that are not here. */
  readonly missingLists: readonly MessageId[];
}

/** Files: what the events say of them, and which of their chunks are here. The chunks are messages, and kept as such. */
export interface FileStore {
  /** Those of the files that are known. */
  progress(files: readonly FileId[]): Promise<ReadonlyMap<FileId, FileProgress>>;
  /** The copy of a file that is here as a whole; undefined where none is. */
  here(file: FileId): Promise<(FileCopy & { readonly copy: number }) | undefined>;
  /** Ids of the chunks of a copy from a position on, in order, at most `limit`. */
  parts(copy: number, from: number, limit: number): Promise<readonly MessageId[]>;
  /** Copies that entries name and that are neither here nor damaged, in the order of their numbers after `after`. */
  awaited(after: number, limit: number): Promise<readonly KnownCopy[]>;
  /** The same of some copies: those of them that are awaited. */
  awaitedOf(copies: readonly number[]): Promise<readonly KnownCopy[]>;
  /** Copies of the file that are awaited. */
  copiesOf(file: FileId): Promise<readonly KnownCopy[]>;
  /** Chunks of a copy that are not here, in order, at most `limit`. */
  missing(copy: number, limit: number): Promise<readonly MessageId[]>;
  /** Whether every chunk of a copy is here. */
  isWhole(copy: number): Promise<boolean>;
  /** The copies that the messages are chunks of. */
  touchedBy(ids: readonly MessageId[]): Promise<readonly number[]>;
  /** What has come of a copy that is whole. */
  settle(copy: number, state: 'here' | 'damaged' | 'awaited'): Promise<void>;
  /** Whether a person wants the file, whatever is got without asking. */
  want(file: FileId, wanted: boolean): Promise<void>;
  /** Copies that a person wants and that are awaited. */
  wanted(): Promise<readonly KnownCopy[]>;
  /** Copies that no entry names any more and whose chunks are not deleted yet. */
  orphans(limit: number): Promise<readonly KnownCopy[]>;
  /** Chunks of a copy that no copy has which an entry names. */
  ownParts(copy: number): Promise<readonly MessageId[]>;
  erased(copy: number): Promise<void>;
  /** Copies that are named again although their chunks were deleted. */
  namedAgain(limit: number): Promise<readonly KnownCopy[]>;
  /** They are awaited again. */
  revived(copy: number): Promise<void>;
  /** Files that are here as a whole, and bytes of content that are here. */
  totals(): Promise<{ readonly files: number; readonly bytes: number }>;
}
