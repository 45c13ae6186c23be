/**
 * A set of whole numbers from 0 to 2^53 - 1, kept as the intervals that they make: a hundred thousand numbers in a row cost as much
 * as one. Not of use where few of the numbers are neighbours.
 */
export class IntervalSet {
  /** First and last of each interval, ascending; between two intervals at least one number is missing. */
  #bounds: number[] = [];
  #size = 0;

  /** How many numbers are in it. */
  get size(): number {
    return this.#size;
  }

  /** First and last of each interval, one after another, in ascending order. */
  get bounds(): readonly number[] {
    return this.#bounds;
  }

  has(value: number): boolean {
    const at = this.#intervalUpTo(value);
    return at >= 0 && value <= this.#last(at);
  }

  /** Returns whether it was not in it. */
  add(value: number): boolean {
    if (this.has(value)) return false;
    const before = this.#intervalUpTo(value);
    const joinsBefore = before >= 0 && this.#last(before) === value - 1;
    const after = before + 1;
    const joinsAfter = 2 * after < this.#bounds.length && this.#first(after) === value + 1;
    if (joinsBefore && joinsAfter) this.#bounds.splice(2 * before + 1, 2);
    else if (joinsBefore) this.#bounds[2 * before + 1] = value;
    else if (joinsAfter) this.#bounds[2 * after] = value;
    else this.#bounds.splice(2 * after, 0, value, value);
    this.#size += 1;
    return true;
  }

  /** Returns whether it was in it. */
  delete(value: number): boolean {
    const at = this.#intervalUpTo(value);
    if (at < 0 || value > this.#last(at)) return false;
    const [first, last] = [this.#first(at), this.#last(at)];
    const rest: number[] = [];
    if (first < value) rest.push(first, value - 1);
    if (value < last) rest.push(value + 1, last);
    this.#bounds.splice(2 * at, 2, ...rest);
    this.#size -= 1;
    return true;
  }

  /** Takes out all numbers up to `value`. Returns how many there were. */
  deleteUpTo(value: number): number {
    const before = this.#size;
    const kept: number[] = [];
    let size = 0;
    for (const [first, last] of this.intervals()) {
      if (last <= value) continue;
      const from = Math.max(first, value + 1);
      kept.push(from, last);
      size += last - from + 1;
    }
    this.#bounds = kept;
    this.#size = size;
    return before - size;
  }

  /** Takes out the numbers of the intervals whose bounds are given, in ascending order. Returns how many were in it. */
  deleteAll(others: readonly number[]): number {
    const bounds: number[] = [];
    let size = 0;
    for (const [first, last] of this.without(others)) {
      bounds.push(first, last);
      size += last - first + 1;
    }
    const deleted = this.#size - size;
    this.#bounds = bounds;
    this.#size = size;
    return deleted;
  }

  *intervals(): Generator<readonly [first: number, last: number]> {
    for (let at = 0; at < this.#bounds.length; at += 2) {
      yield [this.#bounds[at] ?? 0, this.#bounds[at + 1] ?? 0];
    }
  }

  /** The intervals of what is in this set and not in the other, whose bounds are given. */
  *without(others: readonly number[]): Generator<readonly [first: number, last: number]> {
    let at = 0;
    for (const [first, last] of this.intervals()) {
      let from = first;
      while (at < others.length && (others[at + 1] ?? 0) < from) at += 2;
      let next = at;
      while (next < others.length && (others[next] ?? 0) <= last) {
        const otherFirst = others[next] ?? 0;
        if (from < otherFirst) yield [from, otherFirst - 1];
        from = Math.max(from, (others[next + 1] ?? 0) + 1);
        next += 2;
      }
      if (from <= last) yield [from, last];
    }
  }

  /** The intervals as varints: the gap before each, and its length less one. */
  pack(): Uint8Array {
    const bytes: number[] = [];
    let end = 0;
    for (const [first, last] of this.intervals()) {
      pushVarint(bytes, first - end);
      pushVarint(bytes, last - first);
      end = last;
    }
    return Uint8Array.from(bytes);
  }

  /** The set with these bounds: first and last of each interval, ascending, with a gap between any two. */
  static of(bounds: readonly number[]): IntervalSet {
    const set = new IntervalSet();
    set.#bounds = [...bounds];
    for (const [first, last] of set.intervals()) set.#size += last - first + 1;
    return set;
  }

  /** The opposite of `pack`. Throws `RangeError` where a number is cut off or too large. */
  static unpack(packed: Uint8Array): IntervalSet {
    const set = new IntervalSet();
    const reader = { at: 0 };
    let end = 0;
    while (reader.at < packed.byteLength) {
      const first = end + readVarint(packed, reader);
      const last = first + readVarint(packed, reader);
      if (!Number.isSafeInteger(last)) throw new RangeError('an interval beyond 2^53');
      set.#bounds.push(first, last);
      set.#size += last - first + 1;
      end = last;
    }
    return set;
  }

  /** The number of the last interval that begins at or before `value`; -1 where there is none. */
  #intervalUpTo(value: number): number {
    let low = 0;
    let high = this.#bounds.length / 2;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#first(middle) <= value) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  #first(interval: number): number {
    return this.#bounds[2 * interval] ?? 0;
  }

  #last(interval: number): number {
    return this.#bounds[2 * interval + 1] ?? 0;
  }
}

function pushVarint(bytes: number[], value: number): void {
  let rest = value;
  // 2^53 does not fit the 32 bits of the bit operators.
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push(128 + (rest % 128));
  bytes.push(rest);
}

function readVarint(packed: Uint8Array, reader: { at: number }): number {
  let value = 0;
  for (let scale = 1; ; scale *= 128) {
    const byte = packed[reader.at];
    if (byte === undefined || scale > Number.MAX_SAFE_INTEGER) {
      throw new RangeError('a number is cut off, or too large');
    }
    reader.at += 1;
    value += (byte % 128) * scale;
    if (byte < 128) return value;
  }
}
