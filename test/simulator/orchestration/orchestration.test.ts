import { expect, test } from 'vitest';
import { STATES } from './config.ts';
import { lifeOf } from './scenario.ts';

const SEEDS = 300;
const BATCH = 50;
const FIRSTS = Array.from({ length: SEEDS / BATCH }, (_, index) => 1 + index * BATCH);

const statesSeen = new Set<string>();
const statesCrashedIn = new Set<string>();
const activity = new Set<string>();

test.each(FIRSTS)(
  `devices end equal, acknowledged and silent, and their status is the truth at every step: ${BATCH} seeds from %i`,
  { timeout: 120_000 },
  async (first) => {
    for (let seed = first; seed < first + BATCH; seed += 1) {
      const life = await lifeOf(seed);
      expect(life.faults, `seed ${seed}`).toEqual([]);
      for (const state of life.statesSeen) statesSeen.add(state);
      for (const state of life.statesCrashedIn) statesCrashedIn.add(state);
      for (const kind of life.activity) activity.add(kind);
    }
  },
);

test('those worlds saw every state, and a crash in each', () => {
  expect([...statesSeen].sort()).toEqual(STATES);
  expect([...statesCrashedIn].sort()).toEqual(STATES);
  expect([...activity].sort()).toEqual([
    ...['connected', 'disconnected', 'failed', 'paused', 'received', 'refused', 'removed'],
    ...['resumed', 'sent'],
  ]);
});

test('the same seed gives the same life, another seed another', async () => {
  const { trace } = await lifeOf(7);
  expect((await lifeOf(7)).trace).toBe(trace);
  expect((await lifeOf(8)).trace).not.toBe(trace);
});
