import { fromHex } from '../helpers/bytes.ts';
import type { MessageId } from '../helpers/ids.ts';
import type { Section } from '../helpers/sections.ts';
import { boundBetween, END, orderTimestamp, START, type Bound } from './bound.ts';
import { Chunk } from './chunk.ts';
import { ID_BYTES, POSITION_BYTES } from './constants.ts';
import { fingerprintOf } from './fingerprint.ts';
import { SumTree } from './sum-tree.ts';
import { UnloadedChunk, type Unloaded } from './unloaded-chunk.ts';
import { subtractSum, SUM_WORDS } from '../helpers/id-sums.ts';

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
 * Made of sections it knows sums in place of positions, which are loaded where a range has to be looked into: `missing…` says
 * which, `beginLoading` and `load` bring them. Until then it throws on what it cannot know.
 *
 * Costs, for n positions: insert, rank and fingerprint of any range O(chunk + log n), some microseconds.
 */
export class OrderedIds {
  readonly #chunks: (Chunk | UnloadedChunk)[] = [];
  #unloaded = 0;
  /** Undefined when it has to be made anew, as chunks were put in between. */
  #sumTree: SumTree | undefined;
  #size = 0;
  readonly #added = new Uint32Array(SUM_WORDS);

  /** @param sections of a group, in order; see `Unloaded` for how their positions come in */
  constructor(sections: readonly Section[] = []) {
    // The first holds whatever lies before all others.
    if (sections.length > 0 && sections[0]?.from !== 0) this.#chunks.push(new Chunk(0));
    for (const section of sections) this.#chunks.push(new UnloadedChunk(section));
    this.#unloaded = sections.length;
    this.#size = sections.reduce((size, { count }) => size + count, 0);
  }

  get size(): number {
    return this.#size;
  }

  /** Whether all positions are loaded. */
  get isLoaded(): boolean {
    return this.#unloaded === 0;
  }

  /** The sections to load before the rank of `bound` is known. */
  missingAt(bound: Bound): readonly Unloaded[] {
    if (this.#unloaded === 0 || bound.timestamp === Infinity) return [];
    const index = this.#indexOf(bound.timestamp, bound.prefix);
    const chunk = this.#chunks[index];
    return chunk instanceof UnloadedChunk && !isStart(chunk, bound.timestamp, bound.prefix)
      ? [this.#range(chunk, index)]
      : [];
  }

  /** The sections with positions from rank `from` up to rank `to` that are not loaded. */
  missingBetween(from: number, to: number): readonly Unloaded[] {
    if (this.#unloaded === 0 || from >= to) return [];
    return this.#missing(this.#totals.find(from).index, this.#totals.find(to - 1).index);
  }

  /** The sections whose sums leave out what was inserted after them, and the newest, which gets most of what is new. */
  get outdated(): readonly Unloaded[] {
    if (this.#unloaded === 0) return [];
    const last = this.#chunks.length - 1;
    return this.#missing(0, last).filter(({ from, to }) => {
      const chunk = this.#chunkFrom(from);
      return to === Infinity || (chunk instanceof UnloadedChunk && chunk.isStale);
    });
  }

  /** To be called before the positions are read: what is inserted from now on is in neither. */
  beginLoading({ from }: Pick<Unloaded, 'from'>): void {
    const chunk = this.#chunkFrom(from);
    if (chunk instanceof UnloadedChunk) chunk.inserted ??= [];
  }

  /**
   * Takes the positions of a section, 40 bytes each, in ascending order. Returns whether they are those that the sum is of, as
   * far as can be known: after an insert it cannot.
   */
  load({ from }: Pick<Unloaded, 'from'>, positions: Uint8Array): boolean {
    const index = this.#indexOf(from, NOTHING);
    const chunk = this.#chunks[index];
    if (!(chunk instanceof UnloadedChunk) || chunk.from !== from) return true;
    const part = new OrderedIds();
    part.insertPacked(positions);
    const isSame =
      chunk.isStale ||
      (part.size === chunk.size &&
        Buffer.compare(part.fingerprint(0, part.size), fingerprintOf(chunk.sum, chunk.size)) === 0);
    for (const { timestamp, id } of chunk.inserted ?? []) part.#insert(timestamp, id);
    if (part.#chunks.length === 0) part.#append(new Chunk());
    const [first] = part.#chunks.map(loaded);
    if (first) first.from = chunk.from;
    this.#chunks.splice(index, 1, ...part.#chunks);
    this.#sumTree = undefined;
    this.#size += part.size - chunk.size;
    this.#unloaded -= 1;
    return isSame;
  }

  /** The rank nearest to `rank` at which positions that are not loaded can be divided. */
  divisionNear(rank: number): number {
    if (this.#unloaded === 0) return rank;
    const { index, offset } = this.#totals.find(rank);
    const chunk = this.#chunks[index];
    if (!(chunk instanceof UnloadedChunk)) return rank;
    return offset * 2 <= chunk.size ? rank - offset : rank - offset + chunk.size;
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
    const { index, offset } = this.#place(order, bytes);
    const chunk = this.#chunks[index];
    return isAt(chunk && loaded(chunk), offset, order, bytes);
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
    if (rank >= this.#size) return END;
    const { index, offset } = this.#totals.find(rank);
    const from = this.#chunks[index]?.from;
    if (offset === 0 && from !== undefined) return { timestamp: from, prefix: NOTHING };
    return boundBetween(this.#position(rank - 1), this.#position(rank));
  }

  /** 16 bytes: the fingerprint of the positions from rank `from` up to rank `to`. */
  fingerprint(from: number, to: number): Uint8Array {
    const lower = this.#totals.find(from);
    const upper = this.#totals.find(to);
    const sum = new Uint32Array(SUM_WORDS);
    if (lower.index === upper.index) {
      const chunk = this.#chunks[lower.index];
      if (chunk && from < to) loaded(chunk).addIds(lower.offset, upper.offset, sum);
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
      if (chunk.size === 0) continue;
      const end = Math.min(chunk.size, offset + (ids.length - copied) / ID_BYTES);
      ids.set(loaded(chunk).ids(offset, end), copied);
      copied += (end - offset) * ID_BYTES;
    }
    return ids;
  }

  get #totals(): SumTree {
    return (this.#sumTree ??= new SumTree(this.#chunks));
  }

  /** Of what is not loaded it cannot be said whether it is new: false. */
  #insert(timestamp: number, id: Uint8Array): boolean {
    const index = this.#isAfterAll(timestamp, id)
      ? Math.max(0, this.#chunks.length - 1)
      : this.#indexOf(timestamp, id);
    const chunk = this.#chunks[index];
    if (chunk instanceof UnloadedChunk) {
      chunk.insert(timestamp, id);
      return false;
    }
    const offset = chunk?.lowerBound(timestamp, id) ?? 0;
    if (isAt(chunk, offset, timestamp, id)) return false;
    if (chunk === undefined) this.#append(new Chunk());
    else if (chunk.isFull) return this.#makeRoom(chunk, { index, offset }, timestamp, id);
    const target = this.#chunks[index];
    if (target === undefined) throw new Error('a chunk is missing');
    loaded(target).insert(offset, timestamp, id, this.#added);
    this.#sumTree?.addOne(index, this.#added);
    this.#size += 1;
    return true;
  }

  /** Goes on in an empty chunk when all is full up to the end, as it is when positions come in order; else splits. */
  #makeRoom(chunk: Chunk, { index, offset }: Place, timestamp: number, id: Uint8Array): boolean {
    if (index === this.#chunks.length - 1 && offset === chunk.size) {
      const next = new Chunk();
      next.insert(0, timestamp, id, this.#added);
      this.#append(next);
      this.#size += 1;
      return true;
    }
    this.#chunks.splice(index + 1, 0, chunk.split());
    this.#sumTree = undefined;
    return this.#insert(timestamp, id);
  }

  #append(chunk: Chunk): void {
    this.#chunks.push(chunk);
    this.#sumTree?.push(chunk);
  }

  #isAfterAll(timestamp: number, id: Uint8Array): boolean {
    const last = this.#chunks.at(-1);
    if (last === undefined) return true;
    if (last instanceof UnloadedChunk || last.size === 0) return false;
    return last.compare(last.size - 1, timestamp, id) < 0;
  }

  /** The first position that is not before that of `timestamp` and `id`, or the end of the chunk in front of it. */
  #place(timestamp: number, id: Uint8Array): Place {
    const index = this.#indexOf(timestamp, id);
    const chunk = this.#chunks[index];
    if (chunk === undefined || isStart(chunk, timestamp, id)) return { index, offset: 0 };
    return { index, offset: loaded(chunk).lowerBound(timestamp, id) };
  }

  /** Of the chunk in which it lies. */
  #indexOf(timestamp: number, id: Uint8Array): number {
    let low = 0;
    let high = this.#chunks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const chunk = this.#chunks[middle];
      if (chunk !== undefined && beginsBefore(chunk, timestamp, id)) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, low - 1);
  }

  #chunkFrom(from: number): Chunk | UnloadedChunk | undefined {
    return this.#chunks[this.#indexOf(from, NOTHING)];
  }

  #missing(first: number, last: number): Unloaded[] {
    const missing: Unloaded[] = [];
    for (let index = first; index <= last; index += 1) {
      const chunk = this.#chunks[index];
      if (chunk instanceof UnloadedChunk) missing.push(this.#range(chunk, index));
    }
    return missing;
  }

  #range({ from, size }: UnloadedChunk, index: number): Unloaded {
    // The chunk after an unloaded one was a section itself.
    return { from, to: this.#chunks[index + 1]?.from ?? Infinity, count: size };
  }

  #position(rank: number): Bound {
    const { index, offset } = this.#totals.find(rank);
    const chunk = this.#chunks[index];
    if (chunk === undefined) throw new RangeError('a rank beyond the last position');
    const held = loaded(chunk);
    return { timestamp: held.timestampAt(offset), prefix: held.ids(offset, offset + 1) };
  }

  /** Adds the sum of all ids before `place`, from whichever end of its chunk is nearer. */
  #addSumBefore({ index, offset }: Place, target: Uint32Array): void {
    const chunk = this.#chunks[index];
    if (chunk === undefined || offset * 2 <= chunk.size) {
      this.#totals.addSumBefore(index, target);
      if (chunk !== undefined && offset > 0) loaded(chunk).addIds(0, offset, target);
      return;
    }
    const rest = new Uint32Array(SUM_WORDS);
    loaded(chunk).addIds(offset, chunk.size, rest);
    this.#totals.addSumBefore(index + 1, target);
    subtractSum(target, rest);
  }
}

const NOTHING = new Uint8Array(0);

/** Throws `Error` for what had to be loaded before. */
function loaded(chunk: Chunk | UnloadedChunk): Chunk {
  if (chunk instanceof UnloadedChunk) throw new Error('these positions are not loaded');
  return chunk;
}

/** Whether it lies before everything that may be in the chunk. */
function isStart({ from }: Chunk | UnloadedChunk, timestamp: number, id: Uint8Array): boolean {
  return from === timestamp && id.every((byte) => byte === 0);
}

function beginsBefore(chunk: Chunk | UnloadedChunk, timestamp: number, id: Uint8Array): boolean {
  if (chunk.from !== undefined) return chunk.from <= timestamp;
  return loaded(chunk).compare(0, timestamp, id) <= 0;
}

function isAt(chunk: Chunk | undefined, at: number, timestamp: number, id: Uint8Array): boolean {
  return chunk !== undefined && at < chunk.size && chunk.compare(at, timestamp, id) === 0;
}
