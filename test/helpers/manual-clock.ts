import type { Clock } from '../../main/helpers/clock.ts';

/** A clock that stands still until it is moved; what was scheduled runs in order of time. */
export class ManualClock implements Clock {
  #now: number;
  #scheduled: { at: number; callback: () => void }[] = [];

  constructor(now = 1_700_000_000_000) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  schedule(delayMs: number, callback: () => void): () => void {
    const entry = { at: this.#now + delayMs, callback };
    this.#scheduled.push(entry);
    return () => {
      this.#scheduled = this.#scheduled.filter((other) => other !== entry);
    };
  }

  advance(ms: number): void {
    const until = this.#now + ms;
    for (;;) {
      const [next] = this.#scheduled.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at);
      if (!next) break;
      this.#scheduled = this.#scheduled.filter((entry) => entry !== next);
      this.#now = next.at;
      next.callback();
    }
    this.#now = until;
  }
}
