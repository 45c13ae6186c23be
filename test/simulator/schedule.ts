/** A virtual clock: what is scheduled runs in order of time, and at equal times in order of scheduling. */
export class Schedule {
  nowMs = 0;
  private readonly heap: Entry[] = [];
  private scheduled = 0;

  at(timeMs: number, run: () => Promise<void>): void {
    this.scheduled += 1;
    this.heap.push({ timeMs: Math.max(timeMs, this.nowMs), order: this.scheduled, run });
    this.rise(this.heap.length - 1);
  }

  after(delayMs: number, run: () => Promise<void>): void {
    this.at(this.nowMs + delayMs, run);
  }

  /** Runs everything up to and including `timeMs`. */
  async runUntil(timeMs: number): Promise<void> {
    for (
      let next = this.heap[0];
      next !== undefined && next.timeMs <= timeMs;
      next = this.heap[0]
    ) {
      this.take();
      this.nowMs = next.timeMs;
      await next.run();
    }
    this.nowMs = timeMs;
  }

  private take(): void {
    const last = this.heap.pop();
    if (last === undefined || this.heap.length === 0) return;
    this.heap[0] = last;
    this.sink(0);
  }

  private rise(index: number): void {
    for (let at = index; at > 0;) {
      const parent = (at - 1) >> 1;
      if (!this.isBefore(at, parent)) return;
      this.swap(at, parent);
      at = parent;
    }
  }

  private sink(index: number): void {
    for (let at = index; ;) {
      const left = at * 2 + 1;
      const least = this.isBefore(left + 1, left) ? left + 1 : left;
      if (!this.isBefore(least, at)) return;
      this.swap(least, at);
      at = least;
    }
  }

  private isBefore(a: number, b: number): boolean {
    const first = this.heap[a];
    const second = this.heap[b];
    if (first === undefined || second === undefined) return first !== undefined;
    return (
      first.timeMs < second.timeMs || (first.timeMs === second.timeMs && first.order < second.order)
    );
  }

  private swap(a: number, b: number): void {
    const first = this.heap[a];
    const second = this.heap[b];
    if (first === undefined || second === undefined) return;
    this.heap[a] = second;
    this.heap[b] = first;
  }
}

interface Entry {
  readonly timeMs: number;
  readonly order: number;
  readonly run: () => Promise<void>;
}
