import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { FileSystem } from '../../main/store/file-backend/index.ts';
import { nodeFileSystem } from '../../main/store/file-backend/index.ts';
import { openStore, StoreKeyError } from '../../main/store/index.ts';
import { batch, batchesIn } from './batches.ts';
import { testFolder } from './folder.ts';
import { KEY, openTestStore } from './open.ts';

const NEW_KEY = new Uint8Array(32).fill(3);

/** A file system that shows a folder before each of its changes: as a process leaves it that ends there. */
function watched(before: () => void): FileSystem & { isWatched: boolean } {
  const changes = ['write', 'truncate', 'unlink', 'rename'] as const;
  const fileSystem = { ...nodeFileSystem, isWatched: false };
  for (const name of changes) {
    const original = Reflect.get(nodeFileSystem, name) as (...args: unknown[]) => unknown;
    const wrapped = (...args: unknown[]): unknown => {
      if (fileSystem.isWatched) before();
      return original(...args);
    };
    Object.assign(fileSystem, { [name]: wrapped });
  }
  return fileSystem;
}

test('whenever its process ends, a store that gets another key opens by the two of them, with all that is in it', async () => {
  const folder = testFolder();
  const states: string[] = [];
  const keep = (): void => {
    const state = join(testFolder(), 'state');
    cpSync(folder, state, { recursive: true });
    states.push(state);
  };
  const fileSystem = watched(keep);
  const store = await openTestStore({ folder, key: KEY, fileSystem });
  for (const name of ['one', 'two']) {
    await store.sync.commit({ addMessages: batch(name, 5, 900) });
  }
  fileSystem.isWatched = true;
  await store.rekey(NEW_KEY);
  keep();
  fileSystem.isWatched = false;
  await store.close();

  const opened = { before: 0, after: 0 };
  for (const [step, state] of states.entries()) {
    const about = `step ${step} of ${states.length}`;
    const notices: unknown[] = [];
    const onNotice = (notice: unknown): unknown => notices.push(notice);
    const options = { folder: state, key: NEW_KEY, earlierKeys: [KEY], inThread: false, onNotice };
    const again = await openStore(options);
    expect(await batchesIn(again), about).toEqual(['one', 'two']);
    expect(await again.check(true), about).toEqual([]);
    expect(again.isBehind, about).toBe(false);
    await again.sync.commit({ addMessages: batch('three', 5, 900) });
    await again.close();
    // Done by then, wherever it was cut off.
    const old = openStore({ folder: state, key: KEY, inThread: false });
    await expect(old, about).rejects.toThrow(StoreKeyError);
    expect(notices, about).toEqual([]);
    opened[step < states.length / 2 ? 'before' : 'after'] += 1;
  }
  expect(opened.before).toBeGreaterThan(5);
  expect(opened.after).toBeGreaterThan(5);
});
