import type { MessageId } from '../helpers/ids.ts';
import type { Conversation, ConversationId, Entry, EntryPosition } from './types.ts';

/** What a batch of events changes in what a person sees. Applied whole or not at all. */
export interface ProjectionChanges {
  /** Inserted, or renamed when the (order, id) of the naming event is the higher one. */
  readonly nameConversations?: readonly {
    readonly conversationId: ConversationId;
    readonly name: string;
    readonly order: number;
    readonly eventId: MessageId;
  }[];
  /** Inserted, or replaced where the id is there already. The conversation row is made when it is missing (name ''). */
  readonly putEntries?: readonly Entry[];
  /** Taken out of view and out of the search index. */
  readonly removeEntries?: readonly MessageId[];
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
  /** All conversations, by descending `order`. */
  conversations(): Promise<readonly Conversation[]>;
  conversation(id: ConversationId): Promise<Conversation | undefined>;
  conversationsNamed(name: string): Promise<readonly Conversation[]>;
  /** The newest `limit` entries, or those just before `before`, in ascending order. */
  entries(
    conversationId: ConversationId,
    limit: number,
    before?: EntryPosition,
  ): Promise<readonly Entry[]>;
  entry(id: MessageId): Promise<Entry | undefined>;
  /** The highest `order` of all events projected; 0 when none. */
  highestOrder(): Promise<number>;
  search(query: SearchQuery): Promise<readonly SearchHit[]>;
}
