import { START, type Bound } from './bound.ts';
import { MAX_BOUND_BYTES } from './constants.ts';
import { FrameWriter, type RangeSink } from './frame-writer.ts';

/** A frame to send. */
export interface CutFrame {
  readonly bytes: Uint8Array;
  /** The upper bound of the last range that is to be answered; undefined if none is. */
  readonly asksUpTo: Bound | undefined;
}

/** A skip at the end of a frame: a bound and the mode. */
const LAST_SKIP_BYTES = MAX_BOUND_BYTES + 1;

/**
 * Writes ranges into as many frames as their size demands. Each frame but the first begins with a skip to where the one
 * before it ended, and each says explicitly how far it goes.
 */
export class FrameCutter implements RangeSink {
  readonly #limit: number;
  #writer = new FrameWriter();
  #cut: CutFrame[] = [];
  /** The end of the last range, and whether it is a skip that is not written yet. */
  #reached = START;
  #isSkipping = false;
  #asksUpTo: Bound | undefined;

  /** `limit`: bytes of a frame, MIN_FRAME_BYTES or more. */
  constructor(limit: number) {
    this.#limit = limit - LAST_SKIP_BYTES;
  }

  skip(upper: Bound): void {
    this.#reached = upper;
    this.#isSkipping = true;
  }

  fingerprint(upper: Bound, fingerprint: Uint8Array): void {
    this.#ask(upper, () => this.#writer.fingerprint(upper, fingerprint));
  }

  ids(upper: Bound, ids: Uint8Array): void {
    this.#ask(upper, () => this.#writer.ids(upper, ids));
  }

  /** The frames that are complete. */
  take(): readonly CutFrame[] {
    const complete = this.#cut;
    this.#cut = [];
    return complete;
  }

  /** Completes the last frame, after the last range. */
  finish(): void {
    this.#writeSkip();
    this.#complete();
  }

  #ask(upper: Bound, write: () => void): void {
    const before = this.#writer.mark();
    this.#writeSkip();
    write();
    if (this.#writer.length > this.#limit && this.#asksUpTo !== undefined) {
      this.#writer.rewind(before);
      this.#complete();
      this.#isSkipping = true;
      this.#writeSkip();
      write();
    }
    this.#reached = upper;
    this.#asksUpTo = upper;
  }

  #writeSkip(): void {
    if (this.#isSkipping) this.#writer.skip(this.#reached);
    this.#isSkipping = false;
  }

  #complete(): void {
    this.#cut.push({ bytes: this.#writer.finish(), asksUpTo: this.#asksUpTo });
    this.#writer = new FrameWriter();
    this.#asksUpTo = undefined;
  }
}
