import { hash } from 'node:crypto';
import { FINGERPRINT_BYTES, ID_BYTES } from './constants.ts';
import { SUM_WORDS } from '../helpers/id-sums.ts';
import { varintBytes } from './varint.ts';

/**
 * Negentropy V1, "Fingerprint Algorithm": the first 16 bytes of SHA-256 over the sum of the ids mod 2^256, little-endian,
 * and their count as a varint.
 */
export function fingerprintOf(sum: Uint32Array, count: number): Uint8Array {
  const digits = varintBytes(count);
  const input = new Uint8Array(ID_BYTES + digits.length);
  const view = new DataView(input.buffer);
  for (let word = 0; word < SUM_WORDS; word += 1) view.setUint32(4 * word, sum[word] ?? 0, true);
  input.set(digits, ID_BYTES);
  return new Uint8Array(hash('sha256', input, 'buffer').subarray(0, FINGERPRINT_BYTES));
}
