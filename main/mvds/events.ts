import type { Backoff } from './backoff.ts';
import type { Dialect, Hello, Payload } from './codec.ts';
import type { MessageHeader, StoredMessage, SyncChanges, Tombstone } from './ports.ts';
import type { Mode, NodeState, NumberedPayload, Patch } from './state.ts';
import type { GroupId, Message, MessageId, PeerId, SyncRecord } from './types.ts';

/** The rules that a node is opened with. Pure functions and constants. */
export interface Policy {
  /** Beyond the groups of `setPeer`: whether the peer may give and get in the group. */
  readonly authorise: (peerId: PeerId, groupId: GroupId) => boolean;
  /** Groups whose messages are sent only while no other has anything to be sent. */
  readonly isBulk: (groupId: GroupId) => boolean;
  /** Groups of which nothing is announced or sent for the time being. */
  readonly isMuted: (groupId: GroupId) => boolean;
  readonly backoff: Backoff;
  /** Whether a due record is dropped instead of being sent again. */
  readonly giveUp: (record: SyncRecord) => boolean;
  /** `causal`: parents before children. `eventual`: in order of arrival. */
  readonly delivery: 'causal' | 'eventual';
  /**
   * How what came from one peer is passed to the others. `offer`: by id first, because in a mesh they mostly have it
   * already, and because an offer tells them that we do. `mode`: as each peer's mode says, like 2/MVDS.
   */
  readonly relay: 'offer' | 'mode';
  readonly payloadBytes: number;
  readonly windowBytes: number;
  readonly maxRequestsPerPeer: number;
  /** What goes out beside the first record of a session; undefined for a plain MVDS node. */
  readonly hello: Hello | undefined;
  /** Whether the layer above finds out by reconciliation what a peer holds, so that history is not announced to it. */
  readonly reconciles: boolean;
}

/** Parents as the store knows them. */
export interface ParentSlice {
  /** Which of the ids in question are held. */
  readonly held: ReadonlySet<MessageId>;
  /** Those of them that are still in the causal buffer. */
  readonly undelivered: ReadonlySet<MessageId>;
}

/** What the store holds about the ids of one payload. */
export interface PayloadSlice extends ParentSlice {
  /** The sender's records. */
  readonly records: ReadonlyMap<MessageId, SyncRecord>;
  /** Every peer's records about new messages, unheld offers and missing parents. */
  readonly about: ReadonlyMap<MessageId, readonly SyncRecord[]>;
  /** Held messages that are requested without a record. */
  readonly requested: ReadonlyMap<MessageId, MessageHeader>;
  /** Buffered messages that the new ones may release, directly or through each other. */
  readonly waiting: readonly StoredMessage[];
  /** Requests kept for the sender. */
  readonly requestCount: number;
  /** Offered messages that admission holds already: neither acknowledged nor asked for. */
  readonly heldApart: ReadonlySet<MessageId>;
}

/** What the store holds for the next payload to one peer. */
export interface FlushSlice {
  /** Due records: those that expired in flight first, then as the store orders them. */
  readonly records: readonly SyncRecord[];
  /** Bodies of message records, as far as a payload needs them. */
  readonly messages: ReadonlyMap<MessageId, StoredMessage>;
  /** The ids that were read: one that is here and not in `messages` has no body any more. */
  readonly read: ReadonlySet<MessageId>;
  /** Whether more records are due than `records` has. */
  readonly more: boolean;
}

export interface OwnMessage {
  readonly message: Message;
  /** Overrides the mode of every peer for this message. */
  readonly mode: Mode | undefined;
}

/** What happens to a node, each with the slice of the store that deciding about it needs. */
export type MvdsEvent =
  | {
      readonly type: 'append';
      readonly items: readonly OwnMessage[];
      readonly slice: ParentSlice;
    }
  | {
      readonly type: 'payloadReceived';
      readonly peerId: PeerId;
      readonly payload: Payload;
      readonly dialect: Dialect | undefined;
      /** The payloads with a number that it was put together from, without those that had bad items. */
      readonly numbered: readonly NumberedPayload[];
      /** Messages of the payload that admission has kept out of `payload`: what was asked for has come, all the same. */
      readonly keptOut: readonly MessageId[];
      readonly slice: PayloadSlice;
    }
  | { readonly type: 'epochTick' }
  /** What a hello says the peer wants, before anything else of the hello counts. */
  | {
      readonly type: 'sinceHeard';
      readonly peerId: PeerId;
      readonly since: ReadonlyMap<GroupId, bigint> | undefined;
      readonly sharedGroup: boolean;
      readonly bulkAcks: boolean;
    }
  /** Buffered messages are looked at again, with all that wait for them. */
  | {
      readonly type: 'bufferReviewed';
      /** Parents that are not waited for any more. */
      readonly givenUp: readonly MessageId[];
      /** Parents that are here by now. */
      readonly settled: readonly MessageId[];
      readonly waiting: readonly StoredMessage[];
      readonly slice: ParentSlice;
    }
  /** Messages are deleted here: they count as held, and have no body. */
  | { readonly type: 'tombstoned'; readonly tombstones: readonly Tombstone[] }
  /** What was deleted here is wanted again. */
  | { readonly type: 'revived'; readonly ids: readonly MessageId[] }
  | {
      /** The layer above wants messages that it knows by their ids, whatever else the peer sends. */
      readonly type: 'wanted';
      readonly peerId: PeerId;
      readonly ids: readonly MessageId[];
      readonly slice: Pick<PayloadSlice, 'held' | 'records' | 'requestCount'>;
    }
  /** It does not want them any more: `records` are the requests for them. */
  | { readonly type: 'unwanted'; readonly records: readonly SyncRecord[] }
  | {
      readonly type: 'peerAdded';
      readonly peerId: PeerId;
      readonly groups: ReadonlySet<GroupId>;
      readonly mode: Mode;
      readonly dialect: Dialect;
      readonly dialectHeard: boolean;
      readonly storeId: string | undefined;
      readonly since: ReadonlyMap<GroupId, bigint> | undefined;
      /** How history is announced. */
      readonly backfillType: 'offer' | 'message';
    }
  | {
      /** A reconciliation has found what one of the two does not hold. */
      readonly type: 'reconciled';
      readonly peerId: PeerId;
      readonly groupId: GroupId;
      readonly have: readonly MessageId[];
      readonly need: readonly MessageId[];
      /** In [0, 1). */
      readonly jitter: number;
      readonly slice: Pick<PayloadSlice, 'held' | 'records' | 'requestCount'>;
    }
  | {
      /** The peer is known to hold every message of the group that has no record for it. */
      readonly type: 'covered';
      readonly peerId: PeerId;
      readonly groupId: GroupId;
      readonly storeId: string;
      /** Up to this sequence the peer holds also those that have one; undefined: not known. */
      readonly heldUpTo: number | undefined;
    }
  | {
      /** `uncovered`: what the peer holds is not known any more. `plain`: it is to be told all, by offers. */
      readonly type: 'uncovered' | 'plain';
      readonly peerId: PeerId;
      readonly groups: ReadonlySet<GroupId>;
    }
  /** Nothing of the groups is to be sent for the time being: what is announced of them is taken back. */
  | { readonly type: 'muted'; readonly peerId: PeerId; readonly groups: ReadonlySet<GroupId> }
  /** The peer is offered what it wants of a group and this device would not ask for: what has a timestamp below `until`. */
  | {
      readonly type: 'older';
      readonly peerId: PeerId;
      readonly groupId: GroupId;
      readonly until: bigint;
    }
  | {
      readonly type: 'groupsAdded';
      readonly peerId: PeerId;
      readonly groups: ReadonlySet<GroupId>;
    }
  | { readonly type: 'peerRemoved' | 'peerOffline'; readonly peerId: PeerId }
  | { readonly type: 'peerOnline'; readonly peerId: PeerId; readonly isReliable: boolean }
  | { readonly type: 'modeSet'; readonly peerId: PeerId; readonly mode: Mode }
  | {
      readonly type: 'flush';
      readonly peerId: PeerId;
      /** A tick sends at most one payload; eagerness goes on until nothing is due or the window is full. */
      readonly cause: FlushCause;
      /** In [0, 1). */
      readonly jitter: number;
      readonly slice: FlushSlice;
    };

export type FlushCause = 'eager' | 'tick';

export type Rejection =
  | { readonly type: 'payload-too-large'; readonly bytes: number; readonly limit: number }
  | { readonly type: 'malformed' }
  | { readonly type: 'unknown-peer' }
  /** Items of a well-formed payload that are bad in themselves. */
  | { readonly type: 'bad-items'; readonly count: number }
  /** The peer gave, or asked for, a message of a group that it does not belong to. */
  | { readonly type: 'unauthorised'; readonly messageId: MessageId; readonly groupId: GroupId }
  /** Admission has refused the message. */
  | {
      readonly type: 'not-admitted';
      readonly messageId: MessageId;
      readonly groupId: GroupId;
      readonly reason: string;
    }
  /** Offers beyond the requests kept per peer. */
  | { readonly type: 'too-many-offers'; readonly count: number };

export interface Delivery {
  /** Carries its sequence only when it was stored before this event. */
  readonly message: Message | StoredMessage;
  readonly source: PeerId | undefined;
}

/** A message that is delivered, in causal delivery, although parents that it names were not. */
export interface UnmetParents {
  /**
   * `not-found`: nobody had the parents, and asking for them has ended; should one still come, it is delivered late.
   * `circle`: the parents wait for the message themselves, or are the message.
   */
  readonly type: 'not-found' | 'circle';
  readonly messageId: MessageId;
  readonly groupId: GroupId;
  /** The peer that the message came from; undefined for one written here. */
  readonly source: PeerId | undefined;
  /** Not empty. */
  readonly parents: readonly MessageId[];
}

export type Effect =
  | { readonly type: 'deliver'; readonly deliveries: readonly Delivery[] }
  | {
      readonly type: 'send';
      readonly peerId: PeerId;
      readonly dialect: Dialect;
      readonly payload: Payload;
    }
  /** An ephemeral message for a peer that is online, to be sent as soon as its transport takes it. */
  | { readonly type: 'ephemeral'; readonly peerId: PeerId; readonly message: Message }
  | { readonly type: 'flush'; readonly peerId: PeerId; readonly cause: FlushCause }
  | { readonly type: 'hello'; readonly peerId: PeerId; readonly hello: Hello }
  | { readonly type: 'rejected'; readonly peerId: PeerId; readonly reason: Rejection }
  | { readonly type: 'unmetParents'; readonly unmet: readonly UnmetParents[] }
  | {
      readonly type: 'acknowledged';
      readonly peerId: PeerId;
      readonly ids: readonly MessageId[];
      /** How many of them it had to be sent; the others it held already, and needed no more than an offer. */
      readonly bodies: number;
    };

/** What a decision sees: the state in memory and the rules; what it needs of the store comes with the event. */
export interface View {
  readonly state: NodeState;
  readonly policy: Policy;
}

export interface Decision {
  /** Undefined where the store needs no transaction. */
  readonly changes: SyncChanges | undefined;
  readonly patches: readonly Patch[];
  readonly effects: readonly Effect[];
}
