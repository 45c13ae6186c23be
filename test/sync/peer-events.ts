import type { Hello } from '../../main/mvds/codec.ts';
import type { PeerId } from '../../main/mvds/types.ts';
import { applied } from '../../main/sync/applied.ts';
import {
  newPeer,
  type EndCause,
  type PeerEvent,
  type PeerSettings,
  type PeerState,
} from '../../main/sync/peer-state.ts';

export const PEER = 'peer' as PeerId;
/** A day in 2023: a clock that starts at 0 hides what happens before it. */
export const T0 = 1_700_000_000_000;

/** What a test tells of a peer: an event, or a number of milliseconds that pass. */
export type Step = PeerEvent | number;

export interface Told {
  readonly state: PeerState;
  readonly now: number;
}

export const coverage = (isCovered = true, isProven = true): PeerEvent => ({
  type: 'coverage',
  isCovered,
  isProven,
});

/** The state of a peer, whose copies are known, after some steps. */
export function told(...steps: readonly Step[]): Told {
  let [state, now] = [applied(newPeer(PEER), coverage(), T0), T0];
  for (const step of steps) {
    if (typeof step === 'number') now += step;
    else state = applied(state, step, now);
    // Every session is one whose groups are reconciled, unless a step says otherwise.
    if (step === began) state = applied(state, coverage(), now);
  }
  return { state, now };
}

export const settings = (change: Partial<PeerSettings>): PeerEvent => ({
  type: 'settings',
  settings: { paused: false, interval: 'live', ...change },
});
export const began: PeerEvent = { type: 'sessionBegan', path: 'lan' };
export const ended = (cause: EndCause): PeerEvent => ({ type: 'sessionEnded', cause, jitter: 1 });
export const counted = (messages: number, isFresh = true): PeerEvent => ({
  type: 'counted',
  counts: { offers: 0, requests: 0, messages },
  isFresh,
});
export const heard = (change: Partial<Hello> = {}): PeerEvent => ({
  type: 'frame',
  bytes: 30,
  hello: { version: 1, storeId: 'aa'.repeat(16), maxPayloadBytes: 0, pending: 0, ...change },
});
export const frame: PeerEvent = { type: 'frame', bytes: 1_000, hello: undefined };
export const said = (pending: number, paused = false, interval = 0): PeerEvent => ({
  type: 'said',
  said: { pending, paused, interval },
});
export const dialling: PeerEvent = { type: 'dialling', isDialled: true };
/** A session in which both sides have said that they have nothing. */
export const inStep: readonly PeerEvent[] = [counted(0), began, said(0), heard()];
