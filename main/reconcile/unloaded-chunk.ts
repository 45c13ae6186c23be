import type { Section } from '../helpers/sections.ts';

/** Positions that are needed and not loaded: those with a timestamp from `from` on, in order, and below `to`. */
export interface Unloaded {
  /** 0 where those from before 1970 belong to it. */
  readonly from: number;
  /** Infinity for the last. */
  readonly to: number;
  /** How many there were when the sum was made. */
  readonly count: number;
}

/** A section of which only the sum is known. It holds what it held when the sum was made, until its positions are loaded. */
export class UnloadedChunk {
  readonly from: number;
  readonly size: number;
  readonly sum: Uint32Array;
  /** Whether positions were inserted since. */
  isStale = false;
  /** Those that were inserted while it is being loaded. */
  inserted: { readonly timestamp: number; readonly id: Uint8Array }[] | undefined;

  constructor({ from, count, sum }: Section) {
    this.from = from;
    this.size = count;
    this.sum = sum;
  }

  insert(timestamp: number, id: Uint8Array): void {
    this.isStale = true;
    this.inserted?.push({ timestamp, id: Uint8Array.from(id) });
  }
}
