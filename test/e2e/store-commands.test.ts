import {
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openKeys } from '../../main/identity/keys.ts';
import type { Store } from '../../main/store/index.ts';
import { openStore } from '../../main/store/index.ts';
import type { Finished } from '../helpers/processes.ts';
import { reunion, startDevice, temporaryFolder } from '../helpers/processes.ts';
import { batch, batchesIn } from '../store/batches.ts';

const database = (folder: string): string => join(folder, 'messages.db');

function store(folder: string, ...args: string[]): Promise<Finished> {
  const [command = '', ...rest] = args;
  return reunion(['store', command, '--data', folder, ...rest]);
}

async function withStore<T>(folder: string, use: (store: Store) => Promise<T>): Promise<T> {
  const opened = await openStore({ folder, key: (await openKeys(folder, true)).storeKey });
  try {
    return await use(opened);
  } finally {
    await opened.close();
  }
}

/** A data folder with a key and a store of some batches of messages. */
async function dataFolder(...names: string[]): Promise<string> {
  const folder = temporaryFolder();
  await openKeys(folder, false);
  await addBatches(folder, ...names);
  return folder;
}

async function addBatches(folder: string, ...names: string[]): Promise<void> {
  await withStore(folder, async ({ sync }) => {
    for (const name of names) await sync.commit({ addMessages: batch(name, 5, 500) });
  });
}

const contentOf = (folder: string): Promise<string[]> => withStore(folder, batchesIn);
const idOf = (folder: string): Promise<string> => withStore(folder, async ({ storeId }) => storeId);

test('check: a sound store, a damaged one, which stays where it is, and none', async () => {
  const folder = await dataFolder('one');
  for (const args of [['check'], ['check', '--full']]) {
    expect(await store(folder, ...args)).toEqual({ code: 0, stdout: 'sound', stderr: '' });
  }
  truncateSync(database(folder), statSync(database(folder)).size - 5_000);
  const before = readFileSync(database(folder));
  const found = await store(folder, 'check', '--full');
  expect(found).toMatchObject({ code: 1, stdout: '' });
  expect(found.stderr).toMatch(/^reunion: The store is damaged.*\.\n$/u);
  expect(readFileSync(database(folder)).equals(before)).toBe(true);

  const empty = temporaryFolder();
  expect(await store(empty, 'check')).toEqual({
    code: 1,
    stdout: '',
    stderr: `reunion: There is no store in ${empty}.\n`,
  });
  expect(readdirSync(empty)).toEqual([]);
});

test('compact prints what it came to, and keeps everything', async () => {
  const folder = await dataFolder('one', 'two');
  const { code, stdout } = await store(folder, 'compact');
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: expect.stringMatching(/^[\d.]+ KiB before, [\d.]+ KiB after$/u) as string,
  });
  expect(await contentOf(folder)).toEqual(['one', 'two']);
});

test('backup replaces no file unless told to, and restore brings it back under a new id', async () => {
  const folder = await dataFolder('one');
  const id = await idOf(folder);
  const file = join(temporaryFolder(), 'backup.db');
  expect(await store(folder, 'backup', file)).toMatchObject({ code: 0, stderr: '' });
  const first = readFileSync(file);
  await addBatches(folder, 'two');
  expect(await store(folder, 'backup', file)).toEqual({
    code: 1,
    stdout: '',
    stderr: `reunion: ${file} is there already; --force replaces it.\n`,
  });
  expect(readFileSync(file).equals(first)).toBe(true);
  const elsewhere = join(temporaryFolder(), 'none', 'backup.db');
  expect((await store(folder, 'backup', elsewhere)).stderr).toMatch(
    /^reunion: There is no folder/u,
  );

  const restored = await store(folder, 'restore', file);
  expect(restored).toMatchObject({ code: 0, stderr: '' });
  expect(readFileSync(file).equals(first)).toBe(true);
  expect(await contentOf(folder)).toEqual(['one']);
  expect(await idOf(folder)).not.toBe(id);
  expect(await store(folder, 'check', '--full')).toMatchObject({ code: 0, stdout: 'sound' });

  // What was there before the restoration is whole: it can be restored in its turn.
  const [, aside = ''] = /kept as (.*)\.$/u.exec(restored.stdout) ?? [];
  expect(aside).toMatch(/messages\.db\.replaced-\d{4}-\d\d-\d\dT[\d-]+$/u);
  expect(await store(folder, 'restore', aside)).toMatchObject({ code: 0 });
  expect(await contentOf(folder)).toEqual(['one', 'two']);
  expect(await store(folder, 'backup', file, '--force')).toMatchObject({ code: 0 });
  expect(readFileSync(file).equals(first)).toBe(false);
});

test('restore takes the place of a damaged store, which is kept, and of none', async () => {
  const folder = await dataFolder('one');
  const file = join(temporaryFolder(), 'backup.db');
  await store(folder, 'backup', file);
  writeFileSync(database(folder), 'no database '.repeat(1_000));
  writeFileSync(`${database(folder)}-wal`, 'no log');
  const { code, stdout } = await store(folder, 'restore', file);
  expect(code).toBe(0);
  const [, aside = ''] = /kept as (.*)\.$/u.exec(stdout) ?? [];
  expect(readFileSync(aside, 'utf8')).toMatch(/^no database/u);
  expect(readFileSync(`${aside}-wal`, 'utf8')).toBe('no log');
  expect(await contentOf(folder)).toEqual(['one']);

  const fresh = temporaryFolder();
  writeFileSync(join(fresh, 'device.key'), readFileSync(join(folder, 'device.key')), {
    mode: 0o600,
  });
  expect((await store(fresh, 'restore', file)).code).toBe(0);
  expect(await contentOf(fresh)).toEqual(['one']);
});

test('what is no backup, or is under another key, is refused and changes nothing', async () => {
  const folder = await dataFolder('one');
  const file = join(temporaryFolder(), 'backup.db');
  await store(await dataFolder('theirs'), 'backup', file);
  const garbage = join(temporaryFolder(), 'garbage');
  writeFileSync(garbage, 'no database '.repeat(1_000));
  const before = readFileSync(database(folder));
  const refusals = [
    [file, /^reunion: This key does not open the store/u],
    [garbage, /^reunion: The store is damaged/u],
    [join(folder, 'none'), /^reunion: There is no file/u],
    [database(folder), /^reunion: The store cannot be restored from itself/u],
  ] as const;
  for (const [path, sentence] of refusals) {
    const { code, stderr } = await store(folder, 'restore', path);
    expect(code).toBe(1);
    expect(stderr).toMatch(sentence);
  }
  expect(readFileSync(database(folder)).equals(before)).toBe(true);
  expect(readdirSync(folder).sort()).toEqual([
    'device.key',
    'lock',
    'messages.db',
    'messages.db.session',
  ]);
});

test('a store whose device runs is left to it', async () => {
  const folder = temporaryFolder();
  await startDevice(folder, ['--web', 'off']);
  const file = join(temporaryFolder(), 'backup.db');
  for (const args of [['check'], ['compact'], ['backup', file]]) {
    expect(await store(folder, ...args)).toEqual({
      code: 1,
      stdout: '',
      stderr: `reunion: The data folder ${folder} is in use by another running Reunion.\n`,
    });
  }
  expect(existsSync(file)).toBe(false);
});
