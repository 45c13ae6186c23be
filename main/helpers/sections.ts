import { addIds, SUM_WORDS } from './id-sums.ts';

/**
 * A section: some positions of a group that adjoin, with the sum of their ids. Where sections begin follows from the ids that are
 * held and from nothing else, so that two devices with the same messages have the same sections in whatever order these came.
 */
export interface Section {
  /**
   * The timestamp from which on it has all positions, up to the one from which on the next has them. 0 in the first, which
   * also has those from before 1970.
   */
  readonly from: number;
  readonly count: number;
  /** Of the ids as little-endian numbers, mod 2^256: eight words, the least significant first. */
  readonly sum: Uint32Array;
}

/**
 * A section begins at the timestamp of every id whose last number of so many bits is 0: one in 512. A million messages
 * have some 2,000 sections, which are read in some 10 ms; the positions of one in about a millisecond.
 */
const BEGINNING_BITS = 9;
const BEGINNING_MASK = 2 ** BEGINNING_BITS - 1;

/** Bytes of a packed section: `from` as a big-endian uint64, `count` as a big-endian uint32, the sum as a little-endian number. */
const SECTION_BYTES = 8 + 4 + 4 * SUM_WORDS;

const POSITION_BYTES = 40;
const ID_AT = 8;

/** Whether a section begins at the timestamp of this position: `timestamp` any int64, `id` of 32 bytes. */
export function beginsSection(timestamp: bigint, id: Uint8Array): boolean {
  // Beyond these, many timestamps are one in the order of reconciliation.
  if (timestamp <= 0n || timestamp >= BigInt(Number.MAX_SAFE_INTEGER)) return false;
  return ((((id[30] ?? 0) << 8) | (id[31] ?? 0)) & BEGINNING_MASK) === 0;
}

/** The sections of positions in ascending order, packed as `packPositions` has them (40 bytes each). None is empty. */
export function sectionsOf(positions: Uint8Array): Section[] {
  const view = new DataView(positions.buffer, positions.byteOffset, positions.byteLength);
  const sections: Section[] = [];
  let from = 0;
  let start = 0;
  const end = (at: number): void => {
    if (at === start) return;
    const sum = new Uint32Array(SUM_WORDS);
    addSteps(sum, view, start, at);
    sections.push({ from, count: (at - start) / POSITION_BYTES, sum });
    start = at;
  };
  // Of all that have one timestamp any may make it the beginning of a section.
  let timestampAt = 0;
  for (let at = 0; at < positions.byteLength; at += POSITION_BYTES) {
    const timestamp = view.getBigInt64(at);
    if (timestamp !== view.getBigInt64(timestampAt)) timestampAt = at;
    if (start === timestampAt && from === Number(timestamp)) continue;
    if (!beginsSection(timestamp, positions.subarray(at + ID_AT, at + POSITION_BYTES))) continue;
    end(timestampAt);
    from = Number(timestamp);
  }
  end(positions.byteLength);
  return sections;
}

/** Adds the ids of the positions from byte `start` up to byte `end`. */
function addSteps(sum: Uint32Array, view: DataView, start: number, end: number): void {
  for (let at = start; at < end; at += POSITION_BYTES) addIds(sum, view, at + ID_AT, 1);
}

export function packSections(sections: readonly Section[]): Uint8Array {
  const packed = new Uint8Array(sections.length * SECTION_BYTES);
  const view = new DataView(packed.buffer);
  for (const [index, { from, count, sum }] of sections.entries()) {
    const at = index * SECTION_BYTES;
    view.setBigUint64(at, BigInt(from));
    view.setUint32(at + 8, count);
    packed.set(sumBytes(sum), at + 12);
  }
  return packed;
}

/** The other way round. Throws `RangeError` where `packed` is no whole number of sections. */
export function unpackSections(packed: Uint8Array): Section[] {
  if (packed.byteLength % SECTION_BYTES !== 0) throw new RangeError('a section is cut off');
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  return Array.from({ length: packed.byteLength / SECTION_BYTES }, (_, index) => {
    const at = index * SECTION_BYTES;
    const sum = sumOf(packed.subarray(at + 12, at + SECTION_BYTES));
    return { from: Number(view.getBigUint64(at)), count: view.getUint32(at + 8), sum };
  });
}

/** 32 bytes, little-endian. */
export function sumBytes(sum: Uint32Array): Uint8Array {
  const bytes = new Uint8Array(4 * SUM_WORDS);
  const view = new DataView(bytes.buffer);
  for (let word = 0; word < SUM_WORDS; word += 1) view.setUint32(4 * word, sum[word] ?? 0, true);
  return bytes;
}

/** The other way round, of 32 bytes. */
export function sumOf(bytes: Uint8Array): Uint32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Uint32Array.from({ length: SUM_WORDS }, (_, word) => view.getUint32(4 * word, true));
}
