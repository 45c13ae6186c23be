import type { SeededRandom } from '../../random.ts';
import { BYTES_PER_SECOND, LOSSES_PER_BREAK, RETRANSMIT_MS, SEGMENT_BYTES } from '../limits.ts';

const MS_PER_SECOND = 1_000;

export interface Passage {
  /** What the frame takes beyond the latency, milliseconds; what comes behind it waits as long. */
  readonly delayMs: number;
  /** The connection ends with it. */
  readonly breaks: boolean;
}

/** What loss does to a reliable stream: segments come late, and now and then its connection ends. */
export class Loss {
  readonly #random: SeededRandom;
  /** Part of the segments that is lost. */
  probability: number;

  constructor(random: SeededRandom, probability: number) {
    this.#random = random;
    this.probability = probability;
  }

  /** What becomes of so many bytes, `latencyMs` being one way. */
  of(bytes: number, latencyMs: number): Passage {
    let delayMs = (bytes / BYTES_PER_SECOND) * MS_PER_SECOND;
    let breaks = false;
    for (let segment = 0; segment * SEGMENT_BYTES < bytes; segment += 1) {
      let waitMs = Math.max(RETRANSMIT_MS, 4 * latencyMs);
      while (this.#random.chance(this.probability)) {
        delayMs += waitMs;
        waitMs *= 2;
        breaks ||= this.#random.below(LOSSES_PER_BREAK) === 0;
      }
    }
    return { delayMs, breaks };
  }
}
