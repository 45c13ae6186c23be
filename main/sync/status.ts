import { HELLO_VERSION } from '../mvds/constants.ts';
import type { PeerId } from '../mvds/types.ts';
import { CONNECT_PATIENCE_MS } from './constants.ts';
import {
  agrees,
  isDrained,
  toSendOf,
  type FailureReason,
  type Interval,
  type PeerHistory,
  type PeerState,
  type SessionState,
} from './peer-state.ts';
import type { Path } from './ports.ts';
import { bytesPerSecond, secondsLeft } from './rate.ts';
import { earliest, endOf, isOver } from './timing.ts';

/**
 * What there is to say of one peer. README.md has the picture. Times are Unix milliseconds.
 *
 * `connecting`: being tried, or connected and not yet heard of. `offline`: no session; `nextAt` where the next one waits for
 * an interval. `reconciling`: finding out what differs. `transferring`: connected, and something is still to be acknowledged
 * by either side, or the other has not said whether. `up-to-date`: both sides have said in this session that they hold
 * nothing the other has not acknowledged. `failing`: the last session ended by a fault; tried again at `nextTryAt`.
 */
export type PeerSyncState =
  | { readonly kind: 'paused' }
  | { readonly kind: 'paused-there' }
  | { readonly kind: 'offline'; readonly nextAt: number | undefined }
  | { readonly kind: 'connecting'; readonly path?: Path }
  | { readonly kind: 'reconciling'; readonly path: Path }
  | {
      readonly kind: 'transferring';
      readonly path: Path;
      /** Bytes per second, smoothed. */
      readonly sending: number;
      readonly receiving: number;
      /** Undefined until the rates can be trusted. */
      readonly secondsLeft: number | undefined;
    }
  | { readonly kind: 'up-to-date'; readonly path: Path }
  | { readonly kind: 'failing'; readonly reason: FailureReason; readonly nextTryAt: number }
  | { readonly kind: 'incompatible'; readonly ours: number; readonly theirs: number }
  | { readonly kind: 'removed' };

export interface PeerSyncStatus extends PeerHistory {
  readonly peerId: PeerId;
  readonly state: PeerSyncState;
  readonly interval: Interval;
  /** Messages here that the peer is not known to hold; while `reconciling`, those that were found so far. */
  readonly toSend: number;
  /** Messages there that the peer does not know this device to hold, as it last said in this session; undefined before. */
  readonly toReceive: number | undefined;
  /** Payload bytes of this session, or of the last one. */
  readonly bytesSent: number;
  readonly bytesReceived: number;
}

export function statusOf(state: PeerState, now: number): PeerSyncStatus {
  const { peerId, session, history, settings } = state;
  return {
    peerId,
    state: kindOf(state, now),
    interval: settings.interval,
    toSend: toSendOf(state),
    toReceive: session?.heard?.pending,
    bytesSent: session?.bytesSent ?? state.bytesSent,
    bytesReceived: session?.bytesReceived ?? state.bytesReceived,
    ...history,
    lastContact: session && session.frames > 0 ? now : history.lastContact,
  };
}

/** What remains to be said of a peer that the group has dropped. */
export function removedStatus(state: PeerState, now: number): PeerSyncStatus {
  return {
    ...statusOf(state, now),
    state: { kind: 'removed' },
    toSend: 0,
    toReceive: undefined,
  };
}

/** When the status changes although nothing happens; undefined: never. Rates are left out, they change all the time. */
export function statusWakeAt(
  { failure, dialledSince }: PeerState,
  now: number,
): number | undefined {
  return earliest([
    failure && endOf(failure.at, failure.waitMs + CONNECT_PATIENCE_MS, now),
    dialledSince === undefined ? undefined : endOf(dialledSince, CONNECT_PATIENCE_MS, now),
  ]);
}

function kindOf(state: PeerState, now: number): PeerSyncState {
  const { settings, incompatible, there, session, failure } = state;
  if (settings.paused) return { kind: 'paused' };
  if (incompatible) {
    return { kind: 'incompatible', ours: HELLO_VERSION, theirs: incompatible.version };
  }
  if (session) return connected(state, session, now);
  if (there?.paused) return { kind: 'paused-there' };
  if (failure && !isOver(failure.at, failure.waitMs + CONNECT_PATIENCE_MS, now)) {
    return { kind: 'failing', reason: failure.reason, nextTryAt: failure.at + failure.waitMs };
  }
  const { dialledSince } = state;
  if (dialledSince !== undefined && !isOver(dialledSince, CONNECT_PATIENCE_MS, now)) {
    return { kind: 'connecting' };
  }
  return { kind: 'offline', nextAt: nextRoundOf(state, now) };
}

function connected(state: PeerState, session: SessionState, now: number): PeerSyncState {
  const { path, sending, receiving } = session;
  if (session.frames === 0) return { kind: 'connecting', path };
  if (session.heard?.paused === true) return { kind: 'paused-there' };
  if (isReconciling(state, session)) return { kind: 'reconciling', path };
  if (agrees(state)) return { kind: 'up-to-date', path };
  const left = secondsLeft(
    [
      {
        left: toSendOf(state),
        rate: sending,
        bytes: session.bytesSent,
        messages: session.messagesSent,
      },
      {
        left: session.heard?.pending ?? 0,
        rate: receiving,
        bytes: session.bytesReceived,
        messages: session.messagesReceived,
      },
    ],
    now,
  );
  return {
    kind: 'transferring',
    path,
    sending: bytesPerSecond(sending, now),
    receiving: bytesPerSecond(receiving, now),
    secondsLeft: left,
  };
}

function isReconciling(state: PeerState, { heard, isProven }: SessionState): boolean {
  if (!heard) return false;
  return !state.isCovered || heard.pending === undefined || (isDrained(state) && !isProven);
}

/** When this device, or else the peer, will be in touch by its interval. */
function nextRoundOf({ settings, restedAt, there }: PeerState, now: number): number | undefined {
  if (settings.interval !== 'live') {
    return restedAt === undefined ? undefined : endOf(restedAt, settings.interval * 1_000, now);
  }
  if (!there || there.interval === 0) return undefined;
  return endOf(there.at, there.interval * 1_000, now);
}
