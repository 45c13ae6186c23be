import type { Clock } from '../../../main/helpers/clock.ts';
import { Schedule } from '../schedule.ts';
import { EPOCH } from './limits.ts';

interface Task {
  run: (() => void) | undefined;
}

/**
 * A virtual clock that advances by whole milliseconds. What is due at the same one runs together, in the order in which it was
 * scheduled; everything that follows from it by promises alone is done before the next one.
 */
export class VirtualClock implements Clock {
  readonly #schedule = new Schedule();
  readonly #due = new Map<number, Task[]>();

  now(): number {
    return EPOCH + this.#schedule.nowMs;
  }

  /** Milliseconds since the start. */
  get elapsed(): number {
    return this.#schedule.nowMs;
  }

  schedule(delayMs: number, callback: () => void): () => void {
    const at = this.#schedule.nowMs + Math.max(1, Math.ceil(delayMs));
    const task: Task = { run: callback };
    const due = this.#due.get(at);
    if (due) due.push(task);
    else {
      this.#due.set(at, [task]);
      this.#schedule.at(at, () => this.#run(at));
    }
    return () => {
      task.run = undefined;
    };
  }

  /** Lets so much time pass. */
  async pass(ms: number): Promise<void> {
    await settled();
    await this.#schedule.runUntil(this.#schedule.nowMs + ms);
  }

  async #run(at: number): Promise<void> {
    const tasks = this.#due.get(at) ?? [];
    this.#due.delete(at);
    let hasRun = false;
    for (const { run } of tasks) {
      if (!run) continue;
      run();
      hasRun = true;
    }
    if (hasRun) await settled();
  }
}

/** Everything below the orchestrator is in memory, so that one turn of the event loop ends all that promises lead to. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** The clock of one life of a node: what it scheduled does not outlive it. */
export function clockOfLife(clock: Clock, isAlive: () => boolean): Clock {
  return {
    now: () => clock.now(),
    schedule: (delayMs, callback) =>
      clock.schedule(delayMs, () => {
        if (isAlive()) callback();
      }),
  };
}
