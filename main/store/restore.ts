import { dirname, resolve } from 'node:path';
import { StoreError, storeError } from './errors.ts';
import type { FileSystem } from './file-backend/index.ts';
import { nodeFileSystem, transcribe } from './file-backend/index.ts';
import { lockStore } from './lock.ts';
import type { OpeningOptions } from './opening.ts';
import { openExisting, quickCheck, reasonToSetAside, renewStoreId, setAll } from './opening.ts';
import type { Carried } from './outliving.ts';
import { addOutliving, readOutliving } from './outliving.ts';
import type { SessionRecord } from './session-record.ts';
import { openingsOf, readSessions, storeIdOf, writeSessions } from './session-record.ts';
import { discard, keepAside, replaceFile, storeFiles, unusedAsideName } from './store-files.ts';
import type { StoreKeys } from './store-keys.ts';
import { keyOfFile } from './store-keys.ts';

export interface RestoreOptions extends StoreKeys {
  /** The store's own folder, which must be there. */
  readonly folder: string;
  /**
   * 32 bytes: the key of the restored store. It, or one of `earlierKeys`, must open the backup, or the key that is sealed
   * in there. Undefined: neither is encrypted.
   */
  readonly key: Uint8Array | undefined;
  /** 32 bytes: the key of the backup, where it is known otherwise. */
  readonly backupKey?: Uint8Array;
  /** What `Store.backup` wrote. It is only read. */
  readonly backup: string;
  /** Settings that the restored store gets. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** For tests. */
  readonly fileSystem?: FileSystem;
}

/**
 * Puts a backup in the place of the store in a folder, whole or not at all, and keeps the present store, if there is one,
 * under a dated name. Throws `StoreInUseError`, `StoreKeyError`, `StoreDamagedError`, `StoreForeignError`,
 * `StoreNewerError` or `StoreFullError`, with nothing changed, and Node's own error when the backup cannot be read.
 *
 * The restored store gets a new id: it no longer holds all that the other devices were told it does, and by its id they
 * know to offer it everything again. What outlives a store (see `OUTLIVING_SETTING`) is carried over from the present one.
 * @returns where the present store is now; undefined when there was none
 */
export async function restoreStore(options: RestoreOptions): Promise<string | undefined> {
  const { folder, key, earlierKeys, backup, settings, fileSystem = nodeFileSystem } = options;
  const files = storeFiles(folder);
  if ([files.database, files.draft].includes(resolve(backup))) {
    throw new StoreError('The store cannot be restored from itself.');
  }
  const unlock = lockStore(folder);
  try {
    const now = (): number => Date.now();
    const keys: StoreKeys = { key, ...(earlierKeys && { earlierKeys }) };
    const opening: OpeningOptions = { ...keys, files, fileSystem, onNotice: () => undefined, now };
    discard(fileSystem, files.draft);
    try {
      copyUnder(fileSystem, options, files.draft);
      const carried = await readOutliving(fileSystem, files.database, keys);
      const draft = { ...opening, files: { ...files, database: files.draft } };
      const session = await renew(draft, carried, settings);
      const aside = await keepPresent(opening);
      // What is in it is kept beside it by now, and SQLite would take it for the log of the restored database.
      if (fileSystem.unlink(files.log)) fileSystem.syncFolder(folder);
      const before = readSessions(fileSystem, files.session, keys).slice(0, 1);
      writeSessions(fileSystem, files.session, key, [...before, session]);
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
  backup,
  backupKey,
  fileSystem = nodeFileSystem,
  ...keys
}: Omit<RestoreOptions, 'folder'>): Promise<void> {
  const files = { ...storeFiles(dirname(backup)), database: backup };
  const now = (): number => Date.now();
  const own = backupKey ? { key: backupKey } : keys;
  const onNotice = (): void => undefined;
  const connection = await openExisting({ files, ...own, fileSystem, now, onNotice });
  try {
    quickCheck(connection);
  } finally {
    connection.close();
  }
}

/** The backup, page by page, under the key that the store is to have. */
function copyUnder(
  fileSystem: FileSystem,
  { backup, backupKey, key, earlierKeys = [] }: RestoreOptions,
  draft: string,
): void {
  try {
    const from = backupKey ?? keyOfFile(fileSystem, backup, { key, earlierKeys });
    transcribe(fileSystem, { path: backup, key: from }, { path: draft, key });
  } catch (error) {
    throw storeError(error, undefined);
  }
}

/** Checks the copy of a backup and makes it a store of its own. Returns what is to be known of its last end. */
async function renew(
  options: OpeningOptions,
  carried: Carried,
  settings: Readonly<Record<string, unknown>> | undefined,
): Promise<SessionRecord> {
  const connection = await openExisting(options);
  try {
    quickCheck(connection);
    connection.transaction(() => {
      renewStoreId(connection);
      addOutliving(connection, carried);
      setAll(connection, settings);
    });
    const openings = openingsOf(connection);
    return { storeId: storeIdOf(connection), openings, isClosed: true };
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
