import type { Bound } from './bound.ts';
import { FINGERPRINT_BYTES, ID_BYTES, MAX_BOUND_BYTES, PROTOCOL_VERSION } from './constants.ts';
import { varintBytes } from './varint.ts';

const SKIP = 0;
const FINGERPRINT = 1;
const ID_LIST = 2;

/** Takes the ranges of a frame in order, each from where the one before it ended to `upper`. */
export interface RangeSink {
  skip(upper: Bound): void;
  /** `fingerprint`: 16 bytes. */
  fingerprint(upper: Bound, fingerprint: Uint8Array): void;
  /** `ids`: 32 bytes each. */
  ids(upper: Bound, ids: Uint8Array): void;
}

/** A state to go back to. */
interface Mark {
  readonly length: number;
  readonly timestamp: number;
}

/** Writes one frame of negentropy V1. */
export class FrameWriter implements RangeSink {
  #bytes = new Uint8Array(1024);
  #length = 0;
  /** Bounds are written as the distance from the timestamp before, which is 0 at first. */
  #timestamp = 0;

  constructor() {
    this.#bytes[0] = PROTOCOL_VERSION;
    this.#length = 1;
  }

  /** Bytes written so far. */
  get length(): number {
    return this.#length;
  }

  /** No range was written: it says that nothing is left to say. */
  get isEmpty(): boolean {
    return this.#length === 1;
  }

  skip(upper: Bound): void {
    this.#range(upper, SKIP, 0);
  }

  fingerprint(upper: Bound, fingerprint: Uint8Array): void {
    this.#range(upper, FINGERPRINT, FINGERPRINT_BYTES);
    this.#write(fingerprint);
  }

  ids(upper: Bound, ids: Uint8Array): void {
    this.#range(upper, ID_LIST, ids.length);
    this.#write(varintBytes(ids.length / ID_BYTES));
    this.#write(ids);
  }

  mark(): Mark {
    return { length: this.#length, timestamp: this.#timestamp };
  }

  rewind({ length, timestamp }: Mark): void {
    this.#length = length;
    this.#timestamp = timestamp;
  }

  /** A copy of the frame. */
  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  #range(upper: Bound, mode: number, payloadBytes: number): void {
    this.#reserve(2 * MAX_BOUND_BYTES + payloadBytes);
    if (upper.timestamp === Infinity) {
      this.#write([0]);
    } else {
      this.#write(varintBytes(1 + upper.timestamp - this.#timestamp));
      this.#timestamp = upper.timestamp;
    }
    this.#write([upper.prefix.length]);
    this.#write(upper.prefix);
    this.#write([mode]);
  }

  #write(bytes: ArrayLike<number>): void {
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  #reserve(bytes: number): void {
    if (this.#length + bytes <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + bytes));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}
