import { expect, test } from 'vitest';
import { testPostgres } from '../helpers/postgres.ts';
import { postgresDisks } from '../simulator/postgres-disk.ts';
import { faultsOf, scenarioOf } from '../simulator/scenario.ts';
import { Simulation } from '../simulator/simulation.ts';

const TRACES = 100;
const SEEDS = 20;

test(`PostgreSQL gives the same trace as the store in memory: ${TRACES} seeds`, async () => {
  const open = postgresDisks(await testPostgres());
  for (let seed = 1; seed <= TRACES; seed += 1) {
    const inMemory = await new Simulation(scenarioOf(seed)).run(1000);
    const simulation = new Simulation(scenarioOf(seed), open);
    expect(await simulation.run(1000), `seed ${seed}`).toEqual(inMemory);
    await simulation.close();
  }
});

test(`over PostgreSQL all nodes end with the union, once each and in order, and fall silent: ${SEEDS} seeds`, async () => {
  const open = postgresDisks(await testPostgres());
  for (let seed = TRACES + 1; seed <= TRACES + SEEDS; seed += 1) {
    expect(await faultsOf(seed, open), `seed ${seed}`).toEqual([]);
  }
});
