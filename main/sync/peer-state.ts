import type { Hello } from '../mvds/codec.ts';
import { HELLO_VERSION } from '../mvds/constants.ts';
import type { RecordCounts } from '../mvds/ports.ts';
import type { GroupId, PeerId } from '../mvds/types.ts';
import type { Path } from './ports.ts';
import type { Rate } from './rate.ts';

/** When to be in touch with a peer: always, or every so many seconds. */
export type Interval = 'live' | number;

/** What a person has set for a peer. Kept by whoever opens the orchestrator. */
export interface PeerSettings {
  readonly paused: boolean;
  readonly interval: Interval;
}

export const DEFAULT_SETTINGS: PeerSettings = { paused: false, interval: 'live' };

/** What is kept of a peer across restarts. Times are Unix milliseconds. */
export interface PeerHistory {
  /** 16 bytes as hexadecimal characters: a peer that comes back with another one has lost what it held. */
  readonly storeId: string | undefined;
  readonly lastContact: number | undefined;
  /** When both sides last said, in one session, that they hold nothing that the other has not acknowledged. */
  readonly lastInSync: number | undefined;
  /** The first timestamp that it keeps of each group; of a group that is not named it keeps all. */
  readonly since: ReadonlyMap<GroupId, bigint>;
}

/**
 * `stalled`: something was owed, and no byte moved. `refused`: the peer ended the session before it had said anything.
 * `protocol`: it sent what is no payload. `misbehaving`: it sent too many messages that admission rejects, or too much of no use. `store`: this
 * device could not write what came.
 */
export type FailureReason = 'stalled' | 'refused' | 'protocol' | 'misbehaving' | 'store';

/** Why a session ended. `closed`: by the peer, or the network. `rested`: an interval peer, in agreement. */
export type EndCause =
  FailureReason | 'closed' | 'rested' | 'paused' | 'paused-there' | 'incompatible' | 'unwanted';

/** What this device has said of itself in a session. `interval` is in seconds, 0 for a live one. */
export interface Said {
  /** Undefined while it is not known what the peer holds. */
  readonly pending: number | undefined;
  readonly paused: boolean;
  readonly interval: number;
}

export interface SessionState {
  readonly path: Path;
  readonly beganAt: number;
  /** The peer's last hello in this session. */
  readonly heard: Hello | undefined;
  readonly said: Said | undefined;
  readonly saidAt: number;
  /** Frames that came in. */
  readonly frames: number;
  /** Since when something has been owed by either side, or a byte last moved: what a stall is measured from. */
  readonly silentSince: number;
  readonly bytesSent: number;
  readonly bytesReceived: number;
  /** Messages that the peer did not hold and has acknowledged, and messages that were new here. */
  readonly messagesSent: number;
  readonly messagesReceived: number;
  /** Messages that admission has rejected. */
  readonly rejected: number;
  /**
   * Bytes of frames that brought this device nothing, less those of frames that did and what any peer may send in the time; as
   * of `wastedAt`.
   */
  readonly wasted: number;
  readonly wastedAt: number;
  readonly sending: Rate;
  readonly receiving: Rate;
  /** Whether a reconciliation of each shared group has ended in this session. */
  readonly isProven: boolean;
  /** Whether both sides were in agreement at some time in this session. */
  readonly agreed: boolean;
}

export interface Failure {
  readonly reason: FailureReason;
  /** In a row, without progress in between. */
  readonly count: number;
  readonly at: number;
  readonly waitMs: number;
}

/** Everything that is known of one peer. Changed by `applied` only. */
export interface PeerState {
  readonly peerId: PeerId;
  readonly settings: PeerSettings;
  readonly history: PeerHistory;
  /** Records by the last count, and whether nothing was committed since. */
  readonly counts: RecordCounts & { readonly isFresh: boolean };
  /** Whether of each message here it is known that the peer holds it, or there is a record. */
  readonly isCovered: boolean;
  readonly session: SessionState | undefined;
  /** What the peer has said of itself, and when it was last in touch; undefined before it has since the start. */
  readonly there: (Pick<Said, 'paused' | 'interval'> & { readonly at: number }) | undefined;
  readonly failure: Failure | undefined;
  readonly incompatible: { readonly version: number; readonly at: number } | undefined;
  /** When a session last ended in agreement. */
  readonly restedAt: number | undefined;
  /** Since when a first connection has been tried for; undefined while none is, and after one was lost. */
  readonly dialledSince: number | undefined;
  /** Whether the last session was cut, and it is tried to have another at once. */
  readonly isLost: boolean;
  /** A person has asked for a session now. */
  readonly isNudged: boolean;
  /** The last session's numbers are shown until the next one begins. */
  readonly bytesSent: number;
  readonly bytesReceived: number;
}

export type PeerEvent =
  | { readonly type: 'settings'; readonly settings: PeerSettings }
  | { readonly type: 'nudged' }
  /** Whether the transport is asked to keep the peer connected from now on. */
  | { readonly type: 'dialling'; readonly isDialled: boolean }
  | { readonly type: 'sessionBegan'; readonly path: Path }
  | { readonly type: 'sessionEnded'; readonly cause: EndCause; readonly jitter: number }
  | { readonly type: 'frame'; readonly bytes: number; readonly hello: Hello | undefined }
  /** Bytes were taken by the channel; `hadToWait`: only after it had become free, so the other side has taken some. */
  | { readonly type: 'wrote'; readonly bytes: number; readonly hadToWait: boolean }
  | { readonly type: 'said'; readonly said: Said }
  | { readonly type: 'moved'; readonly sent: number; readonly received: number }
  /** What a frame was good for: `isOfUse` where it brought messages, or acknowledged some. */
  | { readonly type: 'taken'; readonly bytes: number; readonly isOfUse: boolean }
  /** Admission has rejected messages of the peer. */
  | { readonly type: 'rejected'; readonly messages: number }
  /** A commit that concerns the peer has begun: its counts are not to be relied on. */
  | { readonly type: 'committing' }
  | { readonly type: 'coverage'; readonly isCovered: boolean; readonly isProven: boolean }
  | { readonly type: 'counted'; readonly counts: RecordCounts; readonly isFresh: boolean };

export function newPeer(
  peerId: PeerId,
  settings: PeerSettings = DEFAULT_SETTINGS,
  history?: PeerHistory,
): PeerState {
  return {
    peerId,
    settings,
    history: {
      storeId: history?.storeId,
      lastContact: history?.lastContact,
      lastInSync: history?.lastInSync,
      since: history?.since ?? new Map(),
    },
    counts: { offers: 0, requests: 0, messages: 0, isFresh: false },
    isCovered: false,
    session: undefined,
    there: undefined,
    failure: undefined,
    incompatible: undefined,
    restedAt: undefined,
    dialledSince: undefined,
    isLost: false,
    isNudged: false,
    bytesSent: 0,
    bytesReceived: 0,
  };
}

/** Messages here that the peer is not known to hold; while it is not covered, those that it is known not to hold. */
export function toSendOf({ counts }: PeerState): number {
  return counts.offers + counts.messages;
}

/** What there is to say of that: nothing, as long as not all of it is known. */
export function pendingOf(state: PeerState): number | undefined {
  return state.isCovered ? toSendOf(state) : undefined;
}

/** Whether both sides have said that they hold nothing the other has not acknowledged, and it still holds. */
export function isDrained(state: PeerState): boolean {
  const { session, counts, isCovered } = state;
  if (session?.heard === undefined || !counts.isFresh || !isCovered) return false;
  const bothSaidSo = session.heard.pending === 0 && session.said?.pending === 0;
  return bothSaidSo && toSendOf(state) === 0;
}

/** Whether both sides hold the same: a reconciliation of this session has found out what differed, and nothing is left of it. */
export function agrees(state: PeerState): boolean {
  return state.session?.isProven === true && isDrained(state);
}

/** Whether either side waits for the other: for its first word, for messages, or for their acknowledgement. */
export function isOwed(state: PeerState): boolean {
  const { session } = state;
  if (!session) return false;
  if (session.frames === 0 || toSendOf(state) > 0) return true;
  // Who has said hello reconciles; a peer that speaks plain MVDS may be silent for ever.
  return session.heard !== undefined && (session.heard.pending !== 0 || !session.isProven);
}

/** Whether what the peer said of its version is one that this device can speak with. */
export function isCompatible({ version }: Hello): boolean {
  return version >= 1 && version <= HELLO_VERSION;
}
