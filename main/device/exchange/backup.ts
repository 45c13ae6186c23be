import { createReadStream, existsSync, readdirSync, rmSync } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ReunionError } from '../../api/errors.ts';
import type { OutgoingFile } from '../../api/exchange-access.ts';
import { RECOVERY_SUFFIX } from '../../identity/recovery-file.ts';
import { BACKUP_FILE } from './backup-archive.ts';
import { zipped } from './exporter.ts';

export interface BackupOptions {
  /** The data folder: a copy of the store has room there, or nowhere. */
  readonly folder: string;
  /** Copies the store, while it is in use, to a file, and puts what the recovery phrase needs beside it. */
  readonly backUp: (path: string) => Promise<void>;
  readonly now: () => number;
}

/** In the data folder, of folders that hold a backup which is being made or put back. */
export const WORK_PREFIX = '.backup-under-way-';
/** ZIP without its 64-bit extension, which the library does not write, has sizes and places of 32 bits. */
const ZIP_BYTES_MAX = 0xffff_0000;

/** What was being copied when a device was killed. */
export function removeLeftCopies(folder: string): void {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    if (name.startsWith(WORK_PREFIX)) rmSync(join(folder, name), { recursive: true, force: true });
  }
}

/**
 * The store and what the recovery phrase needs, in a ZIP; the copy is deleted once it was taken, or is not. Rejects with `ReunionError`,
 * file-too-large.
 */
export async function backupFile({ folder, backUp, now }: BackupOptions): Promise<OutgoingFile> {
  const work = await mkdtemp(join(folder, WORK_PREFIX));
  const remove = () => rm(work, { recursive: true, force: true });
  const copy = join(work, BACKUP_FILE);
  const recoveryFile = copy + RECOVERY_SUFFIX;
  try {
    await backUp(copy);
    if ((await stat(copy)).size > ZIP_BYTES_MAX) {
      throw new ReunionError(
        'file-too-large',
        'The store is too large to be sent as one file: use reunion store backup while the device does not run.',
      );
    }
  } catch (error) {
    await remove();
    throw error;
  }
  async function* files() {
    yield { path: BACKUP_FILE, content: createReadStream(copy) as AsyncIterable<Uint8Array> };
    if (!existsSync(recoveryFile)) return;
    const content = createReadStream(recoveryFile) as AsyncIterable<Uint8Array>;
    yield { path: BACKUP_FILE + RECOVERY_SUFFIX, content };
  }
  const day = new Date(now()).toISOString().slice(0, 10);
  return {
    name: `reunion-backup-${day}.zip`,
    mediaType: 'application/zip',
    bytes: undefined,
    // It is encrypted: there is nothing to be pressed out of it.
    content: finallyDone(zipped(files(), 0), remove),
  };
}

/** Whoever takes it to its end, gives up in the middle, or before the beginning, where a generator would not notice. */
function finallyDone(
  pieces: AsyncGenerator<Uint8Array>,
  done: () => Promise<void>,
): AsyncIterable<Uint8Array> {
  const iterator: AsyncIterator<Uint8Array> = {
    async next() {
      try {
        const next = await pieces.next();
        if (next.done) await done();
        return next;
      } catch (error) {
        await done();
        throw error;
      }
    },
    async return() {
      await pieces.return(undefined);
      await done();
      return { done: true, value: undefined };
    },
  };
  return { [Symbol.asyncIterator]: () => iterator };
}
