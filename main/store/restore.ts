import { randomBytes } from 'node:crypto';
import { dirname, resolve } from 'node:path';
import { toHex } from '../helpers/bytes.ts';
import { StoreError } from './errors.ts';
import type { FileSystem } from './file-backend/index.ts';
import { nodeFileSystem } from './file-backend/index.ts';
import { lockStore } from './lock.ts';
import type { OpeningOptions } from './opening.ts';
import { openExisting, quickCheck, reasonToSetAside, STORE_ID_BYTES } from './opening.ts';
import {
  copyFile,
  discard,
  keepAside,
  replaceFile,
  storeFiles,
  unusedAsideName,
} from './store-files.ts';

export interface RestoreOptions {
  /** The store's own folder, which must be there. */
  readonly folder: string;
  /** 32 bytes: the key of the backup, and of the store from then on. Undefined: neither is encrypted. */
  readonly key: Uint8Array | undefined;
  /** What `Store.backup` wrote. It is only read. */
  readonly backup: string;
  /** For tests. */
  readonly fileSystem?: FileSystem;
}

/**
 * Puts a backup in the place of the store in a folder, whole or not at all, and keeps the present store, if there is one,
 * under a dated name. Throws `StoreInUseError`, `StoreKeyError`, `StoreDamagedError`, `StoreForeignError`,
 * `StoreNewerError` or `StoreFullError`, with nothing changed, and Node's own error when the backup cannot be read.
 *
 * The restored store gets a new id: it no longer holds all that the other devices were told it does, and by its id they
 * know to offer it everything again.
 * @returns where the present store is now; undefined when there was none
 */
export async function restoreStore(options: RestoreOptions): Promise<string | undefined> {
  const { folder, key, backup, fileSystem = nodeFileSystem } = options;
  const files = storeFiles(folder);
  if ([files.database, files.draft].includes(resolve(backup))) {
    throw new StoreError('The store cannot be restored from itself.');
  }
  const unlock = lockStore(folder);
  try {
    const now = (): number => Date.now();
    const opening: OpeningOptions = { files, key, fileSystem, onNotice: () => undefined, now };
    discard(fileSystem, files.draft);
    try {
      copyFile(fileSystem, backup, files.draft);
      await renew({ ...opening, files: { ...files, database: files.draft } });
      const aside = await keepPresent(opening);
      // What is in it is kept beside it by now, and SQLite would take it for the log of the restored database.
      if (fileSystem.unlink(files.log)) fileSystem.syncFolder(folder);
      replaceFile(fileSystem, files.draft, files.database);
      return aside;
    } catch (error) {
      discard(fileSystem, files.draft);
      throw error;
    }
  } finally {
    unlock();
  }
}

/**
 * Whether `restoreStore` would take a backup: throws as that does where it would not. The file is brought up to date where
 * an earlier version wrote it, so that it should be a copy.
 */
export async function checkBackup({
  key,
  backup,
  fileSystem = nodeFileSystem,
}: Omit<RestoreOptions, 'folder'>): Promise<void> {
  const files = { ...storeFiles(dirname(backup)), database: backup };
  const now = (): number => Date.now();
  const connection = await openExisting({ files, key, fileSystem, now, onNotice: () => undefined });
  try {
    quickCheck(connection);
  } finally {
    connection.close();
  }
}

/** Checks a copy of a backup and gives it another id. */
async function renew(options: OpeningOptions): Promise<void> {
  const connection = await openExisting(options);
  try {
    quickCheck(connection);
    const id = toHex(randomBytes(STORE_ID_BYTES));
    connection.run("UPDATE meta SET value = ? WHERE key = 'store_id'", id);
  } finally {
    connection.close();
  }
}

/** Copies the present store to a dated name, so that at every moment one whole store is in its place. */
async function keepPresent(options: OpeningOptions): Promise<string | undefined> {
  const { files, fileSystem, now } = options;
  if (fileSystem.size(files.database) === undefined) return undefined;
  try {
    // Moves what is in the log into the database.
    (await openExisting(options)).close();
  } catch (error) {
    // One that cannot be opened is kept as it is, log included; a full disk, say, ends the restoration.
    if (reasonToSetAside(error) === undefined) throw error;
  }
  const aside = unusedAsideName(fileSystem, files, 'replaced', now());
  keepAside(fileSystem, files, aside);
  return aside;
}
