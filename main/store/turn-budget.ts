/**
 * What calls may take of one turn of the event loop together, milliseconds. Callers that await one call after another go
 * on in microtasks, which would hold off timers, sockets and windows for as long as there is work.
 */
const TURN_BUDGET_MS = 10;

/**
 * Lets calls run until their share of the turn is used up; the rest wait for the next, in the order they were made, but
 * those that a person waits for before all others, of which at least one has its turn as well.
 */
export class TurnBudget {
  #began: number | undefined;
  readonly #urgent: (() => void)[] = [];
  readonly #others: (() => void)[] = [];
  #isScheduled = false;

  /** Resolves when the call may run, which it does at once. */
  room(isUrgent: boolean): Promise<void> {
    if (!this.isAwaited && !this.#isUsedUp()) {
      this.#began ??= performance.now();
      this.#schedule();
      return Promise.resolve();
    }
    return new Promise((resolve) => (isUrgent ? this.#urgent : this.#others).push(resolve));
  }

  /** Whether calls wait for their turn. */
  get isAwaited(): boolean {
    return this.#urgent.length + this.#others.length > 0;
  }

  #isUsedUp(): boolean {
    return this.#began !== undefined && performance.now() - this.#began > TURN_BUDGET_MS;
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#began = undefined;
      void this.#release();
    });
  }

  async #release(): Promise<void> {
    while (this.#urgent.length > 0 && !this.#isUsedUp()) await this.#run(this.#urgent.shift());
    do await this.#run(this.#others.shift());
    while (this.#others.length > 0 && !this.#isUsedUp());
  }

  async #run(call: (() => void) | undefined): Promise<void> {
    if (call === undefined) return;
    this.#began ??= performance.now();
    this.#schedule();
    call();
    // The call runs in the microtask before this one.
    await Promise.resolve();
  }
}
