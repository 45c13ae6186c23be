/**
 * A peer that speaks negentropy V1 and nothing else, written from its specification
 * (https://github.com/hoytech/negentropy/blob/master/docs/negentropy-protocol-v1.md). It shares no code with
 * `main/reconcile/`, and is made to be read, not to be fast.
 */
import { createHash } from 'node:crypto';
import type { Position } from './samples.ts';

const VERSION = 0x61;
const ID_BYTES = 32;
const BUCKETS = 16;
/** Bytes that are kept free below a frame limit, for the fingerprint of all that is left. */
const RESERVED = 200;
const MODULUS = 2n ** 256n;

type Mode = 'skip' | 'fingerprint' | 'ids';
const MODES: readonly Mode[] = ['skip', 'fingerprint', 'ids'];

interface Item {
  readonly timestamp: bigint;
  readonly id: Buffer;
}

/** Undefined is infinity. */
interface Bound {
  readonly timestamp: bigint | undefined;
  readonly prefix: Buffer;
}

const INFINITY: Bound = { timestamp: undefined, prefix: Buffer.alloc(0) };

export class PlainV1 {
  readonly have = new Set<string>();
  readonly need = new Set<string>();
  isDone = false;
  /** Bytes of the longest frame written. */
  longest = 0;
  private readonly items: readonly Item[];
  /** Sums of the ids before each rank. */
  private readonly sums: readonly bigint[];
  private readonly frameBytes: number;
  private isInitiator = false;

  /** `frameBytes`: no frame is longer; without it they may have any length. */
  constructor(positions: readonly Position[], frameBytes = Infinity) {
    this.frameBytes = frameBytes;
    this.items = positions
      .map(({ timestamp, id }) => ({ timestamp, id: Buffer.from(id, 'hex') }))
      .sort((a, b) => compare(a, { timestamp: b.timestamp, prefix: b.id }));
    const sums = [0n];
    for (const { id } of this.items) sums.push(((sums.at(-1) ?? 0n) + littleEndian(id)) % MODULUS);
    this.sums = sums;
  }

  /** The first frame. */
  initiate(): Uint8Array {
    this.isInitiator = true;
    const out = new Output();
    this.split(0, this.items.length, INFINITY, out);
    return this.written(out);
  }

  /** Answers a frame; undefined once an initiator has nothing left to ask. */
  receive(frame: Uint8Array): Uint8Array | undefined {
    const input = new Input(frame);
    if (input.byte() !== VERSION) throw new Error('another version');
    const out = new Output();
    let lower = 0;
    let before: Bound = { timestamp: 0n, prefix: Buffer.alloc(0) };
    let isSkipping = false;
    const skip = (): void => {
      if (isSkipping) out.range(before, 'skip');
      isSkipping = false;
    };
    while (!input.isAtEnd) {
      const upper = input.bound();
      const mode = MODES[Number(input.varint())];
      if (mode === undefined) throw new Error('an unknown mode');
      const to = this.rank(upper, lower);
      const one = new Output(out.lastTimestamp);
      let end = upper;
      if (mode === 'fingerprint') {
        if (input.take(16).equals(this.fingerprint(lower, to))) {
          isSkipping = true;
        } else {
          skip();
          one.lastTimestamp = out.lastTimestamp;
          this.split(lower, to, upper, one);
        }
      } else if (mode === 'ids') {
        const ids = Array.from({ length: Number(input.varint()) }, () => input.take(ID_BYTES));
        if (this.isInitiator) {
          this.compare(lower, to, ids);
          isSkipping = true;
        } else {
          skip();
          one.lastTimestamp = out.lastTimestamp;
          const room = Math.max(0, this.frameBytes - RESERVED - out.length);
          const listed = Math.min(to, lower + Math.floor(room / ID_BYTES));
          if (listed < to) end = this.boundAt(listed);
          one.range(end, 'ids', this.idList(lower, listed));
          if (listed < to) {
            out.append(one);
            out.range(INFINITY, 'fingerprint', this.fingerprint(listed, this.items.length));
            return this.written(out);
          }
        }
      } else {
        isSkipping = true;
      }
      if (out.length + one.length > this.frameBytes - RESERVED) {
        out.range(INFINITY, 'fingerprint', this.fingerprint(lower, this.items.length));
        return this.written(out);
      }
      out.append(one);
      lower = to;
      before = end;
    }
    if (this.isInitiator && out.length === 1) {
      this.isDone = true;
      return undefined;
    }
    return this.written(out);
  }

  private written(out: Output): Uint8Array {
    this.longest = Math.max(this.longest, out.length);
    return new Uint8Array(out.bytes());
  }

  private split(from: number, to: number, upper: Bound, out: Output): void {
    const count = to - from;
    if (count < 2 * BUCKETS) {
      out.range(upper, 'ids', this.idList(from, to));
      return;
    }
    let start = from;
    for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
      const size = Math.floor(count / BUCKETS) + (bucket < count % BUCKETS ? 1 : 0);
      const end = start + size;
      const bound = end === to ? upper : this.boundAt(end);
      out.range(bound, 'fingerprint', this.fingerprint(start, end));
      start = end;
    }
  }

  private compare(from: number, to: number, ids: readonly Buffer[]): void {
    const theirs = new Set(ids.map((id) => id.toString('hex')));
    for (const { id } of this.items.slice(from, to)) {
      const own = id.toString('hex');
      if (!theirs.delete(own)) this.have.add(own);
    }
    for (const id of theirs) this.need.add(id);
  }

  private fingerprint(from: number, to: number): Buffer {
    const sum = ((this.sums[to] ?? 0n) - (this.sums[from] ?? 0n) + MODULUS) % MODULUS;
    const digits = Buffer.from(sum.toString(16).padStart(64, '0'), 'hex').reverse();
    const hash = createHash('sha256')
      .update(digits)
      .update(varint(BigInt(to - from)));
    return hash.digest().subarray(0, 16);
  }

  private idList(from: number, to: number): Buffer {
    const ids = this.items.slice(from, to).map(({ id }) => id);
    return Buffer.concat([varint(BigInt(ids.length)), ...ids]);
  }

  /** The first item that is not before the bound. */
  private rank(bound: Bound, from: number): number {
    let [low, high] = [from, this.items.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const item = this.items[middle];
      if (item !== undefined && compare(item, bound) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The shortest bound between the item of the rank and the one before it. */
  private boundAt(rank: number): Bound {
    const [previous, next] = [this.items[rank - 1], this.items[rank]];
    if (next === undefined) return INFINITY;
    if (previous?.timestamp !== next.timestamp) {
      return { timestamp: next.timestamp, prefix: Buffer.alloc(0) };
    }
    let shared = 0;
    while (shared < ID_BYTES && previous.id[shared] === next.id[shared]) shared += 1;
    return { timestamp: next.timestamp, prefix: next.id.subarray(0, shared + 1) };
  }
}

function compare(item: Item, bound: Bound): number {
  if (bound.timestamp === undefined) return -1;
  if (item.timestamp !== bound.timestamp) return item.timestamp < bound.timestamp ? -1 : 1;
  const padded = Buffer.alloc(ID_BYTES);
  bound.prefix.copy(padded);
  return Buffer.compare(item.id, padded);
}

function littleEndian(id: Buffer): bigint {
  return BigInt(`0x${Buffer.from(id).reverse().toString('hex')}`);
}

/** Most significant digit first, seven bits each. */
function varint(value: bigint): Buffer {
  const digits = [Number(value % 128n)];
  for (let rest = value / 128n; rest > 0n; rest /= 128n) digits.unshift(128 + Number(rest % 128n));
  return Buffer.from(digits);
}

class Output {
  length = 0;
  lastTimestamp: bigint;
  private readonly parts: Buffer[] = [];

  /** A frame, or, with the timestamp that was written last, a part of one. */
  constructor(lastTimestamp?: bigint) {
    this.lastTimestamp = lastTimestamp ?? 0n;
    if (lastTimestamp === undefined) this.write(Buffer.from([VERSION]));
  }

  range(upper: Bound, mode: Mode, payload: Buffer = Buffer.alloc(0)): void {
    const { timestamp, prefix } = upper;
    this.write(varint(timestamp === undefined ? 0n : 1n + timestamp - this.lastTimestamp));
    if (timestamp !== undefined) this.lastTimestamp = timestamp;
    this.write(Buffer.concat([varint(BigInt(prefix.length)), prefix]));
    this.write(Buffer.concat([varint(BigInt(MODES.indexOf(mode))), payload]));
  }

  append(other: Output): void {
    if (other.length === 0) return;
    this.write(other.bytes());
    this.lastTimestamp = other.lastTimestamp;
  }

  bytes(): Buffer {
    return Buffer.concat(this.parts);
  }

  private write(bytes: Buffer): void {
    this.parts.push(bytes);
    this.length += bytes.length;
  }
}

class Input {
  private readonly bytes: Buffer;
  private at = 0;
  private lastTimestamp = 0n;

  constructor(frame: Uint8Array) {
    this.bytes = Buffer.from(frame);
  }

  get isAtEnd(): boolean {
    return this.at === this.bytes.length;
  }

  byte(): number {
    return this.take(1)[0] ?? 0;
  }

  take(length: number): Buffer {
    if (this.at + length > this.bytes.length) throw new Error('the frame is cut off');
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  varint(): bigint {
    let value = 0n;
    for (;;) {
      const byte = this.byte();
      value = value * 128n + BigInt(byte & 127);
      if (byte < 128) return value;
    }
  }

  bound(): Bound {
    const encoded = this.varint();
    const prefix = this.take(Number(this.varint()));
    if (encoded === 0n) return { timestamp: undefined, prefix };
    this.lastTimestamp += encoded - 1n;
    return { timestamp: this.lastTimestamp, prefix };
  }
}
