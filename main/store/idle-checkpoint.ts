import type { Engine } from './engine.ts';

/** Without a call for this long, in milliseconds, nobody is likely to wait for a checkpoint. */
const IDLE_MS = 500;

/**
 * Moves the log into the database while nothing is asked for. Otherwise SQLite does so in the middle of whichever commit
 * makes the log too long, and everybody waits for it.
 */
export class IdleCheckpoint {
  readonly #engine: Engine;
  readonly #timer: NodeJS.Timeout;
  #isStopped = false;

  constructor(engine: Engine, idleMs = IDLE_MS) {
    this.#engine = engine;
    this.#timer = setTimeout(() => this.#checkpoint(), idleMs).unref();
  }

  /** Somebody called: it is not idle before the time is up again. */
  restart(): void {
    if (!this.#isStopped) this.#timer.refresh();
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  #checkpoint(): void {
    try {
      this.#engine.checkpoint();
    } catch {
      // The log stays as it is, and with it everything; the next commit meets the same failure, and tells its caller.
    }
  }
}
