import type { Hello } from '../mvds/codec.ts';
import { HELLO_VERSION } from '../mvds/constants.ts';
import type { RecordCounts } from '../mvds/ports.ts';
import type { PeerId } from '../mvds/types.ts';
import type { Path } from './ports.ts';
import { NO_RATE, sampled, type Rate } from './rate.ts';
import { retryWait } from './timing.ts';

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
}

/**
 * `stalled`: something was owed, and no byte moved. `refused`: the peer ended the session before it had said anything.
 * `protocol`: it sent what is no payload. `store`: this device could not write what came.
 */
export type FailureReason = 'stalled' | 'refused' | 'protocol' | 'store';

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

/** The state after an event. A pure function; nothing is decided here. */
export function applied(state: PeerState, event: PeerEvent, now: number): PeerState {
  const next = changed(state, event, now);
  const { session } = next;
  if (!session) return next;
  const agreed = agrees(next);
  const becameOwed = isOwed(next) && !isOwed(state);
  return {
    ...next,
    session: {
      ...session,
      silentSince: becameOwed ? now : session.silentSince,
      agreed: session.agreed || agreed,
    },
    failure: agreed ? undefined : next.failure,
    history: {
      ...next.history,
      lastContact: session.frames > 0 ? now : next.history.lastContact,
      lastInSync: agreed ? now : next.history.lastInSync,
    },
  };
}

function changed(state: PeerState, event: PeerEvent, now: number): PeerState {
  switch (event.type) {
    case 'settings': {
      // What was set by hand shall show at once, although the other side may have asked to be left alone.
      const isNudged = state.session ? state.isNudged : !event.settings.paused;
      return { ...state, settings: event.settings, isNudged };
    }
    case 'nudged':
      return {
        ...state,
        isNudged: true,
        isLost: false,
        failure: undefined,
        incompatible: undefined,
      };
    case 'dialling':
      if (!event.isDialled) return { ...state, dialledSince: undefined, isLost: false };
      return state.isLost ? state : { ...state, dialledSince: state.dialledSince ?? now };
    case 'sessionBegan':
      return { ...state, session: newSession(event.path, now), dialledSince: undefined };
    case 'sessionEnded':
      return ended(state, event.cause, event.jitter, now);
    case 'counted':
      return { ...state, counts: { ...event.counts, isFresh: event.isFresh } };
    case 'coverage': {
      const { isCovered, isProven } = event;
      return { ...state, isCovered, session: state.session && { ...state.session, isProven } };
    }
    case 'committing':
      return { ...state, counts: { ...state.counts, isFresh: false } };
    case 'frame':
    case 'wrote':
    case 'said':
    case 'moved':
      return state.session ? inSession(state, state.session, event, now) : state;
  }
}

function newSession(path: Path, now: number): SessionState {
  return {
    path,
    beganAt: now,
    heard: undefined,
    said: undefined,
    saidAt: now,
    frames: 0,
    silentSince: now,
    bytesSent: 0,
    bytesReceived: 0,
    messagesSent: 0,
    messagesReceived: 0,
    sending: NO_RATE,
    receiving: NO_RATE,
    isProven: false,
    agreed: false,
  };
}

function inSession(
  state: PeerState,
  session: SessionState,
  event: Extract<PeerEvent, { type: 'frame' | 'wrote' | 'said' | 'moved' }>,
  now: number,
): PeerState {
  switch (event.type) {
    case 'frame': {
      const after = {
        ...session,
        frames: session.frames + 1,
        silentSince: now,
        bytesReceived: session.bytesReceived + event.bytes,
        receiving: sampled(session.receiving, event.bytes, now),
      };
      return heard({ ...state, session: after }, after, event.hello, now);
    }
    case 'wrote': {
      const bytesSent = session.bytesSent + event.bytes;
      const sending = sampled(session.sending, event.bytes, now);
      // What went into a buffer proves nothing: a peer that hangs takes as much.
      const silentSince = event.hadToWait ? now : session.silentSince;
      return { ...state, session: { ...session, bytesSent, sending, silentSince } };
    }
    case 'said':
      return { ...state, session: { ...session, said: event.said, saidAt: now } };
    case 'moved': {
      const messagesSent = session.messagesSent + event.sent;
      const messagesReceived = session.messagesReceived + event.received;
      const failure = event.sent + event.received > 0 ? undefined : state.failure;
      return { ...state, failure, session: { ...session, messagesSent, messagesReceived } };
    }
  }
}

function heard(
  state: PeerState,
  session: SessionState,
  hello: Hello | undefined,
  now: number,
): PeerState {
  if (!hello) return { ...state, there: state.there && { ...state.there, at: now } };
  const there = { paused: hello.paused ?? false, interval: hello.interval ?? 0, at: now };
  const { storeId } = state.history;
  const hasLostStore = storeId !== undefined && storeId !== hello.storeId;
  return {
    ...state,
    session: { ...session, heard: hello },
    there,
    history: { ...state.history, storeId: hello.storeId },
    // Who has lost its store is about to get records for all of it.
    counts: { ...state.counts, isFresh: state.counts.isFresh && !hasLostStore },
    incompatible: isCompatible(hello) ? undefined : { version: hello.version, at: now },
    // Whatever was asked for by hand has come about.
    isNudged: false,
  };
}

function ended(state: PeerState, cause: EndCause, jitter: number, now: number): PeerState {
  const { session } = state;
  if (!session) return state;
  const reason = failureOf(cause, session);
  const count = (state.failure?.count ?? 0) + 1;
  return {
    ...state,
    session: undefined,
    isLost: cause === 'closed',
    there: state.there && { ...state.there, at: now },
    restedAt: session.agreed ? now : state.restedAt,
    failure: reason ? { reason, count, at: now, waitMs: retryWait(count, jitter) } : state.failure,
    bytesSent: session.bytesSent,
    bytesReceived: session.bytesReceived,
    history: {
      ...state.history,
      lastContact: session.frames > 0 ? now : state.history.lastContact,
    },
  };
}

/** Only who has said nothing at all in a session refuses it; what is cut later was cut by anything. */
export function failureOf(cause: EndCause, session: SessionState): FailureReason | undefined {
  switch (cause) {
    case 'stalled':
    case 'refused':
    case 'protocol':
    case 'store':
      return cause;
    case 'closed':
      return session.frames === 0 ? 'refused' : undefined;
    case 'rested':
    case 'paused':
    case 'paused-there':
    case 'incompatible':
    case 'unwanted':
      return undefined;
  }
}
