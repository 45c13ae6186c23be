import { expect, test } from 'vitest';
import { testFolder } from './folder.ts';
import { killRounds } from './kill-rounds.ts';
import { KEY } from './open.ts';

test.each([
  ['plain', undefined],
  ['encrypted', KEY],
])('%s: ten kills lose nothing that was acknowledged', { timeout: 60_000 }, async (_, key) => {
  expect.hasAssertions();
  await killRounds(testFolder(), key, 10);
});
