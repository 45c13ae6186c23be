import { openStore } from './index.ts';
import type { StoreStats } from './index.ts';
import { openDatabase, nodeFileSystem } from './file-backend/index.ts';
import { Connection } from './connection.ts';
import { storeError } from './errors.ts';
import { lockStore } from './lock.ts';
import { openExisting } from './opening.ts';
import { replaceFile, setAside, storeFiles } from './store-files.ts';

/** A store that no other process has open. */
export interface StoreLocation {
  readonly folder: string;
  /** 32 bytes; undefined for a store that is not encrypted. */
  readonly key: Uint8Array | undefined;
}

/** What is wrong with the store, in words; empty when nothing is. A damaged store is not set aside. Throws the store's errors. */
export async function checkStore(
  { folder, key }: StoreLocation,
  full: boolean,
): Promise<readonly string[]> {
  const unlock = lockStore(folder);
  try {
    const fileSystem = nodeFileSystem;
    const connection = await openExisting({
      files: storeFiles(folder),
      key,
      fileSystem,
      onNotice: () => undefined,
      now: () => Date.now(),
    });
    try {
      const sql = full ? 'PRAGMA integrity_check' : 'PRAGMA quick_check';
      const found = connection.all(sql, [], ([line]) => String(line));
      return found.filter((line) => line !== 'ok');
    } finally {
      connection.close();
    }
  } finally {
    unlock();
  }
}

/** Gives back the disk space of what was deleted. Returns the sizes before and after. */
export async function compactStore(
  location: StoreLocation,
): Promise<{ readonly before: StoreStats; readonly after: StoreStats }> {
  const store = await openStore(location);
  try {
    const before = await store.stats();
    await store.compact();
    return { before, after: await store.stats() };
  } finally {
    await store.close();
  }
}

/** Copies the store to the file `path`, encrypted as it is; a file there is replaced. */
export async function backUpStore(location: StoreLocation, path: string): Promise<void> {
  const store = await openStore(location);
  try {
    await store.backup(path);
  } finally {
    await store.close();
  }
}

/**
 * Puts the backup at `path`, made under the same key, in the place of the store, which is set aside. Throws the store's
 * errors, with the store as it was, when the backup cannot be opened.
 * @returns where the store is now that was in its place; undefined when there was none
 */
export async function restoreStore(
  { folder, key }: StoreLocation,
  path: string,
): Promise<string | undefined> {
  const fileSystem = nodeFileSystem;
  const files = storeFiles(folder);
  const unlock = lockStore(folder);
  try {
    fileSystem.unlink(files.draft);
    await copyDatabase(path, files.draft, key);
    const isThere = fileSystem.size(files.database) !== undefined;
    const aside = isThere ? setAside(fileSystem, files, 'replaced', Date.now()) : undefined;
    replaceFile(fileSystem, files.draft, files.database);
    return aside;
  } finally {
    unlock();
  }
}

/** Page by page, and so only if every page can be read. */
async function copyDatabase(from: string, to: string, key: Uint8Array | undefined): Promise<void> {
  if (nodeFileSystem.size(from) === undefined) throw new RangeError(`there is no file ${from}`);
  let source: Connection | undefined;
  try {
    source = new Connection(await openDatabase({ path: from, key }));
    const copy = source.file.copyTo(to, key);
    try {
      // All of it: nothing else runs in a process that restores.
      while (!copy.step(1024));
    } finally {
      copy.close();
    }
  } catch (error) {
    throw storeError(error, undefined);
  } finally {
    source?.close();
  }
}
