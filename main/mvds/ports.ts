import type { GroupId, Message, MessageId, PeerId, RecordType, SyncRecord } from './types.ts';

/** A message as the store holds it. */
export interface StoredMessage extends Message {
  /** Position in the order of arrival in this store: 1, 2, 3, …; never reused. */
  readonly sequence: number;
  /** False while it waits in the causal buffer for a parent. */
  readonly delivered: boolean;
  /** The peer it came from; undefined for one written here. */
  readonly source: PeerId | undefined;
}

export interface NewMessage {
  readonly message: Message;
  readonly delivered: boolean;
  readonly source: PeerId | undefined;
}

/** A position in the order of reconciliation: ascending timestamp, then ascending id. */
export interface MessagePosition {
  readonly timestamp: bigint;
  readonly id: MessageId;
}

/** Q of the proposal: the de-duplicated set of messages of each group. Ephemeral messages never enter it. */
export interface MessageStore {
  /** Which of `ids` are held (delivered, buffered or tombstoned), as a set. */
  held(ids: readonly MessageId[]): Promise<ReadonlySet<MessageId>>;
  /** Those of `ids` that are held with their body. A tombstoned or unknown id is absent. */
  read(ids: readonly MessageId[]): Promise<ReadonlyMap<MessageId, StoredMessage>>;
  /** Messages with a sequence above `sequence`, in order of arrival, at most `limit`. */
  arrivedAfter(sequence: number, limit: number): Promise<readonly StoredMessage[]>;
  /** Positions of a group's messages (tombstones included) after `after`, in ascending order, at most `limit`. */
  positions(
    groupId: GroupId,
    after: MessagePosition | undefined,
    limit: number,
  ): Promise<readonly MessagePosition[]>;
  /** Undelivered messages that name one of `ids` as a parent. */
  waitingFor(ids: readonly MessageId[]): Promise<readonly StoredMessage[]>;
  /** Ids of the newest messages of a group that no message names as a parent, newest first, at most `limit`. */
  heads(groupId: GroupId, limit: number): Promise<readonly MessageId[]>;
  count(groupId?: GroupId): Promise<number>;
}

export interface RecordCounts {
  readonly offers: number;
  readonly requests: number;
  readonly messages: number;
}

/** What is still to be said to each peer. Survives a restart. */
export interface SyncRecordStore {
  /** The records of `peerId` for those of `messageIds` that have one. */
  records(
    peerId: PeerId,
    messageIds: readonly MessageId[],
  ): Promise<ReadonlyMap<MessageId, SyncRecord>>;
  /** Every record about one of `messageIds`, of any peer. */
  recordsAbout(messageIds: readonly MessageId[]): Promise<readonly SyncRecord[]>;
  /** Records of `peerId` with `sendEpoch <= epoch`, by ascending send epoch, then by order of creation; at most `limit`. */
  due(peerId: PeerId, epoch: number, limit: number): Promise<readonly SyncRecord[]>;
  counts(peerId: PeerId): Promise<RecordCounts>;
  /** The last committed epoch; 0 in a new store. */
  epoch(): Promise<number>;
  /** The groups whose whole history was turned into records for `peerId` (see `SyncChanges.backfill`). */
  backfilledGroups(peerId: PeerId): Promise<ReadonlySet<GroupId>>;
}

/** Everything that one event changes. Applied whole or not at all. */
export interface SyncChanges {
  /** New messages, in order. One that is already held is left as it is. */
  readonly addMessages?: readonly NewMessage[];
  /** Buffered messages whose parents are now all here. */
  readonly deliver?: readonly MessageId[];
  /** Inserted, or replacing the record of the same (peer, message). */
  readonly putRecords?: readonly SyncRecord[];
  readonly removeRecords?: readonly Pick<SyncRecord, 'peerId' | 'messageId'>[];
  /**
   * Makes every record of the peer that is due later than `sendEpoch` due then, its send count back at 0: a peer came
   * online, and retransmission restarts at once.
   */
  readonly expedite?: readonly { readonly peerId: PeerId; readonly sendEpoch: number }[];
  /**
   * Gives `peerId` a record of `type` for every message that the groups held before this change, except those that came
   * from it and those it already has a record for. Does nothing for a (peer, group) that was backfilled before, unless
   * `again` is set: the peer lost its store, and with it also what came from it, which is then not excepted.
   * From then on: a message without a record for that peer is one that the peer is known to hold.
   */
  readonly backfill?: readonly {
    readonly peerId: PeerId;
    readonly groupIds: readonly GroupId[];
    readonly type: Exclude<RecordType, 'request'>;
    readonly sendEpoch: number;
    readonly again?: boolean;
  }[];
  /** Drops every record and backfill mark of the peers. */
  readonly forgetPeers?: readonly PeerId[];
  readonly epoch?: number;
}

/** The persistent half of a node: both stores, changed together in one transaction. */
export interface SyncStore {
  readonly messages: MessageStore;
  readonly records: SyncRecordStore;
  /**
   * Applies `changes` in one transaction and resolves once they survive a crash. Rejects, with nothing changed, when
   * they could not be written. Returns the ids of `addMessages` that were new.
   */
  commit(changes: SyncChanges): Promise<readonly MessageId[]>;
}
