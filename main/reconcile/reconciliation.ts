import { Answer } from './answer.ts';
import { compareBounds, END, START, type Bound } from './bound.ts';
import {
  BUCKET_IDS,
  BUCKETS,
  DEFAULT_FRAME_BYTES,
  LEAF,
  MAX_FRAME_BYTES,
  MIN_FRAME_BYTES,
} from './constants.ts';
import { FrameError } from './errors.ts';
import { FrameCutter, type CutFrame } from './frame-cutter.ts';
import { readFrame, type Range } from './frame-reader.ts';
import type { IdSet } from './ids-since.ts';
import {
  INITIATOR_MARK,
  isMarked,
  MARK_BYTES,
  marked,
  RESPONDER_MARK,
  withoutMark,
} from './mark.ts';
import { PlainSession } from './plain-session.ts';
import type { Step } from './session.ts';
import { missingFor } from './missing.ts';
import { splitRange, type Splitting } from './split.ts';
import type { Unloaded } from './unloaded-chunk.ts';

export interface ReconciliationOptions {
  /** Bytes of the frames sent, MIN_FRAME_BYTES to MAX_FRAME_BYTES; DEFAULT_FRAME_BYTES if undefined. */
  readonly frameBytes?: number | undefined;
  readonly splitting?: Splitting | undefined;
  /**
   * Whether the sides are likely to hold the same: the first frame then has one fingerprint of all, for the fewest bytes, and
   * a difference costs half a round trip more.
   */
  readonly expectsEqual?: boolean | undefined;
}

/** A frame that was sent and is not answered, or only in part. */
interface Question {
  readonly asksUpTo: Bound;
  answeredUpTo: Bound;
}

const EQUAL: Splitting = { buckets: 1, bucketIds: 1, leaf: 0 };
const SPLITTING: Splitting = { buckets: BUCKETS, bucketIds: BUCKET_IDS, leaf: LEAF };

/**
 * One side of a reconciliation from which both sides learn. The frames are those of negentropy V1; README.md says what they mean
 * here and what is known when it is done. With a peer that speaks V1 as others do, which shows by its first frame, the
 * session goes on as V1 has it: the initiator learns all, the responder nothing. The invariants among two of this kind, each held by the test of its number:
 *
 * 1. Every range that is not a skip is answered, by ranges that reach explicitly up to its end.
 * 2. Frames are answered in the order in which they came, each by frames of its own.
 * 3. Done means: every position held since the start was in a range that was found equal, or that one side listed to the
 *    other, which has reported the differences.
 * 4. A difference is reported once, on one side.
 * 5. What is reported as `need` was not held when its step was made; what is reported as `have` was.
 */
export class Reconciliation {
  readonly #ids: IdSet;
  readonly #frameBytes: number;
  readonly #splitting: Splitting;
  /** In the order in which their answers will come. */
  readonly #questions: Question[] = [];
  readonly #isInitiator: boolean;
  #hasBegun = false;
  /** Whether the first frame of the peer has come. */
  #hasHeard = false;
  /** There where the peer speaks plain V1. */
  #plain: PlainSession | undefined;
  /** The mark that the next frame sent begins with. */
  #mark: number;
  #isAnswering = false;

  private constructor(ids: IdSet, isInitiator: boolean, options: ReconciliationOptions) {
    const { frameBytes = DEFAULT_FRAME_BYTES, splitting = SPLITTING } = options;
    if (!(frameBytes >= MIN_FRAME_BYTES && frameBytes <= MAX_FRAME_BYTES)) {
      throw new RangeError(`frames have ${MIN_FRAME_BYTES} to ${MAX_FRAME_BYTES} bytes`);
    }
    this.#ids = ids;
    this.#isInitiator = isInitiator;
    this.#mark = isInitiator ? INITIATOR_MARK : RESPONDER_MARK;
    this.#frameBytes = frameBytes;
    this.#splitting = splitting;
  }

  /** The side that speaks first, and what it says. Throws `RangeError` on a frame size out of bounds. */
  static initiate(
    ids: IdSet,
    options: ReconciliationOptions = {},
  ): { readonly session: Reconciliation; readonly frames: readonly Uint8Array[] } {
    const session = new Reconciliation(ids, true, options);
    const cutter = new FrameCutter(session.#frameBytes - MARK_BYTES);
    const splitting = options.expectsEqual && ids.size > 0 ? EQUAL : session.#splitting;
    splitRange(ids, 0, ids.size, END, splitting, cutter);
    cutter.finish();
    session.#hasBegun = true;
    return { session, frames: session.#sent(cutter.take()) };
  }

  /** The side that waits for the first frame. Throws `RangeError` on a frame size out of bounds. */
  static respond(ids: IdSet, options: ReconciliationOptions = {}): Reconciliation {
    return new Reconciliation(ids, false, options);
  }

  /** Nothing is left to be said on this side, nor to come from the other. A responder is never told by a plain initiator: false. */
  get isDone(): boolean {
    if (this.#plain !== undefined) return this.#plain.isDone;
    return this.#hasBegun && !this.#isAnswering && this.#questions.length === 0;
  }

  /**
   * The sections to load before `receive` takes this frame. To be called again when that is done, until nothing is missing.
   * Throws `FrameError` as `receive` does.
   */
  missing(frame: Uint8Array): readonly Unloaded[] {
    const ids = this.#ids;
    if (ids.isLoaded) return [];
    const theirs = this.#isInitiator ? RESPONDER_MARK : INITIATOR_MARK;
    if (this.#hasHeard ? this.#plain !== undefined : !isMarked(frame, theirs)) {
      return ids.missingBetween(0, ids.size);
    }
    const ranges = readFrame(this.#hasHeard ? frame : withoutMark(frame, theirs));
    return missingFor(ranges, ids, this.#splitting);
  }

  /**
   * Takes a frame of the peer. What it leads to comes in steps of some milliseconds each, so that the caller may let others
   * run between them; all are to be taken before the next frame. Throws `FrameError` at once on a frame that is not allowed, after
   * which the session is of no use, and `Error` when the frame before was not dealt with to its end.
   */
  receive(frame: Uint8Array): Iterable<Step> {
    if (this.#isAnswering) throw new Error('the steps of the frame before were not all taken');
    const isFirst = !this.#hasHeard;
    this.#hasHeard = true;
    if (isFirst) return this.#receiveFirst(frame);
    return this.#plain?.receive(frame) ?? this.#receiveOwn(frame);
  }

  /** The first frame tells what kind of peer it is. */
  #receiveFirst(frame: Uint8Array): Iterable<Step> {
    const theirs = this.#isInitiator ? RESPONDER_MARK : INITIATOR_MARK;
    if (isMarked(frame, theirs)) return this.#receiveOwn(withoutMark(frame, theirs));
    if (!this.#isInitiator) {
      const ranges = readFrame(frame);
      this.#takeFirst(ranges, ranges.at(-1)?.upper ?? START);
    }
    this.#plain = new PlainSession(this.#ids, this.#isInitiator, this.#frameBytes);
    return this.#plain.receive(frame);
  }

  #receiveOwn(frame: Uint8Array): Iterable<Step> {
    const ranges = readFrame(frame);
    const reached = ranges.at(-1)?.upper ?? START;
    if (this.#hasBegun) this.#takeAnswer(reached);
    else this.#takeFirst(ranges, reached);
    this.#isAnswering = true;
    return this.#steps(ranges);
  }

  /** What the first frame leaves out would never be compared. */
  #takeFirst(ranges: readonly Range[], reached: Bound): void {
    if (reached !== END || ranges.some(({ mode }) => mode === 'skip')) {
      throw new FrameError('unasked', 'a first frame that does not cover everything');
    }
    this.#hasBegun = true;
  }

  #takeAnswer(reached: Bound): void {
    const [question] = this.#questions;
    if (question === undefined) throw new FrameError('unasked', 'an answer to no question');
    const rest = compareBounds(question.asksUpTo, reached);
    if (rest < 0 || compareBounds(reached, question.answeredUpTo) <= 0) {
      throw new FrameError('unasked', 'an answer to more than was asked, or to nothing');
    }
    question.answeredUpTo = reached;
    if (rest === 0) this.#questions.shift();
  }

  *#steps(ranges: readonly Range[]): Generator<Step, void, undefined> {
    const answer = new Answer(this.#ids, this.#splitting, this.#frameBytes - MARK_BYTES);
    for (const { frames, have, need } of answer.parts(ranges)) {
      yield { frames: this.#sent(frames), have, need };
    }
    this.#isAnswering = false;
  }

  #sent(frames: readonly CutFrame[]): Uint8Array[] {
    for (const { asksUpTo } of frames) {
      if (asksUpTo !== undefined) this.#questions.push({ asksUpTo, answeredUpTo: START });
    }
    return frames.map(({ bytes }) => {
      const skips = this.#mark;
      this.#mark = 0;
      return skips > 0 ? marked(bytes, skips) : bytes;
    });
  }
}
