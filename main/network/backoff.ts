import type { Clock, Random } from '../helpers/clock.ts';
import { RETRY_FIRST_MS, RETRY_MAX_MS } from './constants.ts';

/** Runs one attempt after another until one succeeds: at once, then after growing, jittered waits. */
export class Retry {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #attempt: () => Promise<boolean>;
  readonly #maxMs: () => number;
  #failures = 0;
  #running = false;
  #again = false;
  #stopped = false;
  #cancelWait: (() => void) | undefined;

  /**
   * `attempt` resolves with whether it succeeded, and never rejects. After a success nothing runs until told. No wait that
   * begins is longer than `maxMs` says then.
   */
  constructor(
    clock: Clock,
    random: Random,
    attempt: () => Promise<boolean>,
    maxMs: () => number = () => RETRY_MAX_MS,
  ) {
    this.#clock = clock;
    this.#random = random;
    this.#attempt = attempt;
    this.#maxMs = maxMs;
  }

  /** Tries at once, and with short waits again: something has changed for the better. */
  now(): void {
    this.#failures = 0;
    this.#cancelWait?.();
    this.#cancelWait = undefined;
    if (this.#running) this.#again = true;
    else void this.#run();
  }

  /** Tries after a short wait, whatever wait there was: there is something new to try. */
  soon(): void {
    this.#failures = 0;
    this.#cancelWait?.();
    this.#cancelWait = undefined;
    this.later();
  }

  /** What had succeeded has ended: tries again, after a wait. */
  later(): void {
    if (this.#running) this.#again = true;
    else if (!this.#cancelWait) this.#backOff();
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelWait?.();
  }

  async #run(): Promise<void> {
    if (this.#stopped) return;
    this.#running = true;
    const succeeded = await this.#attempt();
    this.#running = false;
    if (this.#takeAgain()) void this.#run();
    else if (succeeded) this.#failures = 0;
    else this.#backOff();
  }

  /** Whether another attempt was asked for while the last one ran. */
  #takeAgain(): boolean {
    const again = this.#again;
    this.#again = false;
    return again;
  }

  #backOff(): void {
    if (this.#stopped) return;
    const delayMs = Math.min(this.#maxMs(), RETRY_FIRST_MS * 2 ** this.#failures++);
    // Between half and the whole: two devices that failed together do not try together for ever.
    const jittered = delayMs * (0.5 + this.#random.next() / 2);
    this.#cancelWait = this.#clock.schedule(jittered, () => {
      this.#cancelWait = undefined;
      void this.#run();
    });
  }
}
