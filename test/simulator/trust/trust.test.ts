import { expect, test } from 'vitest';
import { trustLifeOf } from './life.ts';

const SEEDS = 100;
const BATCH = 25;
const seen = new Set<string>();

test.each(Array.from({ length: SEEDS / BATCH }, (_, index) => 1 + index * BATCH))(
  `a mailbox that tampers, and a removed key that goes on signing, change and hide nothing: ${BATCH} seeds from %i`,
  { timeout: 240_000 },
  async (first) => {
    for (let seed = first; seed < first + BATCH; seed += 1) {
      const life = await trustLifeOf(seed);
      expect(life.faults, `seed ${seed}`).toEqual([]);
      for (const each of life.seen) seen.add(each);
    }
  },
);

test('those worlds saw every kind of forgery, and devices that met the mailbox alone', () => {
  expect([...seen].sort()).toEqual(
    expect.arrayContaining([
      ...['alone', 'forged addition', 'forged epoch', 'forged removal', 'let in'],
      ...['removal by a guest', 'removed'],
    ]),
  );
});
