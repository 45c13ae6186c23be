import type { Engine } from './engine.ts';

/** Without a call for this long, in milliseconds, nobody is likely to wait for it. */
const IDLE_MS = 500;

/**
 * Erasing the traces of what was deleted takes seconds in a large store, all of which whoever calls has to wait for. So a run is
 * followed by a pause of this many times as long.
 */
const PAUSE_FACTOR = 1_000;

/** A store that is never idle erases them all the same after so long, milliseconds: within a day is what is promised. */
const LATEST_MS = 6 * 60 * 60 * 1_000;

/** Erases what is left of deleted texts in the search index and in the write-ahead log while nothing is asked for. */
export class IdleErasure {
  readonly #engine: Engine;
  readonly #idleMs: number;
  readonly #isFree: () => boolean;
  readonly #now: () => number;
  #timer: NodeJS.Timeout;
  #isStopped = false;
  #notBefore = 0;
  #leftSince: number | undefined;

  /** @param isFree whether the engine is nobody else's just now */
  constructor(engine: Engine, isFree: () => boolean, idleMs = IDLE_MS, now = () => Date.now()) {
    this.#engine = engine;
    this.#isFree = isFree;
    this.#idleMs = idleMs;
    this.#now = now;
    this.#timer = this.#schedule(idleMs);
  }

  /** Somebody called: it is not idle before the time is up again. */
  restart(): void {
    if (this.#isStopped || !this.#engine.traces.areLeft) return;
    this.#leftSince ??= this.#now();
    if (this.#now() - this.#leftSince >= LATEST_MS) return;
    clearTimeout(this.#timer);
    this.#timer = this.#schedule(Math.max(this.#idleMs, this.#notBefore - this.#now()));
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  #schedule(delayMs: number): NodeJS.Timeout {
    return setTimeout(() => this.#run(), delayMs).unref();
  }

  #run(): void {
    if (!this.#isFree()) {
      this.#timer = this.#schedule(this.#idleMs);
      return;
    }
    try {
      if (this.#engine.traces.areLeft) {
        const start = this.#now();
        this.#engine.eraseTraces();
        this.#notBefore = this.#now() + PAUSE_FACTOR * (this.#now() - start);
      }
      this.#leftSince = undefined;
    } catch {
      // A full disk, say. They stay noted, and the next call sets the time anew.
    }
  }
}
