import type { Clock } from '../helpers/clock.ts';
import { TIMER_MAX_MS } from './constants.ts';

/** One timer, which is never late; one that is early costs a needless call, and moving it with every frame would cost more. */
export class WakeUp {
  readonly #clock: Clock;
  readonly #wake: () => void;
  #timer: { readonly at: number; readonly cancel: () => void } | undefined;

  constructor(clock: Clock, wake: () => void) {
    this.#clock = clock;
    this.#wake = wake;
  }

  /** Wakes at that time or before, Unix milliseconds; undefined asks for nothing. */
  at(at: number | undefined): void {
    if (at === undefined || (this.#timer && this.#timer.at <= at)) return;
    this.cancel();
    const delayMs = Math.min(TIMER_MAX_MS, Math.max(1, Math.ceil(at - this.#clock.now())));
    const cancel = this.#clock.schedule(delayMs, () => {
      this.#timer = undefined;
      this.#wake();
    });
    this.#timer = { at, cancel };
  }

  cancel(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }
}
