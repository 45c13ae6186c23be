/**
 * Runs tasks one at a time in the order they were added, and between them, as long as there is any, the rest of the work
 * (`step`), one step at a time, so that neither starves the other.
 */
export class TaskQueue {
  private tasks: (() => Promise<void>)[] = [];
  /** Tasks in `tasks` that were taken already: shifting a long array moves all of it. */
  private taken = 0;
  private readonly waiters: (() => void)[] = [];
  private isRunning = false;
  /** How often there may have been new work. */
  private wakes = 0;
  private readonly step: () => Promise<boolean>;

  /** `step` does one piece of other work and returns whether it found any. It must not reject. */
  constructor(step: () => Promise<boolean>) {
    this.step = step;
  }

  /** Resolves or rejects as the task does. */
  add<T>(task: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.tasks.push(() => task().then(resolve, reject));
      this.wake();
    });
  }

  /** Looks again for work of its own. */
  wake(): void {
    this.wakes += 1;
    if (!this.isRunning) void this.run();
  }

  /** Resolves when there is neither a task nor other work. */
  idle(): Promise<void> {
    if (!this.isRunning) return Promise.resolve();
    return new Promise((resolve) => this.waiters.push(resolve));
  }

  private async run(): Promise<void> {
    this.isRunning = true;
    for (;;) {
      const task = this.next();
      if (task !== undefined) await task();
      const { wakes } = this;
      const found = await this.step();
      // Work that came up while the step was ending would otherwise wait for the next event.
      if (task === undefined && !found && this.tasks.length === 0 && this.wakes === wakes) break;
    }
    this.isRunning = false;
    for (const resolve of this.waiters.splice(0)) resolve();
  }

  private next(): (() => Promise<void>) | undefined {
    const task = this.tasks[this.taken];
    this.taken += 1;
    if (this.taken >= this.tasks.length) {
      this.tasks = [];
      this.taken = 0;
    }
    return task;
  }
}
