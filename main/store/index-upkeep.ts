import type { Engine } from './engine.ts';
import { StoreDamagedError } from './errors.ts';
import type { StepBounds } from './search-index.ts';

/**
 * While calls write, as when a backlog arrives, the index waits until there was none for this long, milliseconds: longer than
 * it takes a backlog's next messages to come.
 */
const QUIET_MS = 100;
/** It takes a step this often all the same, milliseconds: some hundreds of messages a second, more than people write. */
const LATEST_MS = 1_000;
/** After a failure, such as a full disk's, nothing is tried for this long, milliseconds. */
const RETRY_MS = 5_000;
/** A call waits for the step that is under way: some 10 ms, with its commit. */
export const STEP: StepBounds = { entries: 192, milliseconds: 8 };
/** Steps after which the log is moved into the database: about 1 MiB of it, so that this takes no longer than a step. */
export const STEPS_PER_CHECKPOINT = 8;

export interface IndexUpkeepOptions {
  /** Whether the engine is nobody else's just now. */
  readonly isFree: () => boolean;
  /** Whether calls wait for their turn: they go first. */
  readonly isAwaited: () => boolean;
  /** Milliseconds since any moment. */
  readonly now?: () => number;
}

/**
 * Brings the search index up to the entries, and merges its segments, in short steps between calls. A step is cut by time, for
 * it holds off everybody: larger transactions take less time for a message (`npm run bench -- store --only index`).
 */
export class IndexUpkeep {
  readonly #engine: Engine;
  readonly #options: IndexUpkeepOptions;
  readonly #now: () => number;
  #immediate: NodeJS.Immediate | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;
  #lastWrite = -Infinity;
  #lastStep = -Infinity;
  #notBefore = -Infinity;
  #stepsSinceCheckpoint = 0;

  constructor(engine: Engine, options: IndexUpkeepOptions) {
    this.#engine = engine;
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.called(false);
  }

  /** A call was answered. */
  called(hasWritten: boolean): void {
    if (hasWritten) this.#lastWrite = this.#now();
    if (this.#immediate === undefined && this.#timer === undefined) this.#schedule();
  }

  stop(): void {
    this.#isStopped = true;
    this.#unschedule();
  }

  #schedule(): void {
    if (this.#isStopped || !this.#isDue()) return;
    const wait = this.#waitMs();
    if (wait <= 0) this.#immediate = setImmediate(() => this.#run());
    else this.#timer = setTimeout(() => this.#run(), wait).unref();
  }

  #unschedule(): void {
    clearImmediate(this.#immediate);
    clearTimeout(this.#timer);
    this.#immediate = undefined;
    this.#timer = undefined;
  }

  #isDue(): boolean {
    const { index } = this.#engine.conversations;
    try {
      return index.isMergeDue() || index.unindexed() > 0;
    } catch {
      // The next call meets the same failure.
      return false;
    }
  }

  #waitMs(): number {
    const quiet = Math.min(this.#lastWrite + QUIET_MS, this.#lastStep + LATEST_MS);
    return Math.max(quiet, this.#notBefore) - this.#now();
  }

  #run(): void {
    this.#unschedule();
    // The next call schedules it again.
    if (!this.#options.isFree()) return;
    if (!this.#options.isAwaited() && this.#waitMs() <= 0) this.#step();
    this.#schedule();
  }

  #step(): void {
    const { index } = this.#engine.conversations;
    try {
      if (index.isMergeDue()) index.mergeStep(STEP.milliseconds);
      else index.advance(STEP);
      this.#stepsSinceCheckpoint += 1;
      if (this.#stepsSinceCheckpoint >= STEPS_PER_CHECKPOINT) {
        this.#stepsSinceCheckpoint = 0;
        this.#engine.checkpoint();
      }
    } catch (error) {
      if (error instanceof StoreDamagedError) this.#engine.reportDamage();
      this.#notBefore = this.#now() + RETRY_MS;
    }
    this.#lastStep = this.#now();
  }
}
