/** Bytes of an id: a SHA-256. */
const ID_BYTES = 32;

/** 32-bit words of a sum of ids: 256 bits, the least significant word first. */
export const SUM_WORDS = ID_BYTES / 4;

const WORD_MAX = 0xffff_ffff;

/** Adds the eight words of `source` from word `from` on to those of `target` from word `to` on, mod 2^256. */
export function addSum(target: Uint32Array, to: number, source: Uint32Array, from: number): void {
  let carry = 0;
  for (let word = 0; word < SUM_WORDS; word += 1) {
    const sum = (target[to + word] ?? 0) + (source[from + word] ?? 0) + carry;
    target[to + word] = sum;
    carry = sum > WORD_MAX ? 1 : 0;
  }
}

/** Takes the eight words of `source` off those of `target`, mod 2^256. */
export function subtractSum(target: Uint32Array, source: Uint32Array): void {
  let borrow = 0;
  for (let word = 0; word < SUM_WORDS; word += 1) {
    const difference = (target[word] ?? 0) - (source[word] ?? 0) - borrow;
    target[word] = difference;
    borrow = difference < 0 ? 1 : 0;
  }
}

/**
 * Adds `count` ids, little-endian numbers that stand at `offset` of `ids` one after another, mod 2^256. Word by word over all
 * ids, so that carries are dealt with once: a double holds the sum of 2^21 words exactly, and a chunk has far fewer ids.
 */
export function addIds(target: Uint32Array, ids: DataView, offset: number, count: number): void {
  const end = offset + count * ID_BYTES;
  let carry = 0;
  for (let word = 0; word < SUM_WORDS; word += 1) {
    let sum = (target[word] ?? 0) + carry;
    for (let at = offset + 4 * word; at < end; at += ID_BYTES) sum += ids.getUint32(at, true);
    target[word] = sum;
    carry = Math.floor(sum / 2 ** 32);
  }
}
