import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../helpers/processes.ts';
import type { Result } from '../bench/peers/result.ts';
import { formatResults } from '../bench/peers/result.ts';
import { SCENARIOS } from '../bench/peers/scenarios.ts';

const BENCH = resolve(import.meta.dirname, '../../dist/bench/run.mjs');
const MESSAGES = 200;

test('the bench measures two devices in every scenario, and profiles both threads of each', async () => {
  const profiles = temporaryFolder();
  const args = ['--systems', 'reunion', '--messages', String(MESSAGES), '--profile', profiles];
  const { stdout } = await promisify(execFile)(process.execPath, [
    BENCH,
    'peers',
    ...args,
    '--json',
  ]);
  const results = JSON.parse(stdout) as Result[];
  expect(results.map(({ scenario }) => scenario)).toEqual([...SCENARIOS]);
  expect(results.map(({ messages }) => messages)).toEqual([200, 200, 202, 204, 204]);
  for (const { ms, cpuMsOfSides, wireBytes, peakBytesOfSides } of results) {
    expect(ms).toBeGreaterThan(0);
    // A device that starts takes some hundredths of a second, and tens of megabytes.
    for (const cpuMs of cpuMsOfSides) expect(cpuMs).toBeGreaterThan(50);
    for (const peak of peakBytesOfSides) expect(peak).toBeGreaterThan(30e6);
    expect(wireBytes).toBeGreaterThan(0);
  }
  const [cold, unchanged] = results;
  expect(cold?.wireToText).toBeGreaterThan(1);
  expect(unchanged?.wireToText).toBeNull();
  expect(unchanged?.wireBytes).toBeLessThan(cold?.wireBytes ?? 0);
  for (const side of ['a', 'b']) {
    const written = readdirSync(join(profiles, 'run-1', `cold-${side}`));
    expect(written.filter((name) => name.endsWith('.cpuprofile'))).toHaveLength(2);
  }
}, 180_000);

test('a table has the medians of the runs, and what they are to those of Reunion', () => {
  const result = (system: string, run: number, ms: number): Result => ({
    ...{ system, run, ms, scenario: 'cold', messages: 10, cpuMs: ms, cpuMsOfSides: [1, 2] },
    ...{ wireBytes: 3e6, wireToText: 1.5, peakBytes: 1e8, peakBytesOfSides: [1e8, 1] },
  });
  const results = [100, 900, 200].map((ms, nth) => result('reunion', nth + 1, ms));
  const table = formatResults([...results, result('plain', 1, 50)], 'reunion');
  expect(table).toMatch(/^cold, 10 messages +time +CPU of both +on the wire +peak memory/u);
  expect(table).toMatch(
    /^reunion +200 ms \(1\.00\) .* 3000 kB \(1\.00\) +100 MB \(1\.00\) +1\.50$/mu,
  );
  expect(table).toMatch(/^plain +50\.0 ms \(0\.25\) /mu);
});
