import { AwaitedParents, type AwaitedParentsView } from './awaited-parents.ts';
import type { Dialect, Hello } from './codec.ts';
import { MAX_PENDING_ACKS, MAX_RECENT_EPHEMERAL } from './constants.ts';
import { Recent } from './recent.ts';
import type { GroupId, MessageId, PeerId } from './types.ts';

/** How new messages are announced to a peer (2/MVDS, "Modes"): with their body at once, or offered first. */
export type Mode = 'batch' | 'interactive';

/** A record that was sent and is neither answered nor due again. */
export interface InFlight {
  readonly bytes: number;
  readonly sentEpoch: number;
  readonly dueEpoch: number;
}

/** What is kept in memory about a peer. Losing it costs retransmissions and nothing else. */
export interface PeerState {
  readonly groups: ReadonlySet<GroupId>;
  readonly mode: Mode;
  readonly dialect: Dialect;
  readonly online: boolean;
  /** The last store id that the peer's hello gave; another one means that it lost what it held. */
  readonly storeId: string | undefined;
  /** The first timestamp of each group that it wants unasked; of a group that is not named, all. */
  readonly since: ReadonlyMap<GroupId, bigint> | undefined;
  /** The largest payload that the peer takes, in bytes, as its hello said. */
  readonly maxPayloadBytes: number | undefined;
  /** Whether this session's hello went out. */
  readonly helloSent: boolean;
  /** Acks for the next payload. Never persisted: the peer repeats what is not acknowledged. */
  readonly pendingAcks: ReadonlySet<MessageId>;
  readonly inFlight: ReadonlyMap<MessageId, InFlight>;
  readonly inFlightBytes: number;
  /** Sent, not answered in time: due again, before the rest of the backlog. */
  readonly expired: ReadonlySet<MessageId>;
}

/** The in-memory state that decisions are made on. */
export interface NodeState {
  readonly epoch: number;
  readonly peers: ReadonlyMap<PeerId, PeerState>;
  readonly recentEphemeral: Pick<Recent<MessageId>, 'has'>;
  readonly parents: AwaitedParentsView;
}

export interface SentRecord {
  readonly messageId: MessageId;
  readonly bytes: number;
  readonly dueEpoch: number;
}

export type PeerFields = Partial<
  Pick<
    PeerState,
    'groups' | 'mode' | 'dialect' | 'storeId' | 'since' | 'maxPayloadBytes' | 'helloSent'
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
      readonly storeId: string | undefined;
      readonly since: ReadonlyMap<GroupId, bigint> | undefined;
    }
  | { readonly type: 'removePeer'; readonly peerId: PeerId }
  | { readonly type: 'setPeer'; readonly peerId: PeerId; readonly fields: PeerFields }
  | { readonly type: 'startSession' | 'endSession'; readonly peerId: PeerId }
  | { readonly type: 'queueAcks'; readonly peerId: PeerId; readonly ids: readonly MessageId[] }
  | { readonly type: 'answered'; readonly peerId: PeerId; readonly ids: readonly MessageId[] }
  | {
      readonly type: 'flushed';
      readonly peerId: PeerId;
      readonly acks: readonly MessageId[];
      readonly sent: readonly SentRecord[];
      /** No longer waiting to be sent again: sent, or without a record by now. */
      readonly notExpired: readonly MessageId[];
    }
  | { readonly type: 'rememberEphemeral'; readonly ids: readonly MessageId[] }
  | {
      readonly type: 'parentsAwaited' | 'parentsSettled' | 'parentsGivenUp';
      readonly ids: readonly MessageId[];
    };

interface MutablePeer {
  fields: Omit<PeerState, 'pendingAcks' | 'inFlight' | 'inFlightBytes' | 'expired'>;
  pendingAcks: Set<MessageId>;
  inFlight: Map<MessageId, InFlight>;
  inFlightBytes: number;
  expired: Set<MessageId>;
}

/** The one place that changes the in-memory state. Decisions see it read-only. */
export class MutableState {
  private readonly mutablePeers = new Map<PeerId, MutablePeer>();
  private readonly ephemeral = new Recent<MessageId>(MAX_RECENT_EPHEMERAL);
  private readonly parents = new AwaitedParents();
  private readonly views = new Map<PeerId, PeerState>();
  private epochNumber: number;

  constructor(epoch: number) {
    this.epochNumber = epoch;
  }

  get view(): NodeState {
    const { views: peers, ephemeral: recentEphemeral, parents } = this;
    return { epoch: this.epochNumber, peers, recentEphemeral, parents };
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
        for (const id of patch.ids) this.ephemeral.add(id);
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
      case 'flushed': {
        const peer = this.mutablePeers.get(patch.peerId);
        if (peer !== undefined) applyToPeer(peer, patch, this.epochNumber);
        break;
      }
    }
  }

  private addPeer(patch: Extract<Patch, { type: 'addPeer' }>): void {
    const { peerId, groups, mode, dialect, storeId, since } = patch;
    const peer: MutablePeer = {
      fields: {
        groups,
        mode,
        dialect,
        storeId,
        since,
        online: false,
        maxPayloadBytes: undefined,
        helloSent: false,
      },
      pendingAcks: new Set(),
      inFlight: new Map(),
      inFlightBytes: 0,
      expired: new Set(),
    };
    this.mutablePeers.set(peerId, peer);
    this.views.set(peerId, peerView(peer));
  }
}

/** A live read-only view: getters, so that a patch of a large set copies nothing. */
function peerView(peer: MutablePeer): PeerState {
  return {
    get groups() {
      return peer.fields.groups;
    },
    get mode() {
      return peer.fields.mode;
    },
    get dialect() {
      return peer.fields.dialect;
    },
    get online() {
      return peer.fields.online;
    },
    get storeId() {
      return peer.fields.storeId;
    },
    get since() {
      return peer.fields.since;
    },
    get maxPayloadBytes() {
      return peer.fields.maxPayloadBytes;
    },
    get helloSent() {
      return peer.fields.helloSent;
    },
    get pendingAcks() {
      return peer.pendingAcks;
    },
    get inFlight() {
      return peer.inFlight;
    },
    get inFlightBytes() {
      return peer.inFlightBytes;
    },
    get expired() {
      return peer.expired;
    },
  };
}

type PeerPatch = Extract<
  Patch,
  { type: 'setPeer' | 'startSession' | 'endSession' | 'queueAcks' | 'answered' | 'flushed' }
>;

function applyToPeer(peer: MutablePeer, patch: PeerPatch, epoch: number): void {
  switch (patch.type) {
    case 'setPeer':
      peer.fields = { ...peer.fields, ...patch.fields };
      break;
    case 'startSession':
    case 'endSession':
      peer.fields = { ...peer.fields, online: patch.type === 'startSession', helloSent: false };
      peer.pendingAcks.clear();
      peer.inFlight.clear();
      peer.inFlightBytes = 0;
      peer.expired.clear();
      break;
    case 'queueAcks':
      if (!peer.fields.online) break;
      for (const id of patch.ids) {
        if (peer.pendingAcks.size < MAX_PENDING_ACKS) peer.pendingAcks.add(id);
      }
      break;
    case 'answered':
      for (const id of patch.ids) land(peer, id);
      break;
    case 'flushed':
      for (const id of patch.acks) peer.pendingAcks.delete(id);
      for (const id of patch.notExpired) peer.expired.delete(id);
      for (const { messageId, bytes, dueEpoch } of patch.sent) {
        land(peer, messageId);
        peer.inFlight.set(messageId, { bytes, dueEpoch, sentEpoch: epoch });
        peer.inFlightBytes += bytes;
      }
      break;
  }
}

function land(peer: MutablePeer, id: MessageId): void {
  peer.expired.delete(id);
  const inFlight = peer.inFlight.get(id);
  if (inFlight === undefined) return;
  peer.inFlight.delete(id);
  peer.inFlightBytes -= inFlight.bytes;
}

function expire(peer: MutablePeer, epoch: number): void {
  for (const [id, { dueEpoch }] of peer.inFlight) {
    if (dueEpoch > epoch) continue;
    land(peer, id);
    peer.expired.add(id);
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
