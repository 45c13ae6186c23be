import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Writes a file that only this user reads (0600): beside its place, synced, and only then given its name, so that a crash
 * leaves the whole file or what was there before. With `new` a file that is there stays: of two processes that
 * make it at once, the first one's. Returns whether it was written. Throws Node's errors.
 */
export function writeWhole(path: string, content: string, mode: 'new' | 'replace'): boolean {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.new`;
  // `wx` is O_CREAT | O_EXCL: it follows no link that somebody has put there.
  const file = openSync(temporary, 'wx', 0o600);
  try {
    writeSync(file, content);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  try {
    if (mode === 'replace') renameSync(temporary, path);
    else linkSync(temporary, path);
    syncFolder(dirname(path));
    return true;
  } catch (error) {
    if (mode === 'replace' || (error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** So that the name survives a power loss, too. Windows opens no folders, and needs none of this. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const opened = openSync(folder, 'r');
  try {
    fsyncSync(opened);
  } finally {
    closeSync(opened);
  }
}
