import { spawnSync } from 'node:child_process';
import {
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { StoreNotice } from '../../main/store/index.ts';
import {
  openStore,
  StoreClosedError,
  StoreFullError,
  StoreInUseError,
  StoreKeyError,
  StoreReadOnlyError,
} from '../../main/store/index.ts';
import { openDatabase } from '../../main/store/file-backend/index.ts';
import { SCHEMA_VERSION } from '../../main/store/schema.ts';
import { faultyFileSystem, fileError } from './faulty-file-system.ts';
import { testFolder } from './folder.ts';
import { KEY, openTestStore } from './open.ts';
import { added } from './samples.ts';

/** A folder with a store of a few messages, closed. */
async function storeFolder(key?: Uint8Array): Promise<string> {
  const folder = testFolder();
  const store = await openStore({ folder, key });
  await store.sync.commit({ addMessages: [added(1), added(2)] });
  await store.close();
  return folder;
}

const file = (folder: string): string => join(folder, 'messages.db');

function contents(folder: string): Map<string, Buffer> {
  const names = readdirSync(folder).filter((name) => name !== 'lock');
  return new Map(names.map((name) => [name, readFileSync(join(folder, name))]));
}

describe('one process per store', () => {
  test('a store that is open is refused, and free again once it is closed', async () => {
    const folder = testFolder();
    const store = await openTestStore({ folder });
    await expect(openStore({ folder, key: undefined })).rejects.toBeInstanceOf(StoreInUseError);
    await store.sync.commit({ addMessages: [added(1)] });
    await store.close();
    const again = await openTestStore({ folder });
    expect(await again.sync.messages.count()).toBe(1);
  });

  test('another process is refused, too', async () => {
    const folder = testFolder();
    await openTestStore({ folder });
    const script = `import { lockStore } from ${JSON.stringify(
      new URL('../../main/store/lock.ts', import.meta.url).href,
    )}; try { lockStore(process.argv[1]); } catch (error) { console.log(error.name); }`;
    const args = ['--input-type=module', '--eval', script, folder];
    const { stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    expect(stdout.trim()).toBe('StoreInUseError');
  });

  test('an opening that failed leaves the store free', async () => {
    const folder = await storeFolder(KEY);
    await expect(openStore({ folder, key: undefined })).rejects.toBeInstanceOf(StoreKeyError);
    const store = await openTestStore({ folder, key: KEY });
    expect(await store.sync.messages.count()).toBe(2);
  });

  test('a closed store refuses calls, and closing twice is fine', async () => {
    const store = await openTestStore();
    await store.close();
    await store.close();
    await expect(store.sync.messages.count()).rejects.toBeInstanceOf(StoreClosedError);
    await expect(store.stats()).rejects.toBeInstanceOf(StoreClosedError);
  });
});

describe('keys', () => {
  test.each([
    ['another key', KEY, new Uint8Array(32).fill(9)],
    ['no key', KEY, undefined],
    ['a key for a plain store', undefined, KEY],
  ])('%s: an error, no new store, nothing set aside', async (_, made, asked) => {
    const folder = await storeFolder(made);
    const before = contents(folder);
    await expect(openStore({ folder, key: asked })).rejects.toBeInstanceOf(StoreKeyError);
    expect(contents(folder)).toEqual(before);
    const store = await openTestStore({ folder, key: made });
    expect(await store.sync.messages.count()).toBe(2);
  });

  test('a key of another length is refused before anything is made', async () => {
    const folder = testFolder();
    await expect(openStore({ folder, key: new Uint8Array(31) })).rejects.toThrow(RangeError);
    expect(contents(folder).size).toBe(0);
  });
});

describe('a file that cannot be used is set aside, and a new store takes its place', () => {
  async function expectSetAside(
    folder: string,
    key: Uint8Array | undefined,
    reason: 'damaged' | 'foreign' | 'newer',
  ): Promise<void> {
    const before = readFileSync(file(folder));
    const notices: StoreNotice[] = [];
    const store = await openTestStore({ folder, key, onNotice: (notice) => notices.push(notice) });
    expect(notices).toEqual([expect.objectContaining({ kind: 'set-aside', reason })]);
    const path = notices[0]?.path ?? '';
    expect(notices[0]?.message).toContain(path);
    expect(path).toMatch(new RegExp(`messages\\.db\\.${reason}-\\d{4}-\\d\\d-\\d\\dT`));
    expect(readFileSync(path).equals(before)).toBe(true);
    expect(await store.sync.messages.count()).toBe(0);
    await store.sync.commit({ addMessages: [added(7)] });
    await store.close();
    const again = await openTestStore({ folder, key });
    expect(await again.sync.messages.count()).toBe(1);
  }

  test.each([
    ['plain', undefined],
    ['encrypted', KEY],
  ])('damaged, %s: garbled, cut, emptied', async (_, key) => {
    const damages = [
      (path: string) => {
        const bytes = readFileSync(path);
        bytes.fill(0xa5, 4096, 8192 + 4096);
        writeFileSync(path, bytes);
      },
      (path: string) => truncateSync(path, statSync(path).size - 5000),
      (path: string) => truncateSync(path, 50),
      (path: string) => writeFileSync(path, ''),
      (path: string) => writeFileSync(path, 'not a database at all, '.repeat(1000)),
    ];
    for (const damage of damages) {
      const folder = await storeFolder(key);
      damage(file(folder));
      await expectSetAside(folder, key, 'damaged');
    }
  });

  test('the database of another program', async () => {
    const folder = testFolder();
    const database = await openDatabase({ path: file(folder) });
    database.connection.run('CREATE TABLE theirs(x)');
    database.close();
    await expectSetAside(folder, undefined, 'foreign');
  });

  test.each([
    ['plain', undefined],
    ['encrypted', KEY],
  ])('a later schema, %s', async (_, key) => {
    const folder = await storeFolder(key);
    const database = await openDatabase({ path: file(folder), key });
    database.connection.run(`PRAGMA user_version = ${SCHEMA_VERSION + 1}`);
    database.close();
    await expectSetAside(folder, key, 'newer');
  });

  test('two of one second get two names', async () => {
    const folder = await storeFolder();
    for (let round = 0; round < 3; round += 1) {
      truncateSync(file(folder), 5000);
      const store = await openStore({ folder, key: undefined });
      await store.close();
    }
    expect(readdirSync(folder).filter((name) => name.includes('damaged'))).toHaveLength(3);
  });

  test('a log whose database is gone is kept', async () => {
    const folder = testFolder();
    writeFileSync(`${file(folder)}-wal`, 'what is left');
    const notices: StoreNotice[] = [];
    await openTestStore({ folder, onNotice: (notice) => notices.push(notice) });
    expect(readFileSync(`${notices[0]?.path ?? ''}-wal`, 'utf8')).toBe('what is left');
  });
});

describe('a disk that refuses', () => {
  test.each([
    ['ENOSPC', StoreFullError],
    ['EROFS', StoreReadOnlyError],
    ['EACCES', StoreReadOnlyError],
  ])('%s while the store is made: an error, and it is made later', async (code, error) => {
    const folder = testFolder();
    const fileSystem = faultyFileSystem();
    for (const failing of ['open', 'write', 'sync'] as const) {
      fileSystem.fail = (operation) => {
        if (operation === failing) throw fileError(code);
      };
      await expect(openStore({ folder, key: undefined, fileSystem })).rejects.toBeInstanceOf(error);
      expect(existsSync(file(folder))).toBe(false);
    }
    fileSystem.fail = () => undefined;
    const store = await openTestStore({ folder, fileSystem });
    expect(await store.sync.messages.count()).toBe(0);
  });

  test.each([
    ['ENOSPC', StoreFullError],
    ['EROFS', StoreReadOnlyError],
  ])('%s while an existing store is opened sets nothing aside', async (code, error) => {
    const folder = await storeFolder();
    const before = contents(folder);
    const fileSystem = faultyFileSystem();
    fileSystem.fail = (operation) => {
      if (operation === 'open') throw fileError(code);
    };
    await expect(openStore({ folder, key: undefined, fileSystem })).rejects.toBeInstanceOf(error);
    expect(contents(folder)).toEqual(before);
  });

  test('read-only in the middle: a clear error, what was there is readable, and it goes on', async () => {
    const fileSystem = faultyFileSystem();
    const { sync } = await openTestStore({ fileSystem, key: KEY });
    await sync.commit({ addMessages: [added(1)] });
    for (const failing of ['write', 'sync'] as const) {
      fileSystem.fail = (operation) => {
        if (operation === failing) throw fileError('EROFS');
      };
      const commit = sync.commit({ addMessages: [added(2)] });
      await expect(commit).rejects.toBeInstanceOf(StoreReadOnlyError);
      expect((await sync.messages.arrivedAfter(0, 9)).map(({ sequence }) => sequence)).toEqual([1]);
    }
    fileSystem.fail = () => undefined;
    await sync.commit({ addMessages: [added(2)] });
    expect(await sync.messages.count()).toBe(2);
  });
});
