/** Work that is not to be cut off when the device is closed. */
export class Background {
  readonly #running = new Set<Promise<void>>();
  readonly #onError: (error: unknown) => void;

  /** `onError` gets what the work is rejected with. */
  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  /** Work that nobody waits for. */
  run(work: Promise<void>): void {
    const running = work.catch(this.#onError).finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  /** The same for work that somebody waits for, who alone gets what it is rejected with. */
  track<T>(work: Promise<T>): Promise<T> {
    const running = work
      .then(
        () => undefined,
        () => undefined,
      )
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
    return work;
  }

  /** Resolves once none is running, what has begun meanwhile included. */
  async ended(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }
}
