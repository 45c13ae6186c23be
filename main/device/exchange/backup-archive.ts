import { createWriteStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { openPromise } from 'yauzl';
import type { Entry, ZipFile } from 'yauzl';
import { ReunionError } from '../../api/errors.ts';
import { RECOVERY_SUFFIX } from '../../identity/recovery-file.ts';

/** What the store is called in a backup. */
export const BACKUP_FILE = 'backup.db';
/** “PK”: the first bytes of a ZIP. */
const ZIP_MAGIC = Buffer.from([0x50, 0x4b, 0x03, 0x04]);
/** Two small entries; a ZIP with more than a hundred is something else. */
const ENTRIES_MAX = 100;
const RECOVERY_BYTES_MAX = 64 * 1024;

/** Whether the file at a path is a ZIP. Rejects with Node's errors. */
export async function isZip(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const start = Buffer.alloc(ZIP_MAGIC.length);
    await file.read(start, 0, start.length, 0);
    return start.equals(ZIP_MAGIC);
  } finally {
    await file.close();
  }
}

/**
 * Puts what is in the ZIP of a backup into a folder: the backup, of at most `bytesMax`, and beside it what the recovery
 * phrase needs, if that is in it. Rejects with `ReunionError` (invalid-arguments, no-space), and with Node's errors.
 */
export async function extractBackup(
  archive: string,
  folder: string,
  bytesMax: number,
): Promise<void> {
  try {
    await extract(archive, folder, bytesMax);
  } catch (error) {
    // The library has no class for what it says of a ZIP that is cut off or garbled; the disk's errors have a code.
    const code = codeOf(error);
    const isDisk = code !== undefined && !code.startsWith('Z_');
    throw isDisk || error instanceof ReunionError ? error : noBackup();
  }
}

/** Makes of a file that was given the backup in its folder, which it may be already. Rejects as `extractBackup`. */
export async function unpackBackup(given: string, folder: string, bytesMax: number): Promise<void> {
  if (!(await isZip(given))) {
    await rename(given, join(folder, BACKUP_FILE));
    return;
  }
  await extractBackup(given, folder, bytesMax);
  // There may not be room for both, and the copy that is put in the place of the store.
  await rm(given);
}

export function noBackup(): ReunionError {
  return new ReunionError('invalid-arguments', 'This file is no backup of Reunion, or not whole.');
}

export function noRoom(): ReunionError {
  return new ReunionError('no-space', 'The disk is full: there is no room for the backup.');
}

async function extract(archive: string, folder: string, bytesMax: number): Promise<void> {
  const zip = await openPromise(archive, { autoClose: false });
  try {
    if (zip.entryCount > ENTRIES_MAX) throw noBackup();
    let isThere = false;
    const seen = new Set<string>();
    for await (const entry of zip.eachEntry()) {
      // Of two with one name nobody could say which is meant.
      if (seen.has(entry.fileName)) throw noBackup();
      seen.add(entry.fileName);
      if (entry.fileName === BACKUP_FILE) {
        await extractEntry(zip, entry, join(folder, BACKUP_FILE), bytesMax);
        isThere = true;
      } else if (entry.fileName === BACKUP_FILE + RECOVERY_SUFFIX) {
        const path = join(folder, BACKUP_FILE + RECOVERY_SUFFIX);
        if (entry.uncompressedSize > RECOVERY_BYTES_MAX) throw noBackup();
        await extractEntry(zip, entry, path, RECOVERY_BYTES_MAX);
      }
    }
    if (!isThere) throw noBackup();
  } finally {
    zip.close();
  }
}

/** The library ends the stream with an error where there is more than the entry announces. */
async function extractEntry(
  zip: ZipFile,
  entry: Entry,
  path: string,
  bytesMax: number,
): Promise<void> {
  if (entry.uncompressedSize > bytesMax) throw noRoom();
  // First, for it may fail: a file that is being opened by then would be made after all, and left there.
  const source = await zip.openReadStreamPromise(entry);
  await pipeline(source, createWriteStream(path, { mode: 0o600, flags: 'wx' }));
}

/** Of an error of Node, as ENOSPC. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
}
