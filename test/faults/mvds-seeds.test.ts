import { expect, test } from 'vitest';
import { faultsOf } from '../simulator/scenario.ts';

const SEEDS = 10_000;
const BATCH = 500;

test.each(Array.from({ length: SEEDS / BATCH }, (_, index) => 1 + index * BATCH))(
  `all nodes end with the union, once each and in order, and fall silent: ${BATCH} seeds from %i`,
  { timeout: 600_000 },
  async (first) => {
    for (let seed = first; seed < first + BATCH; seed += 1) {
      expect(await faultsOf(seed), `seed ${seed}`).toEqual([]);
    }
  },
);
