import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  StoreClosedError,
  StoreInUseError,
  StoreKeyError,
  type StoreNotice,
} from '../../main/store/index.ts';
import { writeFileSync } from 'node:fs';
import { testFolder } from './folder.ts';
import { KEY, openTestStore } from './open.ts';
import { added, entry } from './samples.ts';

test('errors of the thread arrive as what they are', async () => {
  const folder = testFolder();
  const store = await openTestStore({ folder, key: KEY, inThread: true });
  const ephemeral = added(1, { metadata: { parents: [], ephemeral: true } });
  await expect(store.sync.commit({ addMessages: [ephemeral] })).rejects.toThrow(RangeError);
  await expect(openTestStore({ folder, key: KEY, inThread: true })).rejects.toBeInstanceOf(
    StoreInUseError,
  );
  await store.close();
  await expect(store.sync.messages.count()).rejects.toBeInstanceOf(StoreClosedError);
  await expect(openTestStore({ folder, inThread: true })).rejects.toBeInstanceOf(StoreKeyError);
});

test('what the thread sets aside is told', async () => {
  const folder = testFolder();
  writeFileSync(join(folder, 'messages.db'), 'no database at all'.repeat(100));
  const notices: StoreNotice[] = [];
  await openTestStore({ folder, inThread: true, onNotice: (notice) => notices.push(notice) });
  expect(notices).toMatchObject([{ kind: 'set-aside', reason: 'damaged' }]);
});

test('the caller goes on while the thread works, and every call in flight is answered', async () => {
  const store = await openTestStore({ inThread: true });
  const putEntries = Array.from({ length: 20_000 }, (_, at) => entry(at, `word${at} `.repeat(20)));
  let turns = 0;
  const count = (): void => {
    turns += 1;
    turning = setImmediate(count);
  };
  let turning = setImmediate(count);
  const applied = store.conversations.apply({ putEntries, projectedThrough: 1 });
  const checked = store.check(true);
  const compacted = store.compact();
  const backup = store.backup(join(testFolder(), 'backup.db'), KEY);
  const read = store.conversations.entry(entry(7, '').id);
  await applied;
  clearImmediate(turning);
  // In the caller's own thread it is one turn, however long.
  expect(turns).toBeGreaterThan(20);
  expect(await checked).toEqual([]);
  expect((await read)?.text).toContain('word7');
  await compacted;
  await backup;
});

test('closing waits for what was asked for before', async () => {
  const folder = testFolder();
  const store = await openTestStore({ folder, inThread: true });
  const commits = [1, 2, 3].map((n) => store.sync.commit({ addMessages: [added(n)] }));
  const closed = store.close();
  await Promise.all([...commits, closed]);
  const again = await openTestStore({ folder });
  expect(await again.sync.messages.count()).toBe(3);
});
