import type { Clock, Random } from '../helpers/clock.ts';
import type { Admission } from './admission.ts';
import { exponentialBackoff, type Backoff } from './backoff.ts';
import type { Dialect, Hello } from './codec.ts';
import {
  HELLO_VERSION,
  MAX_PAYLOAD_BYTES,
  MAX_REQUESTS_PER_PEER,
  PARENT_REQUEST_SENDS,
  PAYLOAD_BYTES,
  STORE_ID_BYTES,
  WINDOW_BYTES,
} from './constants.ts';
import type { Policy, Rejection, UnmetParents } from './events.ts';
import type { StoredMessage, SyncStore } from './ports.ts';
import type { Mode } from './state.ts';
import type { GroupId, MessageId, Metadata, PeerId, SyncRecord } from './types.ts';

export interface MvdsLimits {
  /** Bytes of the largest payload sent. */
  readonly maxPayloadBytes?: number;
  /** Bytes sent to a peer and not yet answered. */
  readonly windowBytes?: number;
  /** Requests kept for one peer. */
  readonly maxRequestsPerPeer?: number;
}

export interface MvdsNodeOptions {
  readonly store: SyncStore;
  /** Kept for the layers above that share these options; MVDS itself counts epochs. */
  readonly clock?: Clock;
  /** Jitter of retransmission. */
  readonly random: Random;
  /** 16 bytes as 32 lower-case hexadecimal characters, made with the store. */
  readonly storeId: string;
  /**
   * Groups whose messages are sent only while no other group has anything to be sent to the peer. Default: none.
   */
  readonly bulk?: (groupId: GroupId) => boolean;
  /**
   * Groups of which nothing is sent for the time being: new messages get no records. Whoever ends that uncovers them.
   * Default: none.
   */
  readonly mutes?: (groupId: GroupId) => boolean;
  /** Beyond the groups of `setPeer`: whether a peer may give and get in a group. Default: yes. */
  readonly authorise?: (peerId: PeerId, groupId: GroupId) => boolean;
  /** Judges what arrives before it is stored. Default: everything is accepted. */
  readonly admission?: Admission;
  readonly backoff?: Backoff;
  /** Whether a due record is dropped instead of sent. Default: only requests for a missing parent, after ten. */
  readonly giveUp?: (record: SyncRecord) => boolean;
  /**
   * Default `causal`: parents before children, as long as the parents may still come; see `onUnmetParents`. `eventual`: in
   * order of arrival.
   */
  readonly delivery?: 'causal' | 'eventual';
  /** Default `offer`: what came from one peer is offered to the others by id, whatever their mode. */
  readonly relay?: 'offer' | 'mode';
  /** Default true. False makes a plain MVDS node. */
  readonly sendHello?: boolean;
  /**
   * Whether what a peer holds is found out by the layer above (`reconciled`, `cover`). Then history is not announced to a
   * peer that is new or has lost its store, unless `backfill` says so. Default false.
   */
  readonly reconciles?: boolean;
  readonly limits?: MvdsLimits;
  /**
   * After the commit, once per message, in causal order when delivery is causal; messages written here too, with source
   * undefined. An ephemeral message has sequence 0.
   */
  readonly onDelivered: (messages: readonly StoredMessage[]) => void;
  /**
   * After the commit, and before `onDelivered`: these messages are delivered although parents were not. Only in causal delivery.
   */
  readonly onUnmetParents?: (unmet: readonly UnmetParents[]) => void;
  /** Only for peers that are online. A promise holds back what else there is for the peer until it settles. */
  readonly send: (peerId: PeerId, payload: Uint8Array) => void | Promise<void>;
  readonly onPeerHello?: (peerId: PeerId, hello: Hello) => void;
  readonly onRejected?: (peerId: PeerId, reason: Rejection) => void;
  /** These messages are now known to be held by the peer; `bodies` of them had to be sent, the others it held already. */
  readonly onAcknowledged?: (peerId: PeerId, ids: readonly MessageId[], bodies: number) => void;
  /** More ephemeral messages waited for the transport of the peer than are kept: these, the oldest, it does not get. */
  readonly onEphemeralDropped?: (peerId: PeerId, ids: readonly MessageId[]) => void;
  /** `send` threw or rejected. The records are sent again when they are due. */
  readonly onSendFailed?: (peerId: PeerId, error: unknown) => void;
  /** The store failed while something was about to be sent. Nothing was; the next tick tries again. */
  readonly onFlushFailed?: (peerId: PeerId, error: unknown) => void;
}

export interface PeerConfig {
  /** The groups in which messages pass between us and the peer. */
  readonly groups: ReadonlySet<GroupId>;
  readonly mode: Mode;
  /**
   * The one to begin in. Default: the specification's. Until the peer has written in one, every second transmission is in the
   * other; from then on it is answered as it writes.
   */
  readonly dialect?: Dialect;
  /** The store id of its last hello, where that was kept: a different one makes it receive everything again. */
  readonly storeId?: string;
  /** As its last hello said: the first timestamp of each group that it wants. */
  readonly since?: ReadonlyMap<GroupId, bigint>;
}

export interface AppendInput {
  readonly groupId: GroupId;
  /** int64. Two messages with equal group, timestamp and body are one message. */
  readonly timestamp: bigint;
  readonly body: Uint8Array;
  readonly metadata?: Partial<Metadata>;
  /** Fills in the parents: the newest messages of the group that no other names as a parent. Default false. */
  readonly causal?: boolean;
  /** Overrides the mode of every peer for this message. */
  readonly mode?: Mode;
}

/** What became of a payload, once its transaction was committed. */
export interface ReceiveResult {
  /** Messages that were new here. */
  readonly stored: readonly MessageId[];
  /** Messages and offers acknowledged to the peer, new or not. */
  readonly acknowledged: readonly MessageId[];
  readonly rejected: readonly Rejection[];
  /** Messages that admission holds: not stored, not acknowledged. */
  readonly held: number;
  /** Messages that the peer asked for. */
  readonly requested: number;
}

/** What judging the held messages again has brought. */
export interface Readmission {
  /** Peers with messages that are new here, and how many. */
  readonly stored: ReadonlyMap<PeerId, number>;
  /** Of these, the peers whose quota had been used up: they hold more that may be accepted now. */
  readonly overflowed: readonly PeerId[];
}

/** A caller's mistake: what was asked for could never be sent. */
export class InvalidMessageError extends Error {
  override readonly name = 'InvalidMessageError';
}

const STORE_ID = new RegExp(`^[0-9a-f]{${STORE_ID_BYTES * 2}}$`);

/** The rules of a node. Throws `RangeError` on a store id that is not 32 hexadecimal characters. */
export function policyOf(options: MvdsNodeOptions): Policy {
  if (!STORE_ID.test(options.storeId)) {
    throw new RangeError(`a store id has ${STORE_ID_BYTES} bytes, in lower-case hexadecimal`);
  }
  const { limits = {}, storeId, sendHello = true } = options;
  const maxPayloadBytes = limits.maxPayloadBytes ?? MAX_PAYLOAD_BYTES;
  return {
    isBulk: options.bulk ?? (() => false),
    isMuted: options.mutes ?? (() => false),
    authorise: options.authorise ?? (() => true),
    backoff: options.backoff ?? exponentialBackoff,
    giveUp: options.giveUp ?? isHopelessParentRequest,
    delivery: options.delivery ?? 'causal',
    relay: options.relay ?? 'offer',
    payloadBytes: Math.min(PAYLOAD_BYTES, maxPayloadBytes),
    windowBytes: limits.windowBytes ?? WINDOW_BYTES,
    maxRequestsPerPeer: limits.maxRequestsPerPeer ?? MAX_REQUESTS_PER_PEER,
    reconciles: options.reconciles ?? false,
    hello: sendHello
      ? { version: HELLO_VERSION, storeId, maxPayloadBytes, sharedGroup: true, bulkAcks: true }
      : undefined,
  };
}

/** A parent that nobody has may have been made up: metadata is not covered by the message id. */
function isHopelessParentRequest({ type, groupId, sendCount }: SyncRecord): boolean {
  return type === 'request' && groupId !== undefined && sendCount >= PARENT_REQUEST_SENDS;
}
