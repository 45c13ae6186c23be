import type { MessageId } from '../helpers/ids.ts';
import { START, type Bound } from './bound.ts';
import { MAX_COMPARED, STEP_FINGERPRINTS, STEP_IDS } from './constants.ts';
import { messageIds, missingFrom } from './difference.ts';
import { FrameCutter, type CutFrame } from './frame-cutter.ts';
import type { Range } from './frame-reader.ts';
import type { IdSet } from './ids-since.ts';
import { splitRange, type Splitting } from './split.ts';

/** As much of an answer as is worked out in one go. */
export interface AnswerPart {
  readonly frames: readonly CutFrame[];
  readonly have: readonly MessageId[];
  readonly need: readonly MessageId[];
}

/**
 * Answers the ranges of a frame: equal fingerprints and lists with a skip, different fingerprints with those of parts or a
 * list. A list that meets too much to compare is answered as if it were a different fingerprint. The set may change between
 * two parts; a frame never leaves before the differences that it declares settled.
 */
export class Answer {
  readonly #ids: IdSet;
  readonly #splitting: Splitting;
  readonly #cutter: FrameCutter;
  #have: MessageId[] = [];
  #need: MessageId[] = [];
  #fingerprints = 0;
  #compared = 0;

  constructor(ids: IdSet, splitting: Splitting, frameBytes: number) {
    this.#ids = ids;
    this.#splitting = splitting;
    this.#cutter = new FrameCutter(frameBytes);
  }

  *parts(ranges: readonly Range[]): Generator<AnswerPart, void, undefined> {
    // What is skipped at the end asks for nothing.
    const asking = ranges.slice(0, ranges.findLastIndex(({ mode }) => mode !== 'skip') + 1);
    let lower = START;
    for (const range of asking) {
      if (range.mode === 'skip') this.#cutter.skip(range.upper);
      else if (range.mode === 'ids') yield* this.#list(lower, range.upper, range.ids);
      else this.#fingerprint(lower, range.upper, range.fingerprint);
      lower = range.upper;
      if (this.#isFull) yield this.#take();
    }
    if (asking.length > 0) this.#cutter.finish();
    yield this.#take();
  }

  #fingerprint(lower: Bound, upper: Bound, theirs: Uint8Array): void {
    const from = this.#ids.rank(lower);
    const to = this.#ids.rank(upper);
    this.#fingerprints += 1;
    if (Buffer.compare(this.#ids.fingerprint(from, to), theirs) === 0) {
      this.#cutter.skip(upper);
    } else {
      this.#split(from, to, upper);
    }
  }

  /** What is missing is seen at once, since the set may change after; what is surplus, which may be all, in parts. */
  *#list(lower: Bound, upper: Bound, ids: Uint8Array): Generator<AnswerPart, void, undefined> {
    const [from, to] = [this.#ids.rank(lower), this.#ids.rank(upper)];
    if (ids.length > 0 && to - from > MAX_COMPARED) {
      this.#split(from, to, upper);
      return;
    }
    const listed = new Set(messageIds(ids));
    this.#compared += to - from + listed.size;
    if (listed.size > 0) {
      for (const id of missingFrom(this.#ids.ids(from, to), listed)) this.#need.push(id);
    }
    let next: Bound | undefined = lower;
    while (next !== undefined) {
      next = this.#addSurplus(next, upper, listed);
      if (next !== undefined && this.#isFull) yield this.#take();
    }
    this.#cutter.skip(upper);
  }

  /** Looks through some of the positions from `lower` to `upper`. Returns where the rest begins, undefined if there is none. */
  #addSurplus(lower: Bound, upper: Bound, listed: ReadonlySet<MessageId>): Bound | undefined {
    const from = this.#ids.rank(lower);
    const to = this.#ids.rank(upper);
    const end = Math.min(to, from + STEP_IDS);
    for (const id of messageIds(this.#ids.ids(from, end))) {
      if (!listed.has(id)) this.#have.push(id);
    }
    return end < to ? this.#ids.boundAt(end) : undefined;
  }

  #split(from: number, to: number, upper: Bound): void {
    splitRange(this.#ids, from, to, upper, this.#splitting, this.#cutter);
    this.#fingerprints += this.#splitting.buckets;
  }

  get #isFull(): boolean {
    return (
      this.#have.length + this.#need.length >= STEP_IDS ||
      this.#fingerprints >= STEP_FINGERPRINTS ||
      this.#compared >= MAX_COMPARED
    );
  }

  #take(): AnswerPart {
    const part = { frames: this.#cutter.take(), have: this.#have, need: this.#need };
    this.#have = [];
    this.#need = [];
    this.#fingerprints = 0;
    this.#compared = 0;
    return part;
  }
}
