import { expect, test } from 'vitest';
import { isGood } from '../simulator/scale/command.ts';
import { SCALE_DEFAULTS } from '../simulator/scale/config.ts';
import { healGap } from '../simulator/scale/gap.ts';
import { makeScaleNode, runScale } from '../simulator/scale/run.ts';

const SEEDS = Array.from({ length: 10 }, (_, index) => 100 + index);
const HOUR = 3_600_000;
const harsh = { ...SCALE_DEFAULTS, churn: 100, loss: 0.1, messages: 30 };

test.each(SEEDS)(
  'a mesh of small degree ends in the union although every node leaves within the hour: seed %i',
  { timeout: 120_000 },
  async (seed) => {
    const run = await runScale({ ...harsh, topology: 'mesh', nodes: 24, degree: 5, seed });
    expect(run.errors).toEqual([]);
    expect(isGood(run)).toBe(true);
    expect(run.neighboursMax).toBeLessThanOrEqual(5);
  },
);

test.each(SEEDS.slice(0, 3))(
  'everybody with everybody ends in the union under the same: seed %i',
  { timeout: 120_000 },
  async (seed) => {
    expect(isGood(await runScale({ ...harsh, topology: 'full', nodes: 12, seed }))).toBe(true);
  },
);

test('a hundred nodes end in the union', { timeout: 600_000 }, async () => {
  const run = await runScale({ ...SCALE_DEFAULTS, topology: 'mesh', nodes: 100, seed: 11 });
  expect(isGood(run)).toBe(true);
  expect(run.lacking).toBe(0);
});

test('a node that was away for a week gets all that it missed', { timeout: 600_000 }, async () => {
  const { degree, loss } = SCALE_DEFAULTS;
  const makeNode = makeScaleNode.bind(undefined, { topology: 'mesh', degree });
  const { missed, lacking } = await healGap({ loss, seed: 4, makeNode }, 7 * 24 * HOUR);
  expect(missed).toBe(7 * 24 * 12);
  expect(lacking).toBe(0);
});
