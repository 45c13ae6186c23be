import { expect, test } from 'vitest';
import { testFolder } from '../store/folder.ts';
import { killRounds } from '../store/kill-rounds.ts';
import { KEY } from '../store/open.ts';

test.each([
  ['plain', undefined],
  ['encrypted', KEY],
])('%s: 100 kills lose nothing that was acknowledged', { timeout: 600_000 }, async (_, key) => {
  expect.hasAssertions();
  await killRounds(testFolder(), key, 100);
});
