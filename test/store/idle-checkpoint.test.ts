import { copyFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { nodeFileSystem } from '../../main/store/file-backend/index.ts';
import { testFolder } from './folder.ts';
import { openTestStore } from './open.ts';
import { added } from './samples.ts';

test('the log is moved into the database while the store is idle, and is not needed after that', async () => {
  const folder = testFolder();
  const path = join(folder, 'messages.db');
  let database: number | undefined;
  const moved = Promise.withResolvers<undefined>();
  const fileSystem = {
    ...nodeFileSystem,
    open(file: string, options: { readonly create: boolean; readonly exclusive: boolean }) {
      const descriptor = nodeFileSystem.open(file, options);
      if (file === path) database = descriptor;
      return descriptor;
    },
    sync(descriptor: number) {
      nodeFileSystem.sync(descriptor);
      if (descriptor === database) moved.resolve(undefined);
    },
  };
  const store = await openTestStore({ folder, fileSystem, idleMs: 1 });
  const before = statSync(path).size;
  await store.sync.commit({ addMessages: [added(1, { body: new Uint8Array(100_000) })] });
  expect(statSync(path).size).toBe(before);
  await moved.promise;
  expect(statSync(path).size).toBeGreaterThan(before + 90_000);
  expect(await store.sync.messages.count()).toBe(1);

  // As somebody who copies the database alone would find it.
  const copy = testFolder();
  copyFileSync(path, join(copy, 'messages.db'));
  expect(await (await openTestStore({ folder: copy })).sync.messages.count()).toBe(1);
});
