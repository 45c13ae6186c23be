import type { MessageId } from '../../main/helpers/ids.ts';
import {
  Reconciliation,
  type IdSet,
  type ReconciliationOptions,
  type Step,
} from '../../main/reconcile/index.ts';

/** A session that only has to be told what comes in. */
export interface Speaker {
  readonly isDone: boolean;
  receive(frame: Uint8Array): Iterable<Step>;
}

/** One end of a talk, and what it has learnt. */
interface End {
  readonly session: Speaker;
  readonly have: MessageId[];
  readonly need: MessageId[];
}

export interface Talk {
  readonly initiator: End;
  readonly responder: End;
  /** Bytes of all frames, both ways. */
  readonly bytes: number;
  readonly frames: number;
  /** What is in flight at once, one way, counts as half a round trip. */
  readonly roundTrips: number;
}

/** Far more than any descent takes: 2^64 positions are 16 levels of 16 buckets. */
const MOST_FLIGHTS = 100;

/** Lets two ends of `Reconciliation` talk until nothing is in flight. */
export function reconcile(mine: IdSet, theirs: IdSet, options: ReconciliationOptions = {}): Talk {
  const { session, frames } = Reconciliation.initiate(mine, options);
  return talk(session, Reconciliation.respond(theirs, options), frames);
}

export function talk(
  initiating: Speaker,
  responding: Speaker,
  firstFrames: readonly Uint8Array[],
): Talk {
  const initiator: End = { session: initiating, have: [], need: [] };
  const responder: End = { session: responding, have: [], need: [] };
  let [bytes, frames, flights] = [0, 0, 0];
  for (let flight = firstFrames; flight.length > 0; flights += 1) {
    if (flights > MOST_FLIGHTS) throw new Error('no end of frames');
    const receiver = flights % 2 === 0 ? responder : initiator;
    const answers: Uint8Array[] = [];
    for (const frame of flight) {
      bytes += frame.length;
      frames += 1;
      answers.push(...take(receiver, frame));
    }
    flight = answers;
  }
  return { initiator, responder, bytes, frames, roundTrips: flights / 2 };
}

function take(end: End, frame: Uint8Array): Uint8Array[] {
  const answers: Uint8Array[] = [];
  for (const { frames, have, need } of end.session.receive(frame)) {
    answers.push(...frames);
    for (const id of have) end.have.push(id);
    for (const id of need) end.need.push(id);
  }
  return answers;
}
