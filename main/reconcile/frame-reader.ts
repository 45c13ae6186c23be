import { compareBounds, END, START, type Bound } from './bound.ts';
import {
  FINGERPRINT_BYTES,
  ID_BYTES,
  MAX_FRAME_BYTES,
  MAX_RANGES,
  MAX_TIMESTAMP,
  MAX_VARINT,
  MAX_VARINT_BYTES,
  PROTOCOL_VERSION,
} from './constants.ts';
import { FrameError } from './errors.ts';

/** What a frame says of the positions from the bound of the range before it (at first: the start) to `upper`. */
export type Range =
  | { readonly mode: 'skip'; readonly upper: Bound }
  | { readonly mode: 'fingerprint'; readonly upper: Bound; readonly fingerprint: Uint8Array }
  /** `ids`: 32 bytes each. */
  | { readonly mode: 'ids'; readonly upper: Bound; readonly ids: Uint8Array };

/**
 * Reads a frame of negentropy V1 into its ranges, skips that follow one another as one. Their bytes are views of the frame's.
 * Throws `FrameError` on everything else, in time and memory bounded by MAX_FRAME_BYTES and MAX_RANGES.
 */
export function readFrame(frame: Uint8Array): Range[] {
  if (frame.byteLength > MAX_FRAME_BYTES) {
    throw new FrameError('too-large', `a frame of ${frame.byteLength} bytes`);
  }
  if (frame[0] !== PROTOCOL_VERSION) {
    throw new FrameError('version', 'a frame of another protocol version');
  }
  const reader = new FrameReader(frame);
  const ranges: Range[] = [];
  while (!reader.isAtEnd) {
    const range = reader.range();
    if (range.mode === 'skip' && ranges.at(-1)?.mode === 'skip') ranges.pop();
    if (ranges.push(range) > MAX_RANGES) throw new FrameError('too-large', 'too many ranges');
  }
  return ranges;
}

class FrameReader {
  readonly #bytes: Uint8Array;
  #at = 1;
  #last = START;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  range(): Range {
    const upper = this.#bound();
    const mode = this.#number();
    switch (mode) {
      case 0:
        return { mode: 'skip', upper };
      case 1:
        return { mode: 'fingerprint', upper, fingerprint: this.#take(FINGERPRINT_BYTES) };
      case 2:
        return { mode: 'ids', upper, ids: this.#take(this.#number() * ID_BYTES) };
      default:
        throw new FrameError('mode', 'a range of unknown mode');
    }
  }

  #bound(): Bound {
    const timestamp = this.#timestamp();
    const length = this.#number();
    if (length > ID_BYTES) throw new FrameError('bound', 'a bound with a prefix above 32 bytes');
    if (timestamp === Infinity && length > 0) {
      throw new FrameError('bound', 'a bound at infinity with a prefix');
    }
    const bound = timestamp === Infinity ? END : { timestamp, prefix: this.#take(length) };
    if (compareBounds(bound, this.#last) < 0) throw new FrameError('bound', 'bounds out of order');
    this.#last = bound;
    return bound;
  }

  /** 0 stands for infinity, anything else for one more than the distance from the timestamp before. */
  #timestamp(): number {
    const encoded = this.#number();
    if (encoded === 0) return Infinity;
    // In this order: a sum above 2^53 would be rounded.
    const timestamp = this.#last.timestamp + (encoded - 1);
    if (timestamp > MAX_TIMESTAMP && this.#last.timestamp !== Infinity) {
      throw new FrameError('timestamp', 'a timestamp above 2^53 − 1');
    }
    return timestamp;
  }

  #number(): number {
    let value = 0;
    for (let length = 1; ; length += 1) {
      const byte = this.#byte();
      if (length > MAX_VARINT_BYTES || (length === 1 && byte === 0x80)) {
        throw new FrameError('number', 'a number with too many digits');
      }
      // Not with shifts, which end at 32 bits.
      value = value * 128 + (byte & 0x7f);
      if (value > MAX_VARINT) throw new FrameError('number', 'a number above 2^53');
      if (byte < 0x80) return value;
    }
  }

  #byte(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw new FrameError('truncated', 'the frame ends within a number');
    this.#at += 1;
    return byte;
  }

  #take(length: number): Uint8Array {
    if (length > this.#bytes.length - this.#at) {
      throw new FrameError('truncated', 'the frame ends within a range');
    }
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }
}
