import { POSITION_BYTES } from '../mvds/ids.ts';
import type { SqlValue } from './file-backend/index.ts';
import { bigint } from './values.ts';

/** For some hundred positions at first; it doubles when it is full. */
const FIRST_BYTES = 256 * POSITION_BYTES;

/** Collects positions as `packPositions` has them, without an object or a string for each. */
export class PackedPositions {
  #buffer = Buffer.alloc(FIRST_BYTES);
  #length = 0;

  /** @param timestamp a safe integer, or an int64 as text */
  add(timestamp: SqlValue | undefined, id: Uint8Array): void {
    if (this.#length === this.#buffer.length) {
      this.#buffer = Buffer.concat([this.#buffer], 2 * this.#buffer.length);
    }
    const exact = typeof timestamp === 'number' ? BigInt(timestamp) : bigint(timestamp);
    this.#buffer.writeBigInt64BE(exact, this.#length);
    this.#buffer.set(id, this.#length + POSITION_BYTES - id.byteLength);
    this.#length += POSITION_BYTES;
  }

  /** In memory of its own, so that nothing else travels with it between threads. */
  bytes(): Uint8Array {
    return new Uint8Array(this.#buffer.subarray(0, this.#length));
  }
}
