import type { Clock } from '../../main/helpers/clock.ts';
import { systemClock } from '../../main/helpers/clock.ts';

interface Scheduled {
  readonly at: number;
  readonly run: () => void;
}

/** The system's clock, which can be put forward: what becomes due by that runs at once, in order of time. */
export class JumpingClock implements Clock {
  #ahead = 0;
  readonly #scheduled = new Set<Scheduled>();

  now(): number {
    return systemClock.now() + this.#ahead;
  }

  schedule(delayMs: number, callback: () => void): () => void {
    let cancel: () => void = () => undefined;
    const scheduled: Scheduled = {
      at: this.now() + delayMs,
      run: () => {
        cancel();
        this.#scheduled.delete(scheduled);
        callback();
      },
    };
    this.#scheduled.add(scheduled);
    cancel = systemClock.schedule(delayMs, scheduled.run);
    return () => {
      cancel();
      this.#scheduled.delete(scheduled);
    };
  }

  jump(ms: number): void {
    this.#ahead += ms;
    const due = [...this.#scheduled].filter(({ at }) => at <= this.now());
    for (const { run } of due.sort((one, other) => one.at - other.at)) run();
  }
}
