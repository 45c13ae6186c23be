import { expect, test } from 'vitest';
import { testPostgres } from '../helpers/postgres.ts';
import { postgresDisks } from './postgres-disk.ts';
import { scenarioOf } from './scenario.ts';
import { Simulation } from './simulation.ts';

// More seeds: `test/faults/postgres-seeds.test.ts`.
test(
  'PostgreSQL gives the same trace as the store in memory, crashes included',
  { timeout: 120_000 },
  async () => {
    const open = postgresDisks(await testPostgres());
    let crashes = 0;
    for (const seed of [1, 2, 3, 4, 5]) {
      const inMemory = await new Simulation(scenarioOf(seed)).run(1000);
      const simulation = new Simulation(scenarioOf(seed), open);
      const onServer = await simulation.run(1000);
      await simulation.close();
      expect(onServer, `seed ${seed}`).toEqual(inMemory);
      crashes += onServer.nodes.reduce((sum, node) => sum + node.crashes, 0);
    }
    expect(crashes).toBeGreaterThan(3);
  },
);
