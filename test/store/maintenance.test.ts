import { cpSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sectionsOf, unpackSections } from '../../main/helpers/sections.ts';
import { OrderedIds } from '../../main/reconcile/index.ts';
import { nodeFileSystem, openDatabase } from '../../main/store/file-backend/index.ts';
import { openStore, restoreStore, StoreKeyError, type Store } from '../../main/store/index.ts';
import { storeFiles } from '../../main/store/store-files.ts';
import { SectionsDamagedError } from '../../main/sync/group-index.ts';
import { GroupIndexes } from '../../main/sync/group-indexes.ts';
import { faultyFileSystem, fileError } from './faulty-file-system.ts';
import { testFolder } from './folder.ts';
import { KEY, openTestStore, untilIndexed } from './open.ts';
import { added, deletionOf, entry, GROUP, messageId } from './samples.ts';

const BACKUP_KEY = new Uint8Array(32).fill(2);
const NEW_KEY = new Uint8Array(32).fill(3);

describe.each([
  ['plain', undefined],
  ['encrypted', KEY],
])('%s store', (_, key) => {
  test('a backup made while the store is written is restored whole; what it replaces is kept', async () => {
    const folder = testFolder();
    const path = join(testFolder(), 'backup.db');
    const store = await openTestStore({ folder, key });
    await store.sync.commit({ addMessages: [added(1), added(2)] });
    const backup = store.backup(path, BACKUP_KEY);
    await store.sync.commit({ addMessages: [added(3)] });
    await backup;
    await store.sync.commit({ addMessages: [added(4)] });
    await store.close();
    const aside = await restoreStore({ folder, key, backup: path });
    expect(statSync(aside ?? '').size).toBeGreaterThan(0);
    const restored = await openTestStore({ folder, key });
    expect(await restored.check(true)).toEqual([]);
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
      .map(({ id, order }, at) => deletionOf(at + 1, { eventId: id, order }));
    await store.conversations.apply({ deletions, projectedThrough: 2 });
    const before = await store.stats();
    await store.compact();
    await store.sync.commit({ addMessages: [added(1)] });
    expect(await store.conversations.entry(messageId(0))).toMatchObject({
      text: 'text 0'.repeat(20),
    });
    await untilIndexed(store);
    expect((await store.conversations.search({ text: 'text', limit: 9 })).hits.length).toBe(1);
    await store.compact();
    const after = await store.stats();
    expect(after.messages).toBe(1);
    expect(after.bytes).toBeLessThanOrEqual(before.bytes);
    expect(await store.check(true)).toEqual([]);
  });
});

describe('a backup of an encrypted store', () => {
  test('opens by its own key and by the key of the store, and by no other', async () => {
    const folder = testFolder();
    const path = join(testFolder(), 'backup.db');
    const store = await openTestStore({ folder, key: KEY });
    await store.sync.commit({ addMessages: [added(1)] });
    await store.backup(path, BACKUP_KEY);
    await store.close();
    const before = readFileSync(join(folder, 'messages.db'));
    for (const key of [NEW_KEY, BACKUP_KEY]) {
      await expect(restoreStore({ folder, key, backup: path })).rejects.toBeInstanceOf(
        StoreKeyError,
      );
    }
    expect(readFileSync(join(folder, 'messages.db')).equals(before)).toBe(true);
    const elsewhere = testFolder();
    // As the device does that has got another key since; and as the recovery phrase does.
    const ways = [{ earlierKeys: [BACKUP_KEY, KEY] }, { backupKey: BACKUP_KEY }];
    for (const way of ways) {
      await restoreStore({ folder: elsewhere, key: NEW_KEY, backup: path, ...way });
      const restored = await openTestStore({ folder: elsewhere, key: NEW_KEY });
      expect(await restored.sync.messages.count()).toBe(1);
      await restored.close();
    }
    await expect(openStore({ folder: elsewhere, key: KEY, inThread: false })).rejects.toThrow(
      StoreKeyError,
    );
  });
});

test('a page of zeros, where a message was, is damage: the store is set aside', async () => {
  const folder = testFolder();
  const store = await openTestStore({ folder, key: KEY });
  const addMessages = [added(1, { body: new Uint8Array(50_000).fill(7) })];
  await store.sync.commit({ addMessages });
  await store.close();
  const file = join(folder, 'messages.db');
  const bytes = readFileSync(file);
  const pages = Math.floor((bytes.length - 4096) / 4124);
  // One of the pages of the long body: the last of the file but for a few.
  bytes.fill(0, 4096 + (pages - 4) * 4124, 4096 + (pages - 3) * 4124);
  writeFileSync(file, bytes);
  const notices: string[] = [];
  const onNotice = ({ kind }: { kind: string }): unknown => notices.push(kind);
  await openTestStore({ folder, key: KEY, onNotice });
  expect(notices).toEqual(['set-aside']);
});

describe('a store that is older than it should be', () => {
  const kinds = async (folder: string) => {
    const notices: string[] = [];
    const onNotice = ({ kind }: { kind: string }): unknown => notices.push(kind);
    const afterLoss = { 'set-after-loss': true };
    const store = await openStore({ folder, key: KEY, inThread: false, onNotice, afterLoss });
    const found = {
      notices,
      messages: await store.sync.messages.count(),
      id: store.storeId,
      setting: await store.settings.get('set-after-loss'),
    };
    await store.close();
    return found;
  };

  /** As a process leaves a store that ends in the middle. */
  async function crashed(messages: number): Promise<string> {
    const folder = testFolder();
    const store = await openTestStore({ folder, key: KEY });
    for (let at = 0; at < messages; at += 1) await store.sync.commit({ addMessages: [added(at)] });
    const copy = testFolder();
    cpSync(folder, copy, { recursive: true });
    await store.close();
    return copy;
  }

  test('since its log is gone after a crash is told, gets another id, and goes on', async () => {
    const folder = await crashed(3);
    for (const lost of ['gone', 'empty', 'zeros']) {
      const copy = testFolder();
      cpSync(folder, copy, { recursive: true });
      const log = join(copy, 'messages.db-wal');
      if (lost === 'gone') rmSync(log);
      else writeFileSync(log, new Uint8Array(lost === 'empty' ? 0 : statSync(log).size));
      const found = await kinds(copy);
      expect(found, lost).toMatchObject({ notices: ['older'], messages: 0, setting: true });
      const again = await kinds(copy);
      expect(again, lost).toMatchObject({ notices: [], id: found.id });
    }
  });

  test('with its log it is what it was, and nobody is told', async () => {
    const folder = await crashed(3);
    expect(await kinds(folder)).toMatchObject({ notices: [], messages: 3, setting: undefined });
    expect(await kinds(folder)).toMatchObject({ notices: [], messages: 3 });
  });

  test('since a copy was put back is told, whether its record was put back with it, deleted or kept', async () => {
    const folder = testFolder();
    const file = join(folder, 'messages.db');
    await kinds(folder);
    const old = readFileSync(file);
    const oldRecord = readFileSync(`${file}.session`);
    const store = await openTestStore({ folder, key: KEY });
    await store.sync.commit({ addMessages: [added(1)] });
    await store.close();
    writeFileSync(file, old);
    expect(await kinds(folder)).toMatchObject({ notices: ['older'], messages: 0 });
    writeFileSync(file, old);
    rmSync(`${file}.session`);
    expect(await kinds(folder)).toMatchObject({ notices: ['older'] });
    // All of it is what nothing here can tell: that is said in the documents.
    writeFileSync(file, old);
    writeFileSync(`${file}.session`, oldRecord);
    expect(await kinds(folder)).toMatchObject({ notices: [] });
  });

  test('is not one whose first opening was cut off before it was written down', async () => {
    const folder = testFolder();
    const fileSystem = faultyFileSystem();
    let renames = 0;
    const draftsOnly = {
      ...fileSystem,
      rename(from: string, to: string) {
        renames += to.endsWith('.session') ? 1 : 0;
        // The record of the opening itself: the database has counted it by then.
        if (to.endsWith('.session') && renames === 2) throw fileError('EIO');
        fileSystem.rename(from, to);
      },
    };
    const opening = { folder, key: KEY, fileSystem: draftsOnly, inThread: false };
    await expect(openStore(opening)).rejects.toThrow();
    expect(renames).toBe(2);
    expect(await kinds(folder)).toMatchObject({ notices: [], messages: 0 });
  });

  test('is not one that was compacted, encrypted anew or restored', async () => {
    const folder = testFolder();
    const backup = join(testFolder(), 'backup.db');
    const store = await openTestStore({ folder, key: KEY });
    await store.backup(backup, BACKUP_KEY);
    await store.compact();
    await store.sync.commit({ addMessages: [added(1)] });
    const copy = testFolder();
    cpSync(folder, copy, { recursive: true });
    await store.close();
    expect(await kinds(copy)).toMatchObject({ notices: [], messages: 1 });
    await restoreStore({ folder, key: KEY, backup });
    expect(await kinds(folder)).toMatchObject({ notices: [], messages: 0 });
  });
});

describe('a store that gets another key', () => {
  test('keeps everything, goes on, and no earlier key opens it or a later backup', async () => {
    const folder = testFolder();
    const backup = join(testFolder(), 'backup.db');
    const store = await openTestStore({ folder, key: KEY });
    await store.sync.commit({ addMessages: [added(1)] });
    await store.rekey(NEW_KEY);
    await store.sync.commit({ addMessages: [added(2)] });
    await store.backup(backup, BACKUP_KEY);
    await store.close();
    await expect(openStore({ folder, key: KEY, inThread: false })).rejects.toThrow(StoreKeyError);
    const elsewhere = testFolder();
    await expect(restoreStore({ folder: elsewhere, key: KEY, backup })).rejects.toThrow(
      StoreKeyError,
    );
    const again = await openTestStore({ folder, key: NEW_KEY, earlierKeys: [KEY] });
    expect(await again.sync.messages.count()).toBe(2);
    expect(await again.check(true)).toEqual([]);
  });

  test('that was not done when it ended is done when it is opened next', async () => {
    const folder = testFolder();
    const store = await openTestStore({ folder, key: KEY });
    await store.sync.commit({ addMessages: [added(1)] });
    await store.close();
    const notices: unknown[] = [];
    const onNotice = (notice: unknown): unknown => notices.push(notice);
    const again = await openTestStore({ folder, key: NEW_KEY, earlierKeys: [KEY], onNotice });
    expect(await again.sync.messages.count()).toBe(1);
    expect(again.isBehind).toBe(false);
    await again.close();
    await expect(openStore({ folder, key: KEY, inThread: false })).rejects.toThrow(StoreKeyError);
    expect(notices).toEqual([]);
  });
});

describe('sums of sections that are wrong', () => {
  const HELD = Array.from({ length: 40 }, (_, at) => added(at));

  /** A store that was closed, and changed behind its back. */
  async function changed(sql: string): Promise<Store> {
    const folder = testFolder();
    const store = await openTestStore({ folder });
    await store.sync.commit({ addMessages: HELD });
    await store.close();
    const { database } = storeFiles(folder);
    const file = await openDatabase({ path: database, key: undefined, fileSystem: nodeFileSystem });
    file.connection.run(sql);
    file.close();
    return openTestStore({ folder });
  }

  const WRONG = 'UPDATE sections SET sum = zeroblob(32)';

  test('are found and made anew by a full check', async () => {
    const store = await changed(WRONG);
    expect(await store.check(true)).toEqual([expect.stringContaining(GROUP)]);
    expect(await store.check(true)).toEqual([]);
  });

  test('are made anew where some are missing, as soon as they are read', async () => {
    const store = await changed('DELETE FROM sections');
    const { messages } = store.sync;
    const positions = await messages.positions(GROUP, undefined, Infinity);
    expect(unpackSections(await messages.sections(GROUP))).toEqual(sectionsOf(positions));
    expect(await messages.checkSections(GROUP)).toBe(true);
  });

  test('prove nothing once a reconciliation looks into them, and are right at the next one', async () => {
    const { sync } = await changed(WRONG);
    const indexes = new GroupIndexes(sync.messages);
    await expect(indexes.open(GROUP)).rejects.toThrow(SectionsDamagedError);
    const { ids } = await indexes.open(GROUP);
    const right = new OrderedIds();
    right.insertPacked(await sync.messages.positions(GROUP, undefined, Infinity));
    expect(ids.fingerprint(0, ids.size)).toEqual(right.fingerprint(0, right.size));
  });
});
