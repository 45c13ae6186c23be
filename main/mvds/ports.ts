import type { GroupId, Message, MessageId, PeerId, RecordType, SyncRecord } from './types.ts';

/** A message as the store holds it. Bodies of one read may be views into the same memory: whoever keeps a few copies them. */
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

/** What is known of a message without reading its body. */
export interface MessageHeader extends MessagePosition {
  readonly groupId: GroupId;
  /** Of its body; undefined for a tombstone. */
  readonly bytes: number | undefined;
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
  /** Those of `ids` that are held, tombstones too, without their bodies. */
  headers(ids: readonly MessageId[]): Promise<ReadonlyMap<MessageId, MessageHeader>>;
  /** Messages of the groups (default: of all) with a sequence above `sequence`, in order of arrival, at most `limit`. */
  arrivedAfter(
    sequence: number,
    limit: number,
    groups?: readonly GroupId[],
  ): Promise<readonly StoredMessage[]>;
  /**
   * Positions of a group's messages (tombstones included) after `after`, in ascending order, at most `limit`; packed as
   * `packPositions` has it, because reconciliation reads a whole history of them.
   */
  positions(
    groupId: GroupId,
    after: MessagePosition | undefined,
    limit: number,
  ): Promise<Uint8Array>;
  /**
   * The sections of a group's positions, in order, packed as `packSections` has it (helpers/sections.ts). Where a store keeps
   * them, they change with the messages in one transaction; where they are missing, they are made anew.
   */
  sections(groupId: GroupId): Promise<Uint8Array>;
  /**
   * Whether the sections that are kept are those of the messages. Where they are not, they are made anew. Reads all positions of
   * the group.
   */
  checkSections(groupId: GroupId): Promise<boolean>;
  /** Undelivered messages that name one of `ids` as a parent. */
  waitingFor(ids: readonly MessageId[]): Promise<readonly StoredMessage[]>;
  /** Undelivered messages with a sequence above `sequence`, in order of arrival, at most `limit`. No tombstones. */
  buffered(sequence: number, limit: number): Promise<readonly StoredMessage[]>;
  /** Ids of the newest messages of a group that no message names as a parent, newest first, at most `limit`. */
  heads(groupId: GroupId, limit: number): Promise<readonly MessageId[]>;
  count(groupId?: GroupId): Promise<number>;
  /** Of the newest message; 0 in a new store. */
  lastSequence(): Promise<number>;
}

/**
 * Says of a peer's copy of a group: of the messages held here, the peer is known to hold each one that has no record for
 * it. Made by a backfill, or by a reconciliation; new messages keep it true, since each gets its record with its commit.
 */
export interface Cursor {
  /** Of the peer's store, 16 bytes as hexadecimal characters; undefined where it never said one. */
  readonly storeId: string | undefined;
  /** The newest message here when the cursor was made. */
  readonly sequence: number;
}

/** A message that is deleted: it counts as held, so that nobody gives it back, and has no body. */
export interface Tombstone extends MessagePosition {
  readonly groupId: GroupId;
}

export interface RecordCounts {
  readonly offers: number;
  readonly requests: number;
  readonly messages: number;
}

/** Messages that a peer lacks, with their bodies. */
export interface BacklogSlice {
  readonly messages: readonly StoredMessage[];
  /** Whether there are more. */
  readonly hasMore: boolean;
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
  /**
   * Records of `peerId` with `sendEpoch <= epoch`, by ascending send epoch, then by order of creation, those that are `bulk`
   * after all others; at most `limit`.
   */
  due(peerId: PeerId, epoch: number, limit: number): Promise<readonly SyncRecord[]>;
  /**
   * Messages of the peer's backlog that `due` does not give, group by group in order of arrival, those of bulk groups last: as many as
   * have `bytes` of bodies together, and at least one where there is any. `sent`: by group, the first and last sequence of
   * each interval that is passed over.
   */
  backlog(
    peerId: PeerId,
    sent: ReadonlyMap<GroupId, readonly number[]>,
    bytes: number,
  ): Promise<BacklogSlice>;
  counts(peerId: PeerId): Promise<RecordCounts>;
  /** The last committed epoch; 0 in a new store. */
  epoch(): Promise<number>;
  cursors(peerId: PeerId): Promise<ReadonlyMap<GroupId, Cursor>>;
}

/**
 * Everything that one event changes. Applied whole or not at all, in this order: forget, drop cursors, backfill, add, tombstone,
 * revive, deliver, remove, take out of the backlog, clear, put, add backlog, expedite, set cursors, epoch.
 */
export interface SyncChanges {
  /** New messages, in order. One that is already held is left as it is. */
  readonly addMessages?: readonly NewMessage[];
  /** Takes away the body of each that is held; keeps the others from coming in. Every record about them goes. */
  readonly tombstone?: readonly Tombstone[];
  /** Tombstones that count as not held from now on, so that their messages are taken once more. Their positions stay. */
  readonly revive?: readonly MessageId[];
  /** Buffered messages whose parents are now all here. */
  readonly deliver?: readonly MessageId[];
  /** Inserted, or replacing the record of the same (peer, message). */
  readonly putRecords?: readonly SyncRecord[];
  readonly removeRecords?: readonly Pick<SyncRecord, 'peerId' | 'messageId' | 'sequence'>[];
  /**
   * Takes messages that `backlog` gave out of the peer's backlog, by the first and last sequence of each interval, ascending; those
   * that are in it no more are passed over, and ordinary records stay. Nothing to do for a store that keeps no ranges.
   */
  readonly leaveBacklog?: readonly {
    readonly peerId: PeerId;
    readonly groupId: GroupId;
    readonly intervals: readonly number[];
  }[];
  /**
   * Message records that were never sent, for what is held here with its body and has no record: a long history that a peer lacks.
   * A store may keep them as ranges. Then they are given by `backlog` and not by `due`, show among `records` with their `sequence`,
   * and become ordinary records by `putRecords`. Else they are ordinary records that are due at `sendEpoch`.
   */
  readonly addBacklog?: readonly {
    readonly peerId: PeerId;
    readonly groupId: GroupId;
    readonly messageIds: readonly MessageId[];
    readonly sendEpoch: number;
    readonly bulk?: boolean;
  }[];
  /**
   * Drops the peer's offers and messages of the group up to the sequence, and with `before` only those with a smaller
   * timestamp: it holds them, as a reconciliation has found out, or does not want them.
   */
  readonly clearRecords?: readonly {
    readonly peerId: PeerId;
    readonly groupId: GroupId;
    readonly sequence: number;
    readonly before?: bigint;
  }[];
  /**
   * Makes every record of the peer that is due later than `sendEpoch` due then, its send count back at 0: a peer came
   * online, and retransmission restarts at once. A request with a group, which is for a missing parent, keeps its count:
   * asking for it ends.
   */
  readonly expedite?: readonly { readonly peerId: PeerId; readonly sendEpoch: number }[];
  /**
   * Gives `peerId` a record of `type` for every message that the groups held before this change, except those that came
   * from it and those it already has a record for, and a cursor. Does nothing for a (peer, group) that has one, unless
   * `again` is set: the peer lost its store, and with it also what came from it, which is then not excepted.
   */
  readonly backfill?: readonly {
    readonly peerId: PeerId;
    readonly groupIds: readonly GroupId[];
    readonly type: Exclude<RecordType, 'request'>;
    readonly sendEpoch: number;
    readonly again?: boolean;
    /** Only messages with a timestamp from `from` on, and below `until`. Default: all. */
    readonly from?: bigint;
    readonly until?: bigint;
    readonly bulk?: boolean;
  }[];
  /** Replaces the cursors of the peer in the groups by new ones, at what is held after this change. */
  readonly setCursors?: readonly {
    readonly peerId: PeerId;
    readonly groupIds: readonly GroupId[];
    readonly storeId: string | undefined;
  }[];
  /** What the peer holds of the groups is not known any more. Its records stay. */
  readonly dropCursors?: readonly {
    readonly peerId: PeerId;
    readonly groupIds: readonly GroupId[];
  }[];
  /** Drops every record and cursor of the peers. */
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
