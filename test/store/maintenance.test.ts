import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { StoreKeyError } from '../../main/store/index.ts';
import { restoreStore, checkStore, compactStore } from '../../main/store/maintenance.ts';
import { testFolder } from './folder.ts';
import { KEY, openTestStore } from './open.ts';
import { added, entry, messageId } from './samples.ts';

describe.each([
  ['plain', undefined],
  ['encrypted', KEY],
])('%s store', (_, key) => {
  test('a backup made while the store is written is restored whole; what it replaces is kept', async () => {
    const folder = testFolder();
    const path = join(testFolder(), 'backup.db');
    const store = await openTestStore({ folder, key });
    await store.sync.commit({ addMessages: [added(1), added(2)] });
    const backup = store.backup(path);
    await store.sync.commit({ addMessages: [added(3)] });
    await backup;
    await store.sync.commit({ addMessages: [added(4)] });
    await store.close();
    const aside = await restoreStore({ folder, key }, path);
    expect(statSync(aside ?? '').size).toBeGreaterThan(0);
    expect(await checkStore({ folder, key }, true)).toEqual([]);
    const restored = await openTestStore({ folder, key });
    // What was there when it was asked for, and perhaps what arrived before it was done, but nothing later.
    expect([2, 3]).toContain(await restored.sync.messages.count());
  });

  test('compacting gives back room and keeps everything, and the store goes on', async () => {
    const folder = testFolder();
    const store = await openTestStore({ folder, key });
    const putEntries = Array.from({ length: 2000 }, (_unused, at) =>
      entry(at, `text ${at}`.repeat(20)),
    );
    await store.conversations.apply({ putEntries, projectedThrough: 1 });
    const deletions = putEntries
      .slice(1)
      .map(({ id, order }) => ({ target: id, eventId: id, order }));
    await store.conversations.apply({ deletions, projectedThrough: 2 });
    await store.compact();
    await store.sync.commit({ addMessages: [added(1)] });
    expect(await store.conversations.entry(messageId(0))).toMatchObject({
      text: 'text 0'.repeat(20),
    });
    expect((await store.conversations.search({ text: 'text', limit: 9 })).length).toBe(1);
    await store.close();
    const { before, after } = await compactStore({ folder, key });
    expect(after.messages).toBe(1);
    expect(after.bytes).toBeLessThanOrEqual(before.bytes);
    expect(await checkStore({ folder, key }, true)).toEqual([]);
  });
});

test('a backup under another key is refused and the store stays', async () => {
  const folder = testFolder();
  const path = join(testFolder(), 'backup.db');
  const store = await openTestStore({ folder, key: KEY });
  await store.backup(path);
  await store.close();
  const before = readFileSync(join(folder, 'messages.db'));
  writeFileSync(path, readFileSync(path));
  const other = new Uint8Array(32).fill(9);
  await expect(restoreStore({ folder, key: other }, path)).rejects.toBeInstanceOf(StoreKeyError);
  expect(readFileSync(join(folder, 'messages.db')).equals(before)).toBe(true);
});
