/**
 * Decides what to do next about one peer. Events change its state (`applied.ts`) and nothing else; whatever follows is
 * decided here, from the state and the time alone.
 *
 * Invariants, each held by the test of that number in `test/sync/evaluate.test.ts`:
 *
 *  1. A peer that is paused here is told so, and then its session ends; nothing is exchanged with it.
 *  2. A peer that has paused there is not dialled and may come by itself; after a long time it is asked again.
 *  3. An interval peer is dialled when its round is due. Its session ends once both agree, and no earlier by choice.
 *  4. A peer that comes by itself at intervals is not dialled while it keeps to them.
 *  5. Nothing is exchanged before the peer has spoken, unless it says nothing for long, and never in another version.
 *  6. A session ends as stalled when something is owed and no byte has moved for too long, and only then.
 *  7. After a failure nothing is dialled until the wait is over. A peer that sent no payload, or what this device must not
 *     or could not store, is not let in either.
 *  8. What is held for the peer is said only by a count that no commit has overtaken. That it is nothing is said, and
 *     taken back, at once; other numbers go out five times a second at most.
 *  9. What a person asks for by hand is dialled, except a peer that is paused here.
 * 10. A clock that is set back ends waits and never makes them longer; it does not end a session.
 * 11. A session ends as misbehaving when admission has rejected too many messages of it, or too many payloads were too large,
 *     and only then.
 * 12. Until `wakeAt`, and without an event, the decision stays what it is; unless the clock was set back before, when a wait that
 *     10 has ended may come up again as the clock passes its beginning, which costs a dial.
 */
import {
  HELLO_WAIT_MS,
  INCOMPATIBLE_RETRY_MS,
  INTERVAL_GRACE_MS,
  PAUSED_PROBE_MS,
  REJECTED_PER_SESSION_MAX,
  STATUS_INTERVAL_MS,
  WASTED_PER_SESSION_MAX,
} from './constants.ts';
import {
  agrees,
  isOwed,
  isDrained,
  pendingOf,
  type EndCause,
  type FailureReason,
  type PeerState,
  type Said,
  type SessionState,
} from './peer-state.ts';
import { earliest, endOf, isOver, stallPatience } from './timing.ts';

const MS_PER_SECOND = 1_000;

/** Whether the transport shall connect to the peer, let it connect, or neither. */
export type Reach = 'dial' | 'accept' | 'refuse';

export interface Decision {
  readonly reach: Reach;
  /** Why the session is to be ended now; undefined where it is to go on, or there is none. */
  readonly end: EndCause | undefined;
  /** Whether MVDS may speak in the session. */
  readonly exchange: boolean;
  /** What is to be said to the peer now, before anything else. */
  readonly say: Said | undefined;
  /** Whether it is time to reconcile what has not been in this session. */
  readonly prove: boolean;
  /** When to evaluate again even if nothing happens; undefined: never. Unix milliseconds. */
  readonly wakeAt: number | undefined;
}

export function evaluate(state: PeerState, now: number): Decision {
  const { session } = state;
  const waits = waitsOf(state, now);
  const reach = reachOf(state, waits);
  if (!session) {
    return {
      reach,
      end: undefined,
      exchange: false,
      say: undefined,
      prove: false,
      wakeAt: earliest(Object.values(waits)),
    };
  }
  const end = endCauseOf(state, session, now);
  const patient = endOf(session.beganAt, HELLO_WAIT_MS, now);
  const say = end === undefined ? sayOf(state, session, now) : undefined;
  return {
    reach: 'dial',
    end,
    exchange:
      end === undefined && !state.settings.paused && (session.frames > 0 || patient === undefined),
    say,
    prove: end === undefined && isDrained(state) && !session.isProven,
    wakeAt: earliest([
      session.frames === 0 ? earliest([patient, waits.failure, waits.incompatible]) : undefined,
      stallAt(state, session, now),
      session.said && session.said.pending !== pendingOf(state)
        ? endOf(session.saidAt, STATUS_INTERVAL_MS, now)
        : undefined,
    ]),
  };
}

/** When each thing that keeps this device from dialling is over; undefined where there is no such thing. */
interface Waits {
  readonly failure: number | undefined;
  readonly incompatible: number | undefined;
  readonly pausedThere: number | undefined;
  readonly round: number | undefined;
  readonly theirRound: number | undefined;
}

function waitsOf(state: PeerState, now: number): Waits {
  const { failure, incompatible, there, restedAt, settings } = state;
  const { interval } = settings;
  const theirs = there && !there.paused && there.interval > 0 ? there : undefined;
  return {
    failure: failure && endOf(failure.at, failure.waitMs, now),
    incompatible: incompatible && endOf(incompatible.at, INCOMPATIBLE_RETRY_MS, now),
    pausedThere: there?.paused ? endOf(there.at, PAUSED_PROBE_MS, now) : undefined,
    round:
      interval === 'live' || restedAt === undefined
        ? undefined
        : endOf(restedAt, interval * MS_PER_SECOND, now),
    // With an interval of its own, this device dials when that is over, whatever the other does.
    theirRound:
      theirs && interval === 'live'
        ? endOf(theirs.at, 2 * theirs.interval * MS_PER_SECOND + INTERVAL_GRACE_MS, now)
        : undefined,
  };
}

function reachOf(state: PeerState, waits: Waits): Reach {
  if (state.settings.paused) return 'accept';
  if (isRefused(state, waits)) return 'refuse';
  if (state.isNudged) return 'dial';
  return Object.values(waits).some((wait) => wait !== undefined) ? 'accept' : 'dial';
}

function isRefused({ failure }: PeerState, waits: Waits): boolean {
  if (waits.incompatible !== undefined) return true;
  if (waits.failure === undefined) return false;
  return failure !== undefined && REFUSED_AFTER.has(failure.reason);
}

const REFUSED_AFTER: ReadonlySet<FailureReason> = new Set(['protocol', 'misbehaving', 'store']);

function endCauseOf(state: PeerState, session: SessionState, now: number): EndCause | undefined {
  if (state.settings.paused) return session.said?.paused === true ? 'paused' : undefined;
  if (state.incompatible && session.heard) return 'incompatible';
  if (session.heard?.paused === true) return 'paused-there';
  if (session.frames === 0 && isRefused(state, waitsOf(state, now))) return 'unwanted';
  if (session.rejected > REJECTED_PER_SESSION_MAX) return 'misbehaving';
  if (session.wasted > WASTED_PER_SESSION_MAX) return 'misbehaving';
  if (isOwed(state) && stallAt(state, session, now) === undefined) return 'stalled';
  const isRound = state.settings.interval !== 'live';
  return isRound && agrees(state) ? 'rested' : undefined;
}

/** A clock that is set back says nothing of the session: the silence counts from then on, see `applied`. */
function stallAt(state: PeerState, session: SessionState, now: number): number | undefined {
  if (!isOwed(state)) return undefined;
  return endOf(Math.min(session.silentSince, now), patienceOf(state), now);
}

function patienceOf({ failure }: PeerState): number {
  return stallPatience(failure?.reason === 'stalled' ? failure.count : 0);
}

function sayOf(state: PeerState, session: SessionState, now: number): Said | undefined {
  const { paused, interval } = state.settings;
  const { said } = session;
  const news = { pending: pendingOf(state), paused, interval: interval === 'live' ? 0 : interval };
  if (!state.counts.isFresh) return undefined;
  if (said?.paused !== paused || said.interval !== news.interval) return news;
  if (said.pending === news.pending) return undefined;
  const isAboutNothing = !said.pending || !news.pending;
  return isAboutNothing || isOver(session.saidAt, STATUS_INTERVAL_MS, now) ? news : undefined;
}
