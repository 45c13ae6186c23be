import { findDefaultVfs, Heap } from './abi.ts';
import { PAGE_BYTES } from './encryption.ts';
import { DamagedFileError } from './errors.ts';
import type { FileSystem } from './file-system.ts';
import { nodeFileSystem } from './file-system.ts';
import { KEY_BYTES } from './key-header.ts';
import { Mount } from './mount.ts';
import type { SqlDatabase, SqlEngine } from './sqljs.ts';
import { loadEngine } from './sqljs.ts';
import type { FileCopy } from './copy.ts';
import { startCopy } from './copy.ts';
import { Vfs } from './vfs.ts';

export type { FileCopy } from './copy.ts';
export * from './errors.ts';
export type { FileSystem } from './file-system.ts';
export { nodeFileSystem } from './file-system.ts';
export { KEY_BYTES } from './key-header.ts';
export {
  freePages,
  opensWith,
  readFileEnvelope,
  refuseHoles,
  transcribe,
  writeFileEnvelope,
} from './whole-files.ts';
export type { SqlStatement, SqlValue } from './sqljs.ts';

export interface OpenFileOptions {
  /** Path of the database file. It is made if it is missing. */
  readonly path: string;
  /** 32 bytes: every page and the log are encrypted. Undefined: a plain SQLite file. */
  readonly key?: Uint8Array | undefined;
  readonly fileSystem?: FileSystem;
  /** Of the page cache in memory. */
  readonly cacheKibibytes?: number;
  /** Pages in the log after which they are moved into the file. */
  readonly checkpointPages?: number;
}

/** A SQLite database in a real file. */
export interface FileDatabase {
  readonly connection: SqlDatabase;
  /** What it was opened with. */
  readonly key: Uint8Array | undefined;
  /**
   * The failure of the file system behind the last error that SQLite reported, and forgets it. Undefined when there was
   * none.
   */
  takeFileError(): unknown;
  /** Lets SQLite write another file under `key`, such as by `VACUUM INTO`, under the name given to `use`. */
  withFile<T>(path: string, key: Uint8Array | undefined, use: (name: string) => T): T;
  /** Starts a copy of the database, as it will be when the copy is finished, to a new file at `path`, under `key`. */
  copyTo(path: string, key: Uint8Array | undefined): FileCopy;
  close(): void;
}

/** 20 MiB: a million messages stay quick to read while the process stays below 200 MB. */
const DEFAULT_CACHE_KIBIBYTES = 20 * 1024;

/**
 * 64 MiB, where SQLite takes 4: ids are random, so commits write the same pages over and over, and each is moved into the
 * file once a checkpoint, for which everybody waits. Measured: 1.3 times as many inserts, and a quarter of the waits. Whoever
 * has idle moments checkpoints in them, and never sees a log of that size, which takes some 100 ms to read after a crash.
 */
const DEFAULT_CHECKPOINT_PAGES = 16_384;

let backend: Promise<{ readonly engine: SqlEngine; readonly vfs: Vfs }> | undefined;

/** Loads sql.js and gives it real files. Throws `UnsupportedSqlJsError` when that version of it cannot be. */
async function loadBackend(): Promise<{ readonly engine: SqlEngine; readonly vfs: Vfs }> {
  backend ??= loadEngine().then((engine) => {
    const heap = new Heap(engine.memory);
    return { engine, vfs: new Vfs(engine.module, heap, findDefaultVfs(engine, heap)) };
  });
  return backend;
}

/**
 * Opens a database file for this connection alone, with a write-ahead log and full synchronization: a transaction that
 * was committed survives the end of the process and the loss of power. Throws what the file system threw, or
 * `WrongKeyError`, `DamagedFileError`, or SQLite's own error for a file that is none of its own.
 *
 * Nothing here keeps another process out: take a lock before.
 */
export async function openDatabase(options: OpenFileOptions): Promise<FileDatabase> {
  const { path, key, fileSystem = nodeFileSystem } = options;
  if (key !== undefined && key.byteLength !== KEY_BYTES) {
    throw new RangeError(`a key has ${KEY_BYTES} bytes`);
  }
  const { engine, vfs } = await loadBackend();
  const mount = new Mount({ path, fileSystem, key });
  const name = vfs.add(mount);
  let connection: SqlDatabase | undefined;
  try {
    // An empty array gives sql.js an empty file of that name in memory, which it deletes when it closes.
    connection = vfs.connecting(name, () => new engine.module.Database([]));
    configure(connection, options);
  } catch (error) {
    connection?.close();
    vfs.remove(name);
    throw mount.cause(error);
  }
  const opened = connection;
  mount.lastError = undefined;
  return {
    connection: opened,
    key,
    takeFileError() {
      const { lastError } = mount;
      mount.lastError = undefined;
      return lastError;
    },
    withFile(otherPath, otherKey, use) {
      const other = new Mount({ path: otherPath, fileSystem, key: otherKey });
      const otherName = vfs.add(other);
      try {
        return use(otherName);
      } catch (error) {
        throw other.cause(error);
      } finally {
        vfs.remove(otherName);
      }
    },
    copyTo: (to, toKey) =>
      startCopy(
        engine,
        vfs,
        { source: opened, from: mount },
        new Mount({ path: to, fileSystem, key: toKey }),
      ),
    close() {
      try {
        opened.close();
      } finally {
        vfs.remove(name);
      }
    },
  };
}

function configure(connection: SqlDatabase, options: OpenFileOptions): void {
  // Before anything is read: it is what makes a log work without shared memory.
  connection.run('PRAGMA locking_mode = EXCLUSIVE');
  const mode = connection.exec('PRAGMA journal_mode = WAL')[0]?.values[0]?.[0];
  if (mode !== 'wal') throw new DamagedFileError(`its journal mode is ${String(mode)}`);
  const pageBytes = connection.exec('PRAGMA page_size')[0]?.values[0]?.[0];
  if (pageBytes !== PAGE_BYTES) throw new DamagedFileError(`its page size is ${String(pageBytes)}`);
  const { cacheKibibytes = DEFAULT_CACHE_KIBIBYTES } = options;
  const { checkpointPages = DEFAULT_CHECKPOINT_PAGES } = options;
  connection.run('PRAGMA synchronous = FULL');
  connection.run('PRAGMA temp_store = MEMORY');
  // What is deleted is overwritten, where it stood and in pages that are freed.
  connection.run('PRAGMA secure_delete = ON');
  connection.run(`PRAGMA cache_size = -${cacheKibibytes}`);
  connection.run(`PRAGMA wal_autocheckpoint = ${checkpointPages}`);
}
