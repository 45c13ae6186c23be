import { existsSync, readFileSync, renameSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { FileDatabase, OpenFileOptions } from '../../../main/store/file-backend/index.ts';
import {
  DamagedFileError,
  FileTakenError,
  freePages,
  nodeFileSystem,
  openDatabase,
  refuseHoles,
  transcribe,
  WrongKeyError,
} from '../../../main/store/file-backend/index.ts';
import { faultyFileSystem, fileError } from '../faulty-file-system.ts';
import { testFolder } from '../folder.ts';

const KEY = new Uint8Array(32).fill(7);
const OTHER_KEY = new Uint8Array(32).fill(8);

async function open(options: OpenFileOptions): Promise<FileDatabase> {
  const database = await openDatabase(options);
  onTestFinished(() => database.close());
  return database;
}

function fill(database: FileDatabase, rows: number): void {
  const { connection } = database;
  connection.run('CREATE TABLE IF NOT EXISTS note(id INTEGER PRIMARY KEY, text TEXT) STRICT');
  connection.run(
    `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${rows})
     INSERT INTO note(text) SELECT 'a note that takes some room on its page, number ' || i FROM n`,
  );
}

function count(database: FileDatabase): unknown {
  return database.connection.exec('SELECT count(*) FROM note')[0]?.values[0]?.[0];
}

function integrity(database: FileDatabase): unknown {
  return database.connection.exec('PRAGMA integrity_check')[0]?.values;
}

describe.each([
  ['plain', undefined],
  ['encrypted', KEY],
])('%s file', (_, key) => {
  test('keeps what was committed, in a file and its log', async () => {
    const path = join(testFolder(), 'some name ü.db');
    const first = await openDatabase({ path, key });
    fill(first, 5000);
    expect(statSync(`${path}-wal`).size).toBeGreaterThan(100_000);
    first.close();
    expect(existsSync(`${path}-wal`)).toBe(false);
    const second = await open({ path, key });
    expect(count(second)).toBe(5000);
    expect(integrity(second)).toEqual([['ok']]);
  });

  test('reads and writes in as many pieces as the system makes of them', async () => {
    const path = join(testFolder(), 'short.db');
    const fileSystem = faultyFileSystem();
    fileSystem.chunkBytes = 1000;
    const first = await openDatabase({ path, key, fileSystem });
    fill(first, 1000);
    first.close();
    const second = await open({ path, key, fileSystem });
    expect(count(second)).toBe(1000);
    expect(integrity(second)).toEqual([['ok']]);
  });

  test.each(['ENOSPC', 'EDQUOT'])(
    'a full disk (%s) fails the transaction, and room lets it pass',
    async (code) => {
      const fileSystem = faultyFileSystem();
      const path = join(testFolder(), 'full.db');
      const database = await open({ path, key, fileSystem });
      fill(database, 100);
      fileSystem.fail = (operation) => {
        if (operation === 'write') throw fileError(code);
      };
      expect(() => fill(database, 100)).toThrow('database or disk is full');
      expect(database.takeFileError()).toMatchObject({ code });
      expect(database.takeFileError()).toBeUndefined();
      expect(count(database)).toBe(100);
      fileSystem.fail = () => undefined;
      fill(database, 100);
      expect(count(database)).toBe(200);
      expect(integrity(database)).toEqual([['ok']]);
    },
  );

  test('a log grows ahead of its commits, and a disk without room for that takes the commits that fit', async () => {
    const path = join(testFolder(), 'small.db');
    const faulty = faultyFileSystem();
    let capacity = Infinity;
    const database = await open({
      path,
      key,
      fileSystem: {
        ...faulty,
        write(descriptor, source, offset) {
          if (offset + source.byteLength > capacity) throw fileError('ENOSPC');
          return faulty.write(descriptor, source, offset);
        },
      },
    });
    const logBytes = (): number => statSync(`${path}-wal`).size;
    fill(database, 1);
    const grown = logBytes();
    expect(grown).toBe(1 << 18);
    fill(database, 100);
    expect(logBytes()).toBe(grown);
    capacity = grown + 100_000;
    let rows = 101;
    expect(() => {
      for (;;) {
        fill(database, 500);
        rows += 500;
      }
    }).toThrow('database or disk is full');
    expect(logBytes()).toBeGreaterThan(grown);
    expect(logBytes()).toBeLessThanOrEqual(capacity);
    expect(count(database)).toBe(rows);
    capacity = Infinity;
    fill(database, 1000);
    expect(count(database)).toBe(rows + 1000);
    expect(integrity(database)).toEqual([['ok']]);
  });

  test('a failing synchronization fails the transaction', async () => {
    const fileSystem = faultyFileSystem();
    const database = await open({ path: join(testFolder(), 'sync.db'), key, fileSystem });
    fill(database, 100);
    fileSystem.fail = (operation) => {
      if (operation === 'sync') throw fileError('EIO');
    };
    expect(() => fill(database, 100)).toThrow('disk I/O error');
    fileSystem.fail = () => undefined;
    expect(count(database)).toBe(100);
  });

  test('permission denied and a read-only disk are told as they are', async () => {
    const path = join(testFolder(), 'denied.db');
    for (const code of ['EACCES', 'EROFS']) {
      const fileSystem = faultyFileSystem();
      fileSystem.fail = (operation) => {
        if (operation === 'open') throw fileError(code);
      };
      await expect(openDatabase({ path, key, fileSystem })).rejects.toMatchObject({ code });
    }
    expect(existsSync(path)).toBe(false);
  });

  test('a folder that does not exist is told as it is', async () => {
    const path = join(testFolder(), 'missing', 'a.db');
    await expect(openDatabase({ path, key })).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('the folder is synchronized when the file and its log are made', async () => {
    const fileSystem = faultyFileSystem();
    const database = await open({ path: join(testFolder(), 'dir.db'), key, fileSystem });
    fill(database, 1);
    const { syncFolder } = fileSystem.counts;
    expect(syncFolder).toBeGreaterThanOrEqual(2);
    fill(database, 1);
    expect(fileSystem.counts.syncFolder).toBe(syncFolder);
  });

  test('a commit is one synchronization and one write', async () => {
    const fileSystem = faultyFileSystem();
    const database = await open({ path: join(testFolder(), 'one.db'), key, fileSystem });
    fill(database, 100);
    const before = { ...fileSystem.counts };
    fill(database, 50);
    expect(fileSystem.counts.sync - before.sync).toBe(1);
    expect(fileSystem.counts.write - before.write).toBe(1);
  });

  test('a copy is made in steps, while the database is written', async () => {
    const folder = testFolder();
    const database = await open({ path: join(folder, 'a.db'), key });
    fill(database, 5000);
    const copy = database.copyTo(join(folder, 'b.db'), key);
    expect(copy.step(10)).toBe(false);
    fill(database, 10);
    let steps = 1;
    while (!copy.step(10)) steps += 1;
    copy.close();
    expect(steps).toBeGreaterThan(5);
    const copied = await open({ path: join(folder, 'b.db'), key });
    expect(count(copied)).toBe(5010);
    expect(integrity(copied)).toEqual([['ok']]);
  });

  test('VACUUM INTO writes a whole file under the same key', async () => {
    const folder = testFolder();
    const database = await open({ path: join(folder, 'a.db'), key });
    fill(database, 2000);
    database.withFile(join(folder, 'b.db'), key, (name) => {
      database.connection.run(`VACUUM INTO '${name}'`);
    });
    const other = await open({ path: join(folder, 'b.db'), key });
    expect(count(other)).toBe(2000);
    expect(existsSync(join(folder, 'b.db-journal'))).toBe(false);
  });

  test('a page that was never written is copied where it is free, and is damage where it is not', async () => {
    const folder = testFolder();
    const path = join(folder, 'a.db');
    const database = await open({ path, key });
    fill(database, 500);
    const { connection } = database;
    connection.run('CREATE TABLE stays(a BLOB)');
    connection.run(
      "INSERT INTO stays VALUES(CAST(replace(hex(zeroblob(50000)), '00', 'text') AS BLOB))",
    );
    connection.run('PRAGMA wal_checkpoint(FULL)');
    const last = statSync(path).size - 3 * 4124;
    // Without a log, and where nothing is overwritten, a page that is freed in the transaction that added it is never written.
    connection.run('PRAGMA secure_delete = OFF');
    connection.run('PRAGMA journal_mode = DELETE');
    connection.run('CREATE TABLE gone(a BLOB); BEGIN; INSERT INTO gone VALUES(zeroblob(200000))');
    connection.run('DELETE FROM gone; COMMIT');
    database.close();

    const sound = await open({ path, key });
    const copy = sound.copyTo(join(folder, 'b.db'), key);
    copy.step(100_000);
    copy.close();
    const free = freePages(nodeFileSystem, { path: join(folder, 'b.db'), key });
    expect(() => refuseHoles(copy.holes, free)).not.toThrow();
    if (key !== undefined) expect(copy.holes.size).toBeGreaterThan(10);
    transcribe(nodeFileSystem, { path, key }, { path: join(folder, 'c.db'), key });
    const again = await open({ path: join(folder, 'c.db'), key });
    expect(integrity(again)).toEqual([['ok']]);
    sound.close();
    if (key === undefined) return;

    const bytes = readFileSync(path);
    bytes.fill(0, last, last + 4124);
    writeFileSync(path, bytes);
    const damaged = await open({ path, key });
    expect(() => damaged.connection.exec('SELECT sum(length(a)), hex(a) FROM stays')).toThrow();
    expect(damaged.takeFileError()).toBeInstanceOf(DamagedFileError);
    const other = damaged.copyTo(join(folder, 'd.db'), key);
    other.step(100_000);
    other.close();
    const freeOfOther = freePages(nodeFileSystem, { path: join(folder, 'd.db'), key });
    expect(() => refuseHoles(other.holes, freeOfOther)).toThrow(DamagedFileError);
    const from = { path, key };
    expect(() => transcribe(nodeFileSystem, from, { path: join(folder, 'e.db'), key })).toThrow(
      DamagedFileError,
    );
  });

  test('a log that was deleted under us is noticed', async () => {
    const path = join(testFolder(), 'taken.db');
    const database = await open({ path, key });
    fill(database, 1);
    unlinkSync(`${path}-wal`);
    const writes = async (): Promise<void> => {
      const deadline = Date.now() + 5000;
      while (Date.now() < deadline) {
        fill(database, 1);
        await Promise.resolve();
      }
    };
    await expect(writes()).rejects.toThrow('disk I/O error');
    expect(database.takeFileError()).toBeInstanceOf(FileTakenError);
  });
});

describe('encryption', () => {
  test('nothing of what was written is in the files', async () => {
    const path = join(testFolder(), 'secret.db');
    const database = await openDatabase({ path, key: KEY });
    fill(database, 500);
    expect(readFileSync(`${path}-wal`).includes('a note that')).toBe(false);
    database.close();
    const bytes = readFileSync(path);
    expect(bytes.includes('a note that')).toBe(false);
    expect(bytes.includes('SQLite')).toBe(false);
  });

  test.each([
    ['another key', KEY, OTHER_KEY],
    ['no key', KEY, undefined],
    ['a key for a plain file', undefined, KEY],
  ])('%s is refused, and nothing is changed', async (_, made, asked) => {
    const path = join(testFolder(), 'keyed.db');
    const database = await openDatabase({ path, key: made });
    fill(database, 100);
    // As a crash leaves it: with a log.
    const file = readFileSync(path);
    const log = readFileSync(`${path}-wal`);
    database.close();
    writeFileSync(path, file);
    writeFileSync(`${path}-wal`, log);
    await expect(openDatabase({ path, key: asked })).rejects.toBeInstanceOf(WrongKeyError);
    expect(readFileSync(path).equals(file)).toBe(true);
    expect(readFileSync(`${path}-wal`).equals(log)).toBe(true);
    const again = await open({ path, key: made });
    expect(count(again)).toBe(100);
  });

  test('a key of another length is refused', async () => {
    const path = join(testFolder(), 'a.db');
    await expect(openDatabase({ path, key: new Uint8Array(16) })).rejects.toThrow(RangeError);
  });

  test('two files under one key have nothing in common', async () => {
    const folder = testFolder();
    for (const name of ['a.db', 'b.db']) {
      const database = await openDatabase({ path: join(folder, name), key: KEY });
      fill(database, 100);
      database.close();
    }
    const a = readFileSync(join(folder, 'a.db'));
    renameSync(join(folder, 'b.db'), join(folder, 'c.db'));
    // A page of one file put into the other does not open there.
    const c = readFileSync(join(folder, 'c.db'));
    writeFileSync(join(folder, 'c.db'), Buffer.concat([c.subarray(0, 4096), a.subarray(4096)]));
    await expect(openDatabase({ path: join(folder, 'c.db'), key: KEY })).rejects.toBeInstanceOf(
      DamagedFileError,
    );
  });

  test('an altered page is an error, never wrong data', async () => {
    const path = join(testFolder(), 'altered.db');
    const database = await openDatabase({ path, key: KEY });
    fill(database, 5000);
    database.close();
    const bytes = readFileSync(path);
    const at = 4096 + 4124 * 20 + 2000;
    bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
    writeFileSync(path, bytes);
    const again = await open({ path, key: KEY });
    expect(() => again.connection.exec('SELECT text FROM note')).toThrow('disk I/O error');
    expect(again.takeFileError()).toBeInstanceOf(DamagedFileError);
  });

  test('one damaged copy of the header costs nothing, two are damage', async () => {
    const path = join(testFolder(), 'header.db');
    const database = await openDatabase({ path, key: KEY });
    fill(database, 10);
    database.close();
    const bytes = readFileSync(path);
    bytes.fill(0, 20, 30);
    writeFileSync(path, bytes);
    const again = await openDatabase({ path, key: KEY });
    expect(count(again)).toBe(10);
    again.close();
    bytes.fill(0, 2048, 2100);
    writeFileSync(path, bytes);
    await expect(openDatabase({ path, key: KEY })).rejects.toBeInstanceOf(DamagedFileError);
  });
});
