import { expect, test } from 'vitest';
import { DEFAULTS } from './config.ts';
import { openDisk } from './disk.ts';
import { faultsOf, scenarioOf } from './scenario.ts';
import { Simulation } from './simulation.ts';

const SEEDS = 300;
const BATCH = 50;

test.each(Array.from({ length: SEEDS / BATCH }, (_, index) => 1 + index * BATCH))(
  `all nodes end with the union, once each and in order, and fall silent: ${BATCH} seeds from %i`,
  { timeout: 120_000 },
  async (first) => {
    for (let seed = first; seed < first + BATCH; seed += 1) {
      expect(await faultsOf(seed), `seed ${seed}`).toEqual([]);
    }
  },
);

test('the same seed gives the same trace, another seed another', async () => {
  const traceOf = async (seed: number): Promise<string> =>
    (await new Simulation(scenarioOf(seed)).run(1000)).trace;
  const first = await traceOf(7);
  expect(await traceOf(7)).toBe(first);
  expect(await traceOf(8)).not.toBe(first);
});

test('the real store on real files gives the same trace as the store in memory, crashes included', async () => {
  let crashes = 0;
  for (let seed = 1; seed <= 12; seed += 1) {
    const inMemory = await new Simulation(scenarioOf(seed)).run(1000);
    const simulation = new Simulation(scenarioOf(seed), openDisk.sqlite);
    const onDisk = await simulation.run(1000);
    await simulation.close();
    expect(onDisk, `seed ${seed}`).toEqual(inMemory);
    crashes += onDisk.nodes.reduce((sum, node) => sum + node.crashes, 0);
  }
  expect(crashes).toBeGreaterThan(5);
});

test('a node that is never online is never counted as complete', async () => {
  const report = await new Simulation({ ...DEFAULTS, messages: 3, writeEpochs: 5, online: 0 }).run(
    30,
  );
  expect(report.converged).toBe(false);
  expect(report.nodes.every(({ completeAtEpoch }) => completeAtEpoch === null)).toBe(true);
});
