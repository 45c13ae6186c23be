import type { MessageId, PeerId } from '../helpers/ids.ts';
import type {
  Conversation,
  ConversationId,
  Entry,
  EntryPosition,
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
  /** For good: the texts of the entry go, out of the search index too, and none comes back. */
  readonly deletions?: readonly (Said & { readonly target: MessageId })[];
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
  /** Events of kinds that this version does not know, by their arrival sequence: see `reconsider`. */
  readonly unsupported?: readonly (Said & { readonly sequence: number })[];
  /** The arrival sequence (see `StoredMessage.sequence`) up to which messages are now projected. */
  readonly projectedThrough: number;
}

export interface SearchHit {
  readonly entry: Entry;
  /** The text around the match, cut into runs; those with `match` are to be highlighted. */
  readonly snippet: readonly { readonly text: string; readonly match: boolean }[];
}

export interface SearchQuery {
  /** What the person typed. The last word matches as a prefix; every word must match. */
  readonly text: string;
  readonly conversationId?: ConversationId;
  readonly author?: PeerId;
  /** First and last moment by the writer's clock, Unix milliseconds. */
  readonly from?: number;
  readonly to?: number;
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
  entry(id: MessageId): Promise<Entry | undefined>;
  /** Those of them that are there, in the order of the ids. */
  entriesOf(ids: readonly MessageId[]): Promise<readonly Entry[]>;
  /** The pinned entries, in descending order. */
  pinnedEntries(conversationId: ConversationId): Promise<readonly Entry[]>;
  /** Every text of an entry, in ascending order: the last shows. Empty for one that is deleted or not there. */
  revisions(id: MessageId): Promise<readonly Revision[]>;
  /** The highest `order` of all events projected; 0 when none. */
  highestOrder(): Promise<number>;
  search(query: SearchQuery): Promise<readonly SearchHit[]>;
}
