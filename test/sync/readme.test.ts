import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { STATES } from '../simulator/orchestration/config.ts';
import { outcome } from './example.ts';

const root = join(import.meta.dirname, '../..');
const readme = readFileSync(join(root, 'main/sync/README.md'), 'utf8');

it('shows the example that runs, and it does what it says', () => {
  const [, shown] = /```ts\n([\s\S]*?)\n```/u.exec(readme) ?? [];
  const source = readFileSync(join(import.meta.dirname, 'example.ts'), 'utf8');
  expect(shown).toBe(source.trimEnd());
  expect(outcome).toEqual(['hello from the desk']);
});

it('names every state', () => {
  for (const state of STATES) expect(readme).toContain(state);
});
