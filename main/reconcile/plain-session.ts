import { STEP_IDS } from './constants.ts';
import type { IdSet } from './ids-since.ts';
import { Negentropy } from './negentropy.ts';
import type { Step } from './session.ts';

/** A session with a peer that speaks negentropy V1 as others do, its differences in steps of at most `STEP_IDS`. */
export class PlainSession {
  readonly #session: Negentropy;

  /** `isInitiator`: this side has sent its first frame, and gets the answer. */
  constructor(ids: IdSet, isInitiator: boolean, frameBytes: number) {
    const options = { frameBytes };
    this.#session = isInitiator
      ? Negentropy.initiate(ids, options).session
      : Negentropy.respond(ids, options);
  }

  get isDone(): boolean {
    return this.#session.isDone;
  }

  /** Throws `FrameError` at once on a frame that is not allowed. The answer comes with the last step. */
  receive(frame: Uint8Array): readonly Step[] {
    const { frames, have, need } = this.#session.receive(frame);
    const steps: Step[] = [];
    const longest = Math.max(have.length, need.length);
    for (let at = 0; at === 0 || at < longest; at += STEP_IDS / 2) {
      const part = (ids: Step['have']): Step['have'] => ids.slice(at, at + STEP_IDS / 2);
      const isLast = at + STEP_IDS / 2 >= longest;
      steps.push({ frames: isLast ? frames : [], have: part(have), need: part(need) });
    }
    return steps;
  }
}
