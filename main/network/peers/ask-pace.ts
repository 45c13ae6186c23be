import { MESH_ASK_MS, MESH_LOOK_MS } from './constants.ts';

/**
 * When a node asks others for peers. While it knows few it asks at each look, and less and less often as long as nobody tells it of
 * anybody new: in a small network there is nobody.
 */
export class AskPace {
  #askedAt: number | undefined;
  /** How many peers were known when it last asked. */
  #known: number | undefined;
  #waitMs = 0;

  /** `known`: how many peers are known; `isShort`: those are too few. `now` is Unix milliseconds; a clock set back ends a wait. */
  isDue(now: number, known: number, isShort: boolean): boolean {
    if (this.#askedAt === undefined || now < this.#askedAt) return true;
    const shortWaitMs = known === this.#known ? this.#waitMs : 0;
    return now - this.#askedAt >= (isShort ? shortWaitMs : MESH_ASK_MS);
  }

  asked(now: number, known: number): void {
    const isNews = known !== this.#known;
    this.#waitMs = isNews ? 0 : Math.min(MESH_ASK_MS, Math.max(MESH_LOOK_MS, 2 * this.#waitMs));
    this.#known = known;
    this.#askedAt = now;
  }
}
