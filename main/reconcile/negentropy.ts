import type { MessageId } from '../helpers/ids.ts';
import { END, type Bound } from './bound.ts';
import { ID_BYTES, MIN_FRAME_BYTES, PROTOCOL_VERSION, RESERVED_BYTES } from './constants.ts';
import { messageIds, missingFrom } from './difference.ts';
import { readFrame, type Range } from './frame-reader.ts';
import { FrameWriter } from './frame-writer.ts';
import type { IdSet } from './ids-since.ts';
import type { Step } from './session.ts';
import { REFERENCE_SPLITTING, splitRange } from './split.ts';

export interface NegentropyOptions {
  /** Bytes above which no frame is sent, MIN_FRAME_BYTES or more; frames of any size if undefined. */
  readonly frameBytes?: number | undefined;
}

/**
 * Negentropy V1 as other implementations speak it: the two sides take turns with one frame each, only the initiator learns,
 * and without a frame limit each frame is byte for byte the one that the reference implementation would send.
 */
export class Negentropy {
  readonly #ids: IdSet;
  readonly #isInitiator: boolean;
  readonly #limit: number;
  readonly #reported = new Set<MessageId>();
  #isDone = false;

  private constructor(ids: IdSet, isInitiator: boolean, { frameBytes }: NegentropyOptions) {
    if (frameBytes !== undefined && !(frameBytes >= MIN_FRAME_BYTES)) {
      throw new RangeError(`frames have ${MIN_FRAME_BYTES} bytes or more`);
    }
    this.#ids = ids;
    this.#isInitiator = isInitiator;
    this.#limit = (frameBytes ?? Infinity) - RESERVED_BYTES;
  }

  /** The side that speaks first and learns. Throws `RangeError` on a frame limit that is too small. */
  static initiate(
    ids: IdSet,
    options: NegentropyOptions = {},
  ): { readonly session: Negentropy; readonly frames: readonly Uint8Array[] } {
    const writer = new FrameWriter();
    splitRange(ids, 0, ids.size, END, REFERENCE_SPLITTING, writer);
    return { session: new Negentropy(ids, true, options), frames: [writer.finish()] };
  }

  /** The side that answers. Throws `RangeError` on a frame limit that is too small. */
  static respond(ids: IdSet, options: NegentropyOptions = {}): Negentropy {
    return new Negentropy(ids, false, options);
  }

  /** The initiator has learnt all there is. A responder is never told: false. */
  get isDone(): boolean {
    return this.#isDone;
  }

  /**
   * Takes the peer's frame and answers it, with no frame once an initiator is done. A responder reports nothing. Throws
   * `FrameError` on a frame that is not allowed; one of another version of the protocol is answered with our own.
   */
  receive(frame: Uint8Array): Step {
    if (!this.#isInitiator && isOtherVersion(frame[0])) {
      return { frames: [Uint8Array.of(PROTOCOL_VERSION)], have: [], need: [] };
    }
    const turn = new Turn(this.#ids, this.#isInitiator, this.#limit);
    turn.answer(readFrame(frame));
    this.#isDone = this.#isInitiator && turn.writer.isEmpty;
    return {
      frames: this.#isDone ? [] : [turn.writer.finish()],
      have: turn.have.filter((id) => this.#isNew(id)),
      need: turn.need.filter((id) => this.#isNew(id)),
    };
  }

  /** Where frames are limited, a part of a range that was dealt with may be asked for again. */
  #isNew(id: MessageId): boolean {
    return this.#reported.size !== this.#reported.add(id).size;
  }
}

/** V1 keeps 0x60 to 0x6f for its versions. */
function isOtherVersion(version: number | undefined): boolean {
  return version !== undefined && version >> 4 === 6 && version !== PROTOCOL_VERSION;
}

/** One answer in the making. */
class Turn {
  readonly writer = new FrameWriter();
  readonly have: MessageId[] = [];
  readonly need: MessageId[] = [];
  readonly #ids: IdSet;
  readonly #isInitiator: boolean;
  readonly #limit: number;
  /** Where a skip ends that is not written yet. */
  #skippedTo: Bound | undefined;

  constructor(ids: IdSet, isInitiator: boolean, limit: number) {
    this.#ids = ids;
    this.#isInitiator = isInitiator;
    this.#limit = limit;
  }

  answer(ranges: readonly Range[]): void {
    let from = 0;
    for (const range of ranges) {
      const to = this.#ids.rank(range.upper);
      const rest = this.#answerRange(range, from, to);
      if (rest !== undefined) {
        this.#writeSkip();
        this.writer.fingerprint(END, this.#ids.fingerprint(rest, this.#ids.size));
        return;
      }
      from = to;
    }
  }

  /** Returns from which rank on there was no room; a fingerprint then stands for all that is left. */
  #answerRange(range: Range, from: number, to: number): number | undefined {
    switch (range.mode) {
      case 'skip':
        break;
      case 'fingerprint':
        if (Buffer.compare(this.#ids.fingerprint(from, to), range.fingerprint) === 0) break;
        return this.#split(range.upper, from, to);
      case 'ids':
        if (!this.#isInitiator) return this.#list(range.upper, from, to);
        this.#compare(this.#ids.ids(from, to), new Set(messageIds(range.ids)));
        break;
    }
    this.#skippedTo = range.upper;
    return undefined;
  }

  #split(upper: Bound, from: number, to: number): number | undefined {
    const [before, skippedTo] = [this.writer.mark(), this.#skippedTo];
    this.#writeSkip();
    splitRange(this.#ids, from, to, upper, REFERENCE_SPLITTING, this.writer);
    if (this.writer.length <= this.#limit) return undefined;
    this.writer.rewind(before);
    this.#skippedTo = skippedTo;
    return from;
  }

  #list(upper: Bound, from: number, to: number): number | undefined {
    const room = Math.floor((this.#limit - this.writer.length) / ID_BYTES);
    if (room <= 0) return from;
    const end = Math.min(to, from + room);
    this.#writeSkip();
    this.writer.ids(end < to ? this.#ids.boundAt(end) : upper, this.#ids.ids(from, end));
    return end < to ? end : undefined;
  }

  #compare(held: Uint8Array, listed: ReadonlySet<MessageId>): void {
    for (const id of messageIds(held)) if (!listed.has(id)) this.have.push(id);
    for (const id of missingFrom(held, listed)) this.need.push(id);
  }

  #writeSkip(): void {
    if (this.#skippedTo !== undefined) this.writer.skip(this.#skippedTo);
    this.#skippedTo = undefined;
  }
}
