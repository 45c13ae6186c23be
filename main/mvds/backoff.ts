import { BACKOFF_BASE, BACKOFF_DOUBLINGS, BACKOFF_JITTER } from './constants.ts';

/**
 * How many epochs after its `sendCount`th transmission (1, 2, …) a record is due again. `jitter` is in [0, 1). A pure
 * function; at least 1.
 */
export type Backoff = (sendCount: number, jitter: number) => number;

/**
 * 2/MVDS, "Retransmission": exponential up to a bound, then back to the lowest value, so that no record's send epoch
 * runs away: 4, 8, … 512 epochs, then 4 again; a quarter of it is left to chance.
 */
export const exponentialBackoff: Backoff = (sendCount, jitter) => {
  const doublings = (Math.max(1, sendCount) - 1) % (BACKOFF_DOUBLINGS + 1);
  const epochs = BACKOFF_BASE * 2 ** doublings;
  return Math.max(1, Math.round(epochs * (1 - BACKOFF_JITTER * jitter)));
};
