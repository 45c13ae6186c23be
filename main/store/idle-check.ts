import type { Engine } from './engine.ts';
import { StoreDamagedError } from './errors.ts';

/** Without a call for this long, in milliseconds, the store is taken to be idle. */
const IDLE_MS = 5_000;

/**
 * Goes through a store that is too large to be checked when it is opened: once, a table at a time, while nothing else is
 * asked for.
 */
export class IdleCheck {
  readonly #engine: Engine;
  readonly #idleMs: number;
  readonly #tables: string[];
  #timer: NodeJS.Timeout | undefined;

  constructor(engine: Engine, idleMs = IDLE_MS) {
    this.#engine = engine;
    this.#idleMs = idleMs;
    this.#tables = [...engine.tablesToCheck()];
    this.restart();
  }

  /** Somebody called: it is not idle before the time is up again. */
  restart(): void {
    if (this.#tables.length === 0) return;
    if (this.#timer === undefined) {
      this.#timer = setTimeout(() => this.#next(), this.#idleMs).unref();
    } else {
      this.#timer.refresh();
    }
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#tables.length = 0;
  }

  #next(): void {
    const table = this.#tables.pop();
    if (table === undefined) return;
    try {
      this.#engine.checkTable(table);
      this.restart();
    } catch (error) {
      this.stop();
      if (error instanceof StoreDamagedError) this.#engine.reportDamage();
    }
  }
}
