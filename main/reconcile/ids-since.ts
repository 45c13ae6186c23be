import { END, orderTimestamp, START, type Bound } from './bound.ts';
import type { OrderedIds } from './ordered-ids.ts';
import type { Unloaded } from './unloaded-chunk.ts';

/** What a reconciliation reads of the ids that are held. */
export type IdSet = Pick<
  OrderedIds,
  | 'size'
  | 'rank'
  | 'boundAt'
  | 'fingerprint'
  | 'ids'
  | 'isLoaded'
  | 'missingAt'
  | 'missingBetween'
  | 'divisionNear'
>;

/**
 * Those of `ids` whose timestamps are not before `since`, as if there were no others. Both sides of a reconciliation must
 * leave out the same, or they find differences that nobody wants to be rid of. It changes as `ids` does.
 */
export class IdsSince implements IdSet {
  readonly #ids: IdSet;
  readonly #since: Bound;

  constructor(ids: IdSet, since: bigint) {
    this.#ids = ids;
    this.#since = { timestamp: orderTimestamp(since), prefix: START.prefix };
  }

  get size(): number {
    return this.#ids.size - this.#before;
  }

  rank(bound: Bound): number {
    return Math.max(0, this.#ids.rank(bound) - this.#before);
  }

  boundAt(rank: number): Bound {
    if (rank <= 0) return START;
    return rank < this.size ? this.#ids.boundAt(this.#before + rank) : END;
  }

  fingerprint(from: number, to: number): Uint8Array {
    return this.#ids.fingerprint(this.#before + from, this.#before + to);
  }

  ids(from: number, to: number): Uint8Array {
    return this.#ids.ids(this.#before + from, this.#before + to);
  }

  get isLoaded(): boolean {
    return this.#ids.isLoaded;
  }

  /** With what the first of all ranks needs. */
  missingAt(bound: Bound): readonly Unloaded[] {
    const first = this.#ids.missingAt(this.#since);
    return first.length > 0 ? first : this.#ids.missingAt(bound);
  }

  missingBetween(from: number, to: number): readonly Unloaded[] {
    return this.#ids.missingBetween(this.#before + from, this.#before + to);
  }

  divisionNear(rank: number): number {
    return this.#ids.divisionNear(this.#before + rank) - this.#before;
  }

  /** How many are left out. Looked up each time: such ones may still arrive. */
  get #before(): number {
    return this.#ids.rank(this.#since);
  }
}
