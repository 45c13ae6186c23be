import { describe, expect, test } from 'vitest';
import type { Store } from '../../main/store/index.ts';
import { openStore, StoreFullError, StoreReadOnlyError } from '../../main/store/index.ts';
import { batch, batchesIn } from './batches.ts';
import type { Operation } from './faulty-file-system.ts';
import { faultyFileSystem, fileError } from './faulty-file-system.ts';
import { testFolder } from './folder.ts';
import { KEY, openTestStore } from './open.ts';

const BODY_BYTES = 3_000;
/** Its pages are written to the log in several parts. */
const LARGE = 100;
/** A full disk takes a part of what it is given first; odd, so that it ends anywhere in a page. */
const ROOM_BYTES = 1_001;
/** The disk fails at each of these operations of a commit in turn, and at all after it. */
const FAILING_FROM = [1, 2, 3, 5, 8, 13, 40, 100, 200];
/** Enough to have the log moved into the database. */
const FILLING_BATCHES = 60;

const failures = [
  ['ENOSPC', StoreFullError],
  ['EDQUOT', StoreFullError],
  ['EROFS', StoreReadOnlyError],
  ['EACCES', StoreReadOnlyError],
] as const;

describe.each([
  ['plain', undefined],
  ['encrypted', KEY],
])('a disk that fails in the middle of a commit, %s', (_, key) => {
  test.each(failures)(
    '%s: an error, what was there is intact, and it goes on',
    async (code, error) => {
      const folder = testFolder();
      const fileSystem = faultyFileSystem();
      fileSystem.chunkBytes = ROOM_BYTES;
      const store = await openStore({ folder, key, fileSystem });
      const expected: string[] = [];
      try {
        await store.sync.commit({ addMessages: batch('first', 3, BODY_BYTES) });
        expected.push('first');
        for (const failing of ['write', 'sync'] as const) {
          for (const from of failing === 'sync' ? [1] : FAILING_FROM) {
            const name = `${failing}-${from}`;
            const changes = { addMessages: batch(name, LARGE, BODY_BYTES) };
            failFrom(fileSystem, failing, from, code);
            await expect(store.sync.commit(changes), name).rejects.toBeInstanceOf(error);
            expect(await batchesIn(store), name).toEqual(expected);
            fileSystem.fail = () => undefined;
            await store.sync.commit(changes);
            expected.push(name);
            expect(await batchesIn(store), name).toEqual(expected);
          }
        }
        expect(await store.check(true)).toEqual([]);
      } finally {
        fileSystem.fail = () => undefined;
        await store.close();
      }
      const again = await openTestStore({ folder, key });
      expect(await batchesIn(again)).toEqual(expected);
      expect(await again.check(true)).toEqual([]);
    },
  );

  test('a disk that stays full: nothing acknowledged is lost, and all of it is there at the next start', async () => {
    const folder = testFolder();
    const fileSystem = faultyFileSystem();
    const store = await openStore({ folder, key, fileSystem });
    const acknowledged: string[] = [];
    // Room for the log to grow, none for the database to take it over.
    let refused = 0;
    fileSystem.fail = (operation, count) => {
      if (operation === 'write' && count > FILLING_BATCHES * 5) throw fileError('ENOSPC');
    };
    for (let count = 0; count < FILLING_BATCHES * 5; count += 1) {
      try {
        await store.sync.commit({ addMessages: batch(`${count}`, 10, BODY_BYTES) });
        acknowledged.push(`${count}`);
      } catch (error) {
        expect(error).toBeInstanceOf(StoreFullError);
        refused += 1;
      }
    }
    expect(refused).toBeGreaterThan(0);
    expect(await batchesIn(store)).toEqual(acknowledged);
    await closeAnyhow(store);
    const again = await openTestStore({ folder, key });
    expect(await batchesIn(again)).toEqual(acknowledged);
    expect(await again.check(true)).toEqual([]);
  });
});

function failFrom(
  fileSystem: ReturnType<typeof faultyFileSystem>,
  failing: Operation,
  from: number,
  code: string,
): void {
  const before = fileSystem.counts[failing];
  fileSystem.fail = (operation, count) => {
    if (operation === failing && count >= before + from) throw fileError(code);
  };
}

/** Closing moves the log into the database, for which there is no room: the log stays for the next start. */
async function closeAnyhow(store: Store): Promise<void> {
  await store.close().catch(() => undefined);
}
