import { expect, test } from 'vitest';
import type { Where } from '../reconcile/samples.ts';
import { traffic } from '../reconcile/traffic.ts';

const MILLION = 1_000_000;

/** As in test/reconcile/traffic.test.ts. */
const PINNED: readonly (readonly [number, Where, bytes: number, roundTrips: number])[] = [
  [0, 'recent', 379, 1],
  [10, 'recent', 1867, 3],
  [10, 'scattered', 13119, 3.5],
  [1000, 'recent', 18078, 3.5],
  [1000, 'one-sided', 2103, 3.5],
];

test.each(PINNED)(
  'a million messages, %i differences, %s: %i bytes in %f round trips',
  (differences, where, bytes, roundTrips) => {
    const found = traffic(MILLION, differences, where);
    expect({ bytes: found.bytes, roundTrips: found.roundTrips }).toEqual({ bytes, roundTrips });
  },
);
