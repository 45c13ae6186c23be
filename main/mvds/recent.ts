/** A set that holds at least the last `limit` values added and at most twice as many. */
export class Recent<T> {
  private newer = new Set<T>();
  private older = new Set<T>();
  private readonly limit: number;

  constructor(limit: number) {
    this.limit = limit;
  }

  has(value: T): boolean {
    return this.newer.has(value) || this.older.has(value);
  }

  delete(value: T): void {
    this.newer.delete(value);
    this.older.delete(value);
  }

  add(value: T): void {
    this.newer.add(value);
    if (this.newer.size < this.limit) return;
    // Whole generations: taking the oldest out of a set one by one makes it slow.
    this.older = this.newer;
    this.newer = new Set();
  }
}
