import { FRAME_COST_BYTES, WASTED_BYTES_PER_SECOND } from './constants.ts';
import type { Hello } from '../mvds/codec.ts';
import {
  agrees,
  isCompatible,
  isOwed,
  type EndCause,
  type FailureReason,
  type PeerEvent,
  type PeerState,
  type SessionState,
} from './peer-state.ts';
import type { Path } from './ports.ts';
import { NO_RATE, sampled } from './rate.ts';
import { retryWait } from './timing.ts';

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
      silentSince: becameOwed ? now : Math.min(session.silentSince, now),
      agreed: session.agreed || agreed,
    },
    failure: agreed && isForgiven(next) ? undefined : next.failure,
    history: {
      ...next.history,
      lastContact: session.frames > 0 ? now : next.history.lastContact,
      lastInSync: agreed ? now : next.history.lastInSync,
    },
  };
}

/** A peer that was dropped for what it sent has to agree without sending more of that; good messages beside it count for nothing. */
function isForgiven({ failure, session }: PeerState): boolean {
  return failure?.reason !== 'misbehaving' || session?.rejected === 0;
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
    case 'taken':
    case 'rejected':
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
    rejected: 0,
    wasted: 0,
    wastedAt: now,
    sending: NO_RATE,
    receiving: NO_RATE,
    isProven: false,
    agreed: false,
  };
}

function inSession(
  state: PeerState,
  session: SessionState,
  event: Extract<PeerEvent, { type: 'frame' | 'wrote' | 'said' | 'moved' | 'taken' | 'rejected' }>,
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
    case 'taken':
      return { ...state, session: { ...session, ...wastedAfter(session, event, now) } };
    case 'rejected':
      return {
        ...state,
        session: { ...session, rejected: session.rejected + event.messages },
      };
    case 'moved': {
      const messagesSent = session.messagesSent + event.sent;
      const messagesReceived = session.messagesReceived + event.received;
      const isProgress = event.sent + event.received > 0 && state.failure?.reason !== 'misbehaving';
      const failure = isProgress ? undefined : state.failure;
      return { ...state, failure, session: { ...session, messagesSent, messagesReceived } };
    }
  }
}

/** A clock that was set back gives nothing. */
function wastedAfter(
  { wasted, wastedAt }: SessionState,
  { bytes, isOfUse }: Extract<PeerEvent, { type: 'taken' }>,
  now: number,
): Pick<SessionState, 'wasted' | 'wastedAt'> {
  const given = (Math.max(0, now - wastedAt) / 1_000) * WASTED_BYTES_PER_SECOND;
  const cost = isOfUse ? -bytes : Math.max(bytes, FRAME_COST_BYTES);
  return { wasted: Math.max(0, wasted - given) + cost, wastedAt: now };
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
    history: { ...state.history, storeId: hello.storeId, since: hello.since ?? new Map() },
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
    failure: reason
      ? { reason, count, at: now, waitMs: retryWait(count, reason, jitter) }
      : state.failure,
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
    case 'misbehaving':
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
