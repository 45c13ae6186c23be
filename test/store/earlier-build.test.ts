import { copyFileSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { restoreStore, StoreEarlierError } from '../../main/store/index.ts';
import { testFolder } from './folder.ts';
import { openTestStore } from './open.ts';

/** A plain store that the last build with its schema wrote. */
const STORE = fileURLToPath(
  new URL('../fixtures/stores/before-0.1.0/messages.db', import.meta.url),
);

test('a store of a build from before the first release is refused with one sentence, and left untouched', async () => {
  const folder = testFolder();
  const path = join(folder, 'messages.db');
  copyFileSync(STORE, path);
  const before = readFileSync(path);
  for (const inThread of [false, true]) {
    const refused: unknown = await openTestStore({ folder, inThread }).catch((e: unknown) => e);
    expect(refused).toBeInstanceOf(StoreEarlierError);
    expect((refused as Error).message).toMatch(/^This store .* before its first release[^.]*\.$/);
  }
  expect(readFileSync(path).equals(before)).toBe(true);
  expect(readdirSync(folder).sort()).toEqual(['lock', 'messages.db']);
});

test('a backup of such a build does not take the place of the store', async () => {
  const folder = testFolder();
  const store = await openTestStore({ folder });
  await store.settings.set('kept', 'yes');
  await store.close();
  const restored = restoreStore({ backup: STORE, folder, key: undefined });
  await expect(restored).rejects.toBeInstanceOf(StoreEarlierError);
  expect(await (await openTestStore({ folder })).settings.get('kept')).toBe('yes');
});
