import { CHUNK_POSITIONS, ID_BYTES } from './constants.ts';
import { addIds, addSum, SUM_WORDS } from '../helpers/id-sums.ts';

const TIMESTAMPS_BYTES = CHUNK_POSITIONS * Float64Array.BYTES_PER_ELEMENT;

/** Some neighbouring positions in order, in one buffer of flat arrays, with the sum of their ids. */
export class Chunk {
  size = 0;
  /** The timestamp that bounds it below where it follows, or was, a section; undefined where its first position does. */
  from: number | undefined;
  readonly sum = new Uint32Array(SUM_WORDS);
  readonly #timestamps: Float64Array;
  readonly #ids: Uint8Array;
  readonly #view: DataView;

  constructor(from?: number) {
    this.from = from;
    const buffer = new ArrayBuffer(TIMESTAMPS_BYTES + CHUNK_POSITIONS * ID_BYTES);
    this.#timestamps = new Float64Array(buffer, 0, CHUNK_POSITIONS);
    this.#ids = new Uint8Array(buffer, TIMESTAMPS_BYTES);
    this.#view = new DataView(buffer, TIMESTAMPS_BYTES);
  }

  get isFull(): boolean {
    return this.size === CHUNK_POSITIONS;
  }

  timestampAt(at: number): number {
    return this.#timestamps[at] ?? Infinity;
  }

  /** The ids from `from` up to `to`, 32 bytes each, valid until the next insert. */
  ids(from: number, to: number): Uint8Array {
    return this.#ids.subarray(from * ID_BYTES, to * ID_BYTES);
  }

  /** Negative, 0 or positive, as the position at `at` lies before, at or after that of `timestamp` and `id`. */
  compare(at: number, timestamp: number, id: Uint8Array): number {
    const own = this.timestampAt(at);
    if (own !== timestamp) return own < timestamp ? -1 : 1;
    for (let byte = 0; byte < ID_BYTES; byte += 1) {
      const difference = (this.#ids[at * ID_BYTES + byte] ?? 0) - (id[byte] ?? 0);
      if (difference !== 0) return difference;
    }
    return 0;
  }

  /** How many positions lie before that of `timestamp` and `id`; the omitted bytes of an id count as zero. */
  lowerBound(timestamp: number, id: Uint8Array): number {
    let low = 0;
    let high = this.size;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.compare(middle, timestamp, id) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Puts a position at `at`, and sets `added` to its id as a sum. There must be room. */
  insert(at: number, timestamp: number, id: Uint8Array, added: Uint32Array): void {
    if (at < this.size) {
      this.#timestamps.copyWithin(at + 1, at, this.size);
      this.#ids.copyWithin((at + 1) * ID_BYTES, at * ID_BYTES, this.size * ID_BYTES);
    }
    this.#timestamps[at] = timestamp;
    this.#ids.set(id, at * ID_BYTES);
    this.size += 1;
    added.fill(0);
    addIds(added, this.#view, at * ID_BYTES, 1);
    addSum(this.sum, 0, added, 0);
  }

  /** Moves the upper half to a new chunk. */
  split(): Chunk {
    const upper = new Chunk();
    const half = this.size >>> 1;
    upper.#timestamps.set(this.#timestamps.subarray(half, this.size));
    upper.#ids.set(this.ids(half, this.size));
    upper.size = this.size - half;
    upper.addIds(0, upper.size, upper.sum);
    this.size = half;
    this.sum.fill(0);
    this.addIds(0, half, this.sum);
    return upper;
  }

  /** Adds the ids from `from` up to `to` to `target`. */
  addIds(from: number, to: number, target: Uint32Array): void {
    addIds(target, this.#view, from * ID_BYTES, to - from);
  }
}
