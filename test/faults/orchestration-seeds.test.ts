import { expect, test } from 'vitest';
import { lifeOf } from '../simulator/orchestration/scenario.ts';

const SEEDS = 5_000;
const BATCH = 250;

test.each(Array.from({ length: SEEDS / BATCH }, (_, index) => 1 + index * BATCH))(
  `devices end equal, acknowledged and silent, and their status is the truth at every step: ${BATCH} seeds from %i`,
  { timeout: 600_000 },
  async (first) => {
    for (let seed = first; seed < first + BATCH; seed += 1) {
      expect((await lifeOf(seed)).faults, `seed ${seed}`).toEqual([]);
    }
  },
);
