import { addSum, SUM_WORDS } from '../helpers/id-sums.ts';

/** What is added up: how many ids, and their sum in eight words. */
export interface Total {
  readonly size: number;
  readonly sum: Uint32Array;
}

/**
 * Running totals over a sequence, to be read and changed in O(log n) (a binary indexed tree: Fenwick, "A new data structure
 * for cumulative frequency tables", 1994). Node i, counted from 1, covers as many elements up to the i-th as the lowest bit
 * set in i says.
 */
export class SumTree {
  #length = 0;
  #counts = new Float64Array(64);
  #sums = new Uint32Array(64 * SUM_WORDS);

  constructor(totals: readonly Total[]) {
    for (const total of totals) this.push(total);
  }

  /** Puts one more element at the end. */
  push({ size, sum }: Total): void {
    const node = (this.#length += 1);
    if (node >= this.#counts.length) this.#grow();
    this.#counts[node] = size;
    this.#sums.set(sum, node * SUM_WORDS);
    const first = node - lowestBit(node);
    for (let below = node - 1; below > first; below -= lowestBit(below)) {
      this.#counts[node] = this.#count(node) + this.#count(below);
      addSum(this.#sums, node * SUM_WORDS, this.#sums, below * SUM_WORDS);
    }
  }

  /** One more id, given as a sum, in the element at `index`. */
  addOne(index: number, id: Uint32Array): void {
    for (let node = index + 1; node <= this.#length; node += lowestBit(node)) {
      this.#counts[node] = this.#count(node) + 1;
      addSum(this.#sums, node * SUM_WORDS, id, 0);
    }
  }

  /** Ids in the elements before `index`. */
  countBefore(index: number): number {
    let count = 0;
    for (let node = index; node > 0; node -= lowestBit(node)) count += this.#count(node);
    return count;
  }

  /** Adds the sum of the elements before `index` to `target`. */
  addSumBefore(index: number, target: Uint32Array): void {
    for (let node = index; node > 0; node -= lowestBit(node)) {
      addSum(target, 0, this.#sums, node * SUM_WORDS);
    }
  }

  /** The element that holds the id of this rank, and how many ids are before it in that element. */
  find(rank: number): { readonly index: number; readonly offset: number } {
    let index = 0;
    let offset = rank;
    for (let step = 2 ** Math.floor(Math.log2(this.#length || 1)); step >= 1; step /= 2) {
      const node = index + step;
      if (node > this.#length || this.#count(node) > offset) continue;
      index = node;
      offset -= this.#count(node);
    }
    return { index, offset };
  }

  #count(node: number): number {
    return this.#counts[node] ?? 0;
  }

  #grow(): void {
    const counts = new Float64Array(this.#counts.length * 2);
    counts.set(this.#counts);
    this.#counts = counts;
    const sums = new Uint32Array(this.#sums.length * 2);
    sums.set(this.#sums);
    this.#sums = sums;
  }
}

function lowestBit(node: number): number {
  return node & -node;
}
