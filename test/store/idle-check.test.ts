import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { StoreNotice } from '../../main/store/index.ts';
import { testFolder } from './folder.ts';
import { openTestStore } from './open.ts';
import { added } from './samples.ts';

/** Of a store that is too large to be checked when it is opened. */
const LARGE_BYTES = 17 * 1024 * 1024;

test('damage in a large store is found while it is idle, told, and looked into at the next opening', async () => {
  const folder = testFolder();
  const store = await openTestStore({ folder });
  const body = new Uint8Array(100_000);
  for (let at = 0; at * body.length < LARGE_BYTES; at += 1) {
    await store.sync.commit({ addMessages: [added(at, { body })] });
  }
  await store.close();
  const file = join(folder, 'messages.db');
  expect(statSync(file).size).toBeGreaterThan(LARGE_BYTES);
  // Pages of the tables themselves, which are made before anything is in them, and that no opening reads.
  const bytes = readFileSync(file);
  bytes.fill(0xa5, bytes.length - 4 * 4096);
  writeFileSync(file, bytes);

  const found = Promise.withResolvers<StoreNotice>();
  const damaged = await openTestStore({ folder, idleMs: 1, onNotice: found.resolve });
  expect(await found.promise).toMatchObject({ kind: 'damage-found' });
  await damaged.close();

  const notices: StoreNotice[] = [];
  const again = await openTestStore({ folder, onNotice: (notice) => notices.push(notice) });
  expect(notices).toMatchObject([{ kind: 'set-aside', reason: 'damaged' }]);
  expect(await again.sync.messages.count()).toBe(0);
  await again.close();
  await openTestStore({ folder, onNotice: (notice) => notices.push(notice) });
  expect(notices).toHaveLength(1);
});
