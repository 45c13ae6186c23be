import { fromHex } from '../helpers/bytes.ts';
import type { MessageId } from '../helpers/ids.ts';
import { boundBetween, END, orderTimestamp, START, type Bound } from './bound.ts';
import { Chunk } from './chunk.ts';
import { ID_BYTES, POSITION_BYTES } from './constants.ts';
import { fingerprintOf } from './fingerprint.ts';
import { SumTree } from './sum-tree.ts';
import { subtractSum, SUM_WORDS } from './sums.ts';

/** A chunk, by its number, and a place in it. */
interface Place {
  readonly index: number;
  readonly offset: number;
}

/**
 * The messages of one group in order of (timestamp, id), without their bodies: 42 bytes each when they come in order, below
 * 85 however they come. It is changed and read at any time; a *rank* (how many positions lie before) holds until the
 * next insert, a `Bound` for ever.
 *
 * Costs, for n positions: insert, rank and fingerprint of any range O(chunk + log n), some microseconds.
 */
export class OrderedIds {
  readonly #chunks: Chunk[] = [];
  /** Undefined when it has to be made anew, as chunks were put in between. */
  #sumTree: SumTree | undefined;
  #size = 0;
  readonly #added = new Uint32Array(SUM_WORDS);

  get size(): number {
    return this.#size;
  }

  /** False if it was there. `timestamp` is any int64, see `orderTimestamp`. */
  insert(timestamp: bigint, id: MessageId): boolean {
    return this.#insert(orderTimestamp(timestamp), fromHex(id));
  }

  /**
   * Inserts positions of 40 bytes each: the timestamp as a big-endian int64, then the id. In any order; in ascending order,
   * after all that is there, it is fastest. Returns how many are new. Throws `RangeError` on a part of a position.
   */
  insertPacked(positions: Uint8Array): number {
    if (positions.byteLength % POSITION_BYTES !== 0) {
      throw new RangeError(`a position has ${POSITION_BYTES} bytes`);
    }
    const view = new DataView(positions.buffer, positions.byteOffset, positions.byteLength);
    const before = this.#size;
    for (let at = 0; at < positions.byteLength; at += POSITION_BYTES) {
      const id = positions.subarray(at + POSITION_BYTES - ID_BYTES, at + POSITION_BYTES);
      this.#insert(orderTimestamp(view.getBigInt64(at)), id);
    }
    return this.#size - before;
  }

  has(timestamp: bigint, id: MessageId): boolean {
    const bytes = fromHex(id);
    const order = orderTimestamp(timestamp);
    return this.#isAt(this.#place(order, bytes), order, bytes);
  }

  /** How many positions lie before `bound`. */
  rank(bound: Bound): number {
    if (bound.timestamp === Infinity) return this.#size;
    const { index, offset } = this.#place(bound.timestamp, bound.prefix);
    return this.#totals.countBefore(index) + offset;
  }

  /** The shortest bound that has exactly `rank` positions before it; infinity if those are all. */
  boundAt(rank: number): Bound {
    if (rank <= 0) return START;
    return rank < this.#size ? boundBetween(this.#position(rank - 1), this.#position(rank)) : END;
  }

  /** 16 bytes: the fingerprint of the positions from rank `from` up to rank `to`. */
  fingerprint(from: number, to: number): Uint8Array {
    const lower = this.#totals.find(from);
    const upper = this.#totals.find(to);
    const sum = new Uint32Array(SUM_WORDS);
    if (lower.index === upper.index) {
      this.#chunks[lower.index]?.addIds(lower.offset, upper.offset, sum);
    } else {
      this.#addSumBefore(upper, sum);
      const below = new Uint32Array(SUM_WORDS);
      this.#addSumBefore(lower, below);
      subtractSum(sum, below);
    }
    return fingerprintOf(sum, to - from);
  }

  /** A copy of the ids from rank `from` up to rank `to`, 32 bytes each. */
  ids(from: number, to: number): Uint8Array {
    const ids = new Uint8Array((to - from) * ID_BYTES);
    let { index, offset } = this.#totals.find(from);
    for (let copied = 0; copied < ids.length; index += 1, offset = 0) {
      const chunk = this.#chunks[index];
      if (chunk === undefined) throw new RangeError('a rank beyond the last position');
      const end = Math.min(chunk.size, offset + (ids.length - copied) / ID_BYTES);
      ids.set(chunk.ids(offset, end), copied);
      copied += (end - offset) * ID_BYTES;
    }
    return ids;
  }

  get #totals(): SumTree {
    return (this.#sumTree ??= new SumTree(this.#chunks));
  }

  #insert(timestamp: number, id: Uint8Array): boolean {
    const place = this.#isAfterAll(timestamp, id) ? this.#end() : this.#place(timestamp, id);
    const { index, offset } = place;
    const chunk = this.#chunks[index];
    if (this.#isAt(place, timestamp, id)) return false;
    if (chunk === undefined) this.#append(new Chunk());
    else if (chunk.isFull) return this.#makeRoom(chunk, place, timestamp, id);
    this.#chunks[index]?.insert(offset, timestamp, id, this.#added);
    this.#sumTree?.addOne(index, this.#added);
    this.#size += 1;
    return true;
  }

  /** Goes on in an empty chunk when all is full up to the end, as it is when positions come in order; else splits. */
  #makeRoom(chunk: Chunk, { index, offset }: Place, timestamp: number, id: Uint8Array): boolean {
    if (index === this.#chunks.length - 1 && offset === chunk.size) {
      this.#append(new Chunk());
    } else {
      this.#chunks.splice(index + 1, 0, chunk.split());
      this.#sumTree = undefined;
    }
    return this.#insert(timestamp, id);
  }

  #append(chunk: Chunk): void {
    this.#chunks.push(chunk);
    this.#sumTree?.push(chunk);
  }

  #isAt({ index, offset }: Place, timestamp: number, id: Uint8Array): boolean {
    const chunk = this.#chunks[index];
    return chunk !== undefined && offset < chunk.size && chunk.compare(offset, timestamp, id) === 0;
  }

  #isAfterAll(timestamp: number, id: Uint8Array): boolean {
    const last = this.#chunks.at(-1);
    return last === undefined || last.size === 0 || last.compare(last.size - 1, timestamp, id) < 0;
  }

  #end(): Place {
    const index = Math.max(0, this.#chunks.length - 1);
    return { index, offset: this.#chunks[index]?.size ?? 0 };
  }

  /** The first position that is not before that of `timestamp` and `id`, or the end of the chunk in front of it. */
  #place(timestamp: number, id: Uint8Array): Place {
    let low = 0;
    let high = this.#chunks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const chunk = this.#chunks[middle];
      if (chunk !== undefined && chunk.compare(0, timestamp, id) <= 0) low = middle + 1;
      else high = middle;
    }
    const index = Math.max(0, low - 1);
    return { index, offset: this.#chunks[index]?.lowerBound(timestamp, id) ?? 0 };
  }

  #position(rank: number): Bound {
    const { index, offset } = this.#totals.find(rank);
    const chunk = this.#chunks[index];
    if (chunk === undefined) throw new RangeError('a rank beyond the last position');
    return { timestamp: chunk.timestampAt(offset), prefix: chunk.ids(offset, offset + 1) };
  }

  /** Adds the sum of all ids before `place`, from whichever end of its chunk is nearer. */
  #addSumBefore({ index, offset }: Place, target: Uint32Array): void {
    const chunk = this.#chunks[index];
    if (chunk === undefined || offset * 2 <= chunk.size) {
      this.#totals.addSumBefore(index, target);
      chunk?.addIds(0, offset, target);
      return;
    }
    const rest = new Uint32Array(SUM_WORDS);
    chunk.addIds(offset, chunk.size, rest);
    this.#totals.addSumBefore(index + 1, target);
    subtractSum(target, rest);
  }
}
