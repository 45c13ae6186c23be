import { expect, test } from 'vitest';
import { trustLifeOf } from '../simulator/trust/life.ts';

const SEEDS = 2_000;
const BATCH = 100;

test.each(Array.from({ length: SEEDS / BATCH }, (_, index) => 1 + index * BATCH))(
  `a mailbox that tampers, and a removed key that goes on signing, change and hide nothing: ${BATCH} seeds from %i`,
  { timeout: 900_000 },
  async (first) => {
    for (let seed = first; seed < first + BATCH; seed += 1) {
      expect((await trustLifeOf(seed)).faults, `seed ${seed}`).toEqual([]);
    }
  },
);
