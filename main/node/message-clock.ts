import type { Clock } from '../helpers/clock.ts';

/**
 * How far clocks may differ, milliseconds: the 20 s of Waku's fault-tolerant store (21/WAKU2-FAULT-TOLERANT-STORE). A timestamp
 * further ahead is taken for a mistake.
 */
export const CLOCK_TOLERANCE_MS = 20_000;

/**
 * Timestamps of messages written here, Unix milliseconds: each above the last, and above those of all messages seen, so that an
 * answer comes after what it answers on every node. A clock that is ahead by more than the tolerance is not followed.
 */
export class MessageClock {
  readonly #clock: Clock;
  #last = 0n;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  next(): bigint {
    const now = BigInt(this.#clock.now());
    this.#last = this.#last >= now ? this.#last + 1n : now;
    return this.#last;
  }

  saw(timestamp: bigint): void {
    const bound = BigInt(this.#clock.now() + CLOCK_TOLERANCE_MS);
    if (timestamp > this.#last && timestamp <= bound) this.#last = timestamp;
  }
}
