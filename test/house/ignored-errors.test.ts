import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const FOLDERS = ['network', 'device', 'headless', 'desktop'];
/** Promises that are kept for their end alone: whoever made them hears of the error. */
const HEARD_ELSEWHERE = new Set([
  'device/exchange/import-thread.ts',
  'device/pause-all.ts',
  'device/sync-control.ts',
  'headless/commands/exchange.ts',
  'headless/commands/status.ts',
  'headless/metrics/metrics-text.ts',
]);
const SILENT = /catch \{|\.catch\(\(\) =>/u;

it('no error is ignored without a line for DEBUG', () => {
  const files = FOLDERS.flatMap((folder) =>
    readdirSync(join(root, 'main', folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => `${folder}/${name}`),
  );
  expect(files.length).toBeGreaterThan(150);
  const silent = files
    .filter((file) => SILENT.test(readFileSync(join(root, 'main', file), 'utf8')))
    .filter((file) => !HEARD_ELSEWHERE.has(file));
  expect(silent).toEqual([]);
});
