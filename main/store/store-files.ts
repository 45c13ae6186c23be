import { dirname, join } from 'node:path';
import type { FileSystem } from './file-backend/index.ts';

/** The store's database in its folder; its log lies beside it. */
const DATABASE_FILE = 'messages.db';
const LOG_SUFFIX = '-wal';

/** The files of a store. */
export interface StoreFiles {
  readonly folder: string;
  readonly database: string;
  readonly log: string;
  /** Where a new store, a compacted one and a restored one are made; worthless after a crash. */
  readonly draft: string;
  /** There, and empty, while damage was seen that the next opening has to look into. */
  readonly suspect: string;
  /** What is known of the last opening and its end; see `SessionRecord`. */
  readonly session: string;
}

export function storeFiles(folder: string): StoreFiles {
  const database = join(folder, DATABASE_FILE);
  return {
    folder,
    database,
    log: database + LOG_SUFFIX,
    draft: `${database}.draft`,
    suspect: `${database}.suspect`,
    session: `${database}.session`,
  };
}

/** Deletes a database file that is of no use, with its log. */
export function discard(fileSystem: FileSystem, database: string): void {
  fileSystem.unlink(database);
  fileSystem.unlink(database + LOG_SUFFIX);
  fileSystem.unlink(`${database}-journal`);
}

/** Puts a finished, closed and synchronized `draft` in the place of `target`, whole or not at all. */
export function replaceFile(fileSystem: FileSystem, draft: string, target: string): void {
  fileSystem.rename(draft, target);
  fileSystem.syncFolder(dirname(target));
}

/**
 * Renames the store's files, so that nothing ever writes to them again, and returns the new path of the database. The log
 * keeps its name beside it: the two can be opened together.
 * @param reason one word, such as `damaged`
 * @param now Unix milliseconds
 */
export function setAside(
  fileSystem: FileSystem,
  files: StoreFiles,
  reason: string,
  now: number,
): string {
  const aside = unusedAsideName(fileSystem, files, reason, now);
  // The log first: without it SQLite would take what is left for the whole.
  if (fileSystem.size(files.log) !== undefined) fileSystem.rename(files.log, aside + LOG_SUFFIX);
  if (fileSystem.size(files.database) !== undefined) fileSystem.rename(files.database, aside);
  fileSystem.syncFolder(files.folder);
  return aside;
}

/**
 * A name beside the store that no file has.
 * @param reason one word, such as `damaged`
 * @param now Unix milliseconds
 */
export function unusedAsideName(
  fileSystem: FileSystem,
  files: StoreFiles,
  reason: string,
  now: number,
): string {
  const date = new Date(now).toISOString().slice(0, 19).replaceAll(':', '-');
  const base = `${files.database}.${reason}-${date}`;
  let aside = base;
  for (let count = 2; fileSystem.size(aside) !== undefined; count += 1) aside = `${base}-${count}`;
  return aside;
}

/** Copies the store's files to `aside`, the log with its suffix, and leaves them in their place. */
export function keepAside(fileSystem: FileSystem, files: StoreFiles, aside: string): void {
  try {
    copyFile(fileSystem, files.database, aside);
    if (fileSystem.size(files.log) !== undefined) {
      copyFile(fileSystem, files.log, aside + LOG_SUFFIX);
    }
  } catch (error) {
    discard(fileSystem, aside);
    throw error;
  }
  fileSystem.syncFolder(files.folder);
}

/** Bytes copied at a time. */
const COPY_BYTES = 1 << 20;

/** Copies a file to a new one, which is on the medium when this returns. Throws Node's errors. */
function copyFile(fileSystem: FileSystem, from: string, to: string): void {
  const source = fileSystem.open(from, { create: false, exclusive: false });
  try {
    const target = fileSystem.open(to, { create: true, exclusive: true });
    try {
      const part = new Uint8Array(COPY_BYTES);
      for (let at = 0; ;) {
        const count = fileSystem.read(source, part, at);
        if (count === 0) break;
        let done = 0;
        while (done < count) {
          done += fileSystem.write(target, part.subarray(done, count), at + done);
        }
        at += count;
      }
      fileSystem.sync(target);
    } finally {
      fileSystem.close(target);
    }
  } finally {
    fileSystem.close(source);
  }
}
