import { describe, expect, test } from 'vitest';
import { isGood } from './command.ts';
import { SCALE_DEFAULTS, type ScaleTopology } from './config.ts';
import { GAP_PATIENCE_MS, healGap } from './gap.ts';
import { FULL_EXPONENT_MIN, lawsOf, MESH_EXPONENT_MAX } from './report/laws.ts';
import { makeScaleNode, runScale, type ScaleRun } from './run.ts';

const MINUTE = 60_000;
const { degree, loss } = SCALE_DEFAULTS;

/** A few messages are enough to see what each costs. */
function runOf(topology: ScaleTopology, nodes: number, seed = 1, messages = 12): Promise<ScaleRun> {
  return runScale({ ...SCALE_DEFAULTS, topology, nodes, seed, messages });
}

async function runsOf(
  topology: ScaleTopology,
  sizes: readonly number[],
  seed = 1,
): Promise<ScaleRun[]> {
  const runs: ScaleRun[] = [];
  for (const nodes of sizes) runs.push(await runOf(topology, nodes, seed));
  return runs;
}

describe('under churn, loss and partitions', { timeout: 240_000 }, () => {
  test('a mesh ends in the union, below its degree, and a message costs O(N)', async () => {
    // Of one seed alone, a large message at a bad moment moves the exponent by a tenth.
    const runs = [...(await runsOf('mesh', [16, 64])), ...(await runsOf('mesh', [16, 64], 2))];
    for (const run of runs) {
      expect(run.errors).toEqual([]);
      expect(isGood(run), `${run.nodes} nodes`).toBe(true);
      expect(run.lacking).toBe(0);
      expect(run.neighboursMax).toBeLessThanOrEqual(degree);
      expect(run.left).toBe(Math.round(run.nodes / 10));
    }
    const { payloads, bytes } = lawsOf(runs);
    expect(payloads).toBeLessThanOrEqual(MESH_EXPONENT_MAX);
    expect(bytes).toBeLessThanOrEqual(MESH_EXPONENT_MAX);
  });

  test('all to all ends in the union, and a message costs O(N²)', async () => {
    const runs = await runsOf('full', [10, 20, 30]);
    for (const run of runs) expect(isGood(run), `${run.nodes} nodes`).toBe(true);
    expect(lawsOf(runs).payloads).toBeGreaterThanOrEqual(FULL_EXPONENT_MIN);
  });

  test('a small mesh with a small degree holds together', async () => {
    const run = await runScale({
      ...SCALE_DEFAULTS,
      ...{ topology: 'mesh', nodes: 16, degree: 4, messages: 12, churn: 50 },
    });
    expect(isGood(run)).toBe(true);
    expect(run.neighboursMax).toBeLessThanOrEqual(4);
  });
});

test('the same seed gives the same figures, another seed others', async () => {
  const first = await runOf('mesh', 10, 7);
  expect(await runOf('mesh', 10, 7)).toEqual(first);
  const other = await runOf('mesh', 10, 8);
  expect(other.bytesPerMessage).not.toBe(first.bytesPerMessage);
});

describe('a node that was away for longer than the window of an hour', () => {
  const away = (topology: ScaleTopology) =>
    healGap(
      { loss, seed: 3, makeNode: (parts) => makeScaleNode({ topology, degree }, parts) },
      100 * MINUTE,
    );

  test('gets all that it missed, soon', async () => {
    const { missed, lacking, healedMs } = await away('mesh');
    expect(missed).toBe(20);
    expect(lacking).toBe(0);
    expect(healedMs).toBeLessThan(MINUTE);
  });

  test('never gets what is older by Waku Store Sync, unless it resumes', async () => {
    const synced = await away('waku');
    expect(synced.healedMs).toBeUndefined();
    // What was published in the last hour came in time.
    expect(synced.lacking).toBeGreaterThan(0);
    expect(synced.lacking).toBeLessThan(synced.missed);
    const resumed = await away('waku-resume');
    expect(resumed.lacking).toBe(0);
    expect(resumed.healedMs).toBeLessThan(GAP_PATIENCE_MS);
  });
});
