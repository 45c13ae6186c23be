import { describe, expect, test } from 'vitest';
import type { Where } from './samples.ts';
import { traffic } from './traffic.ts';

/**
 * What sessions cost on the wire, pinned: two sides of the same seeded history, differences half on either side but for
 * "one-sided". Round trips count to the last frame, which tells the other side that its list was taken.
 * More of a million messages is in test/faults/reconcile-million.test.ts.
 */
const PINNED: readonly (readonly [number, number, Where, bytes: number, roundTrips: number])[] = [
  [10000, 0, 'recent', 365, 1],
  [10000, 10, 'recent', 1215, 2.5],
  [10000, 10, 'scattered', 6655, 2.5],
  [10000, 1000, 'recent', 20264, 2.5],
  [10000, 1000, 'scattered', 166443, 2.5],
  [10000, 1000, 'one-sided', 1653, 2.5],
  [100000, 0, 'recent', 379, 1],
  [100000, 10, 'recent', 1381, 3],
  [100000, 10, 'scattered', 8504, 3],
  [100000, 1000, 'recent', 20301, 3],
  [100000, 1000, 'scattered', 348745, 3],
  [100000, 1000, 'one-sided', 1800, 3],
  [1000000, 1000, 'scattered', 732490, 3.5],
];

describe('on the wire', () => {
  test.each(PINNED)('%i messages, %i differences, %s: %i bytes in %f round trips', (...row) => {
    const [count, differences, where, bytes, roundTrips] = row;
    const found = traffic(count, differences, where);
    expect({ bytes: found.bytes, roundTrips: found.roundTrips }).toEqual({ bytes, roundTrips });
  });

  test('100,000 messages in sync cost at most 1 kB and one round trip', () => {
    const { bytes, roundTrips } = traffic(100_000, 0, 'recent');
    expect(bytes).toBeLessThanOrEqual(1_000);
    expect(roundTrips).toBe(1);
  });

  test('1,000 recent differences of 100,000 cost at most 40 kB and three round trips', () => {
    for (const where of ['recent', 'one-sided'] as const) {
      const { bytes, roundTrips } = traffic(100_000, 1_000, where);
      expect(bytes).toBeLessThanOrEqual(40_000);
      expect(roundTrips).toBeLessThanOrEqual(3);
    }
  });

  test('1,000 scattered differences of 100,000 cost at most 400 kB', () => {
    expect(traffic(100_000, 1_000, 'scattered').bytes).toBeLessThanOrEqual(400_000);
  });
});
