import { AwaitedParents, type AwaitedParentsView } from './awaited-parents.ts';
import { otherDialect, type Dialect, type Hello } from './codec.ts';
import { RecentEphemeral, type RecentEphemeralView } from './recent-ephemeral.ts';
import { applyToPeer, expire, newPeer, peerView, type MutablePeer } from './mutable-peer.ts';
import type { BacklogPlace, SentPayload, SentRecord } from './sent-payloads.ts';
import type { GroupId, MessageId, PeerId } from './types.ts';

/** How new messages are announced to a peer (2/MVDS, "Modes"): with their body at once, or offered first. */
export type Mode = 'batch' | 'interactive';

/** A record that was sent and is neither answered nor due again. */
export interface InFlight {
  readonly isOnce: boolean;
  /** Its place in the backlog, where it was sent of that and has no record: see `SentRecord`. */
  readonly ofBacklog: SentRecord['ofBacklog'];
  readonly bytes: number;
  readonly sentEpoch: number;
  readonly dueEpoch: number;
}

/** What is kept in memory about a peer. Losing it costs retransmissions and nothing else. */
export interface PeerState {
  readonly groups: ReadonlySet<GroupId>;
  readonly mode: Mode;
  /** The dialect that it is written to in, unless the other is tried: see `dialectFor`. */
  readonly dialect: Dialect;
  /** Whether the peer has written in that dialect. Until then it is a guess. */
  readonly dialectHeard: boolean;
  /** Whether an empty answer made this session change to the other dialect. */
  readonly otherTried: boolean;
  /** Whether the peer has said hello in this session, which there is in the specification's dialect alone. */
  readonly helloHeard: boolean;
  /** Whether something was sent to it in this session. */
  readonly spokenTo: boolean;
  readonly online: boolean;
  /** Whether a body that is sent in this session arrives, unless the session ends. */
  readonly isReliable: boolean;
  /** The last store id that the peer's hello gave; another one means that it lost what it held. */
  readonly storeId: string | undefined;
  /** The first timestamp of each group that it wants unasked; of a group that is not named, all. */
  readonly since: ReadonlyMap<GroupId, bigint> | undefined;
  /** Whether its hello in this session says that it reads payloads that name a group once. */
  readonly sharesGroup: boolean;
  /** Whether its hello in this session says that it acknowledges a payload by its number. */
  readonly bulkAcks: boolean;
  /** The largest payload that the peer takes, in bytes, as its hello said. */
  readonly maxPayloadBytes: number | undefined;
  /** Whether this session's hello went out. */
  readonly helloSent: boolean;
  /** Acks for the next payload. Never persisted: the peer repeats what is not acknowledged. */
  readonly pendingAcks: ReadonlySet<MessageId>;
  /** Numbers of its payloads that are acknowledged by the next payload, in the order in which they came. */
  readonly pendingPayloadAcks: ReadonlySet<number>;
  /**
   * Payloads of this session that the peer may acknowledge by their number, in the order in which they were sent. One that was sent
   * before another which is acknowledged is not among them: its messages are acknowledged by their ids.
   */
  readonly sentPayloads: ReadonlyMap<number, SentPayload>;
  readonly inFlight: ReadonlyMap<MessageId, InFlight>;
  readonly inFlightBytes: number;
  /**
   * Of the peer's backlog, what was sent in this session and is not sent again in it: by group, the first and last sequence of each
   * interval.
   */
  readonly sentBacklog: ReadonlyMap<GroupId, readonly number[]>;
  /** The epoch in which the last of that was sent. */
  readonly backlogSentAt: number;
  /** Sent, not answered in time: due again, before the rest of the backlog. */
  readonly expired: ReadonlySet<MessageId>;
}

/** The in-memory state that decisions are made on. */
export interface NodeState {
  readonly epoch: number;
  /** The last number that a payload was given, to whichever peer. None is used twice, so none means two payloads. */
  readonly payloadNumber: number;
  readonly peers: ReadonlyMap<PeerId, PeerState>;
  readonly recentEphemeral: RecentEphemeralView;
  readonly parents: AwaitedParentsView;
}

/** A payload that came with a number, and the ids of its messages. */
export interface NumberedPayload {
  readonly number: number;
  readonly ids: readonly MessageId[];
}

export type PeerFields = Partial<
  Pick<
    PeerState,
    | 'groups'
    | 'mode'
    | 'dialect'
    | 'dialectHeard'
    | 'otherTried'
    | 'helloHeard'
    | 'spokenTo'
    | 'storeId'
    | 'since'
    | 'maxPayloadBytes'
    | 'sharesGroup'
    | 'bulkAcks'
    | 'helloSent'
  >
>;

/** One change of the in-memory state, applied only after the changes of the store were committed. */
export type Patch =
  | { readonly type: 'epoch'; readonly epoch: number }
  | {
      readonly type: 'addPeer';
      readonly peerId: PeerId;
      readonly groups: ReadonlySet<GroupId>;
      readonly mode: Mode;
      readonly dialect: Dialect;
      readonly dialectHeard: boolean;
      readonly storeId: string | undefined;
      readonly since: ReadonlyMap<GroupId, bigint> | undefined;
    }
  | { readonly type: 'removePeer'; readonly peerId: PeerId }
  | { readonly type: 'setPeer'; readonly peerId: PeerId; readonly fields: PeerFields }
  | { readonly type: 'startSession'; readonly peerId: PeerId; readonly isReliable: boolean }
  | { readonly type: 'endSession'; readonly peerId: PeerId }
  | {
      readonly type: 'queueAcks';
      readonly peerId: PeerId;
      readonly ids: readonly MessageId[];
      /** Payloads of which every message is acknowledged; those are not among `ids`. */
      readonly payloads: readonly NumberedPayload[];
    }
  /** The peer holds what these payloads carried. */
  | {
      readonly type: 'payloadsAnswered';
      readonly peerId: PeerId;
      readonly numbers: readonly number[];
    }
  | {
      readonly type: 'answered';
      readonly peerId: PeerId;
      readonly ids: readonly MessageId[];
      /** Places in the backlog that they leave, where they are known: what is put there again is to be sent again. */
      readonly places: readonly BacklogPlace[];
    }
  | {
      readonly type: 'flushed';
      readonly peerId: PeerId;
      readonly acks: readonly MessageId[];
      readonly payloadAcks: readonly number[];
      /** Of the payload; undefined where it has none. */
      readonly number: number | undefined;
      readonly sent: readonly SentRecord[];
      /** No longer waiting to be sent again: sent, or without a record by now. */
      readonly notExpired: readonly MessageId[];
    }
  | {
      readonly type: 'rememberEphemeral';
      readonly ids: readonly MessageId[];
      /** The peer that sent them; undefined for those written here. */
      readonly source: PeerId | undefined;
    }
  | {
      readonly type: 'parentsAwaited' | 'parentsSettled' | 'parentsGivenUp';
      readonly ids: readonly MessageId[];
    };

/** The one place that changes the in-memory state. Decisions see it read-only. */
export class MutableState {
  private readonly mutablePeers = new Map<PeerId, MutablePeer>();
  private readonly ephemeral = new RecentEphemeral();
  private readonly parents = new AwaitedParents();
  private readonly views = new Map<PeerId, PeerState>();
  private epochNumber: number;
  private payloadNumber = 0;

  constructor(epoch: number) {
    this.epochNumber = epoch;
  }

  get view(): NodeState {
    const { views: peers, ephemeral: recentEphemeral, parents, payloadNumber } = this;
    return { epoch: this.epochNumber, payloadNumber, peers, recentEphemeral, parents };
  }

  /** See `AwaitedParents.rereads`. */
  rereadAwaited(): void {
    this.parents.rereads();
  }

  apply(patch: Patch): void {
    switch (patch.type) {
      case 'epoch':
        this.epochNumber = patch.epoch;
        for (const peer of this.mutablePeers.values()) expire(peer, patch.epoch);
        break;
      case 'addPeer':
        this.addPeer(patch);
        break;
      case 'removePeer':
        this.mutablePeers.delete(patch.peerId);
        this.views.delete(patch.peerId);
        break;
      case 'rememberEphemeral':
        for (const id of patch.ids) this.ephemeral.add(id, patch.source);
        break;
      case 'parentsAwaited':
        this.parents.add(patch.ids, this.epochNumber);
        break;
      case 'parentsSettled':
        this.parents.settle(patch.ids);
        break;
      case 'parentsGivenUp':
        this.parents.giveUp(patch.ids);
        break;
      case 'setPeer':
      case 'startSession':
      case 'endSession':
      case 'queueAcks':
      case 'answered':
      case 'payloadsAnswered':
      case 'flushed': {
        if (patch.type === 'flushed') this.payloadNumber = patch.number ?? this.payloadNumber;
        const peer = this.mutablePeers.get(patch.peerId);
        if (peer !== undefined) applyToPeer(peer, patch, this.epochNumber);
        break;
      }
    }
  }

  private addPeer(patch: Extract<Patch, { type: 'addPeer' }>): void {
    const peer = newPeer(patch);
    this.mutablePeers.set(patch.peerId, peer);
    this.views.set(patch.peerId, peerView(peer));
  }
}

/** Whether the peer wants a message of the group and the timestamp without having asked for it. */
export function wants(
  { since }: PeerState,
  { groupId, timestamp }: { readonly groupId: GroupId; readonly timestamp: bigint },
): boolean {
  const first = since?.get(groupId);
  return first === undefined || timestamp >= first;
}

/** Whether `hello` gives a store id other than the one last seen. */
export function lostItsStore(peer: PeerState, hello: Hello): boolean {
  return peer.storeId !== undefined && peer.storeId !== hello.storeId;
}

/**
 * The dialect for a record that was sent `sendCount` times before. A peer that has not spoken yet may not have understood
 * what was sent to it, so every second transmission is in the other dialect.
 */
export function dialectFor({ dialect, dialectHeard }: PeerState, sendCount: number): Dialect {
  return dialectHeard || sendCount % 2 === 0 ? dialect : otherDialect(dialect);
}
