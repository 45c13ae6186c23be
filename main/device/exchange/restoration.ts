import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { openPromise } from 'yauzl';
import { ReunionError } from '../../api/errors.ts';
import {
  checkBackup,
  restoreStore,
  StoreDamagedError,
  StoreForeignError,
  StoreFullError,
  StoreKeyError,
  StoreNewerError,
} from '../../store/index.ts';
import { BACKUP_FILE, WORK_PREFIX } from './backup.ts';

export interface RestorationOptions {
  /** The data folder: what is uploaded has room there, or nowhere. */
  readonly folder: string;
  /** 32 bytes: the key of the store, and of a backup of it. */
  readonly key: Uint8Array;
}

/** “PK”: the first bytes of a ZIP. */
const ZIP_MAGIC = Buffer.from([0x50, 0x4b, 0x03, 0x04]);

/** A backup that takes the place of the store, which cannot be done while that is in use: taken now, and applied after the end. */
export class Restoration {
  readonly #options: RestorationOptions;
  /** The folder of the backup that was taken. */
  #taken: string | undefined;

  constructor(options: RestorationOptions) {
    this.#options = options;
  }

  /**
   * Reads what `backup` gave, or what is in it, to its end, and makes sure that it can be restored. It takes the place of one
   * that was taken before. Rejects with `ReunionError`: invalid-arguments, no-space.
   */
  async take(content: AsyncIterable<Uint8Array>): Promise<void> {
    const work = mkdtempSync(join(this.#options.folder, WORK_PREFIX));
    try {
      const backup = join(work, BACKUP_FILE);
      const given = join(work, 'given');
      await pipeline(content, createWriteStream(given));
      await unpack(given, backup);
      await checkBackup({ key: this.#options.key, backup });
    } catch (error) {
      rmSync(work, { recursive: true, force: true });
      throw told(error);
    }
    this.forget();
    this.#taken = work;
  }

  /**
   * Puts what was taken in the place of the store, which must be closed; without anything taken, does nothing. Returns where
   * the store of before is. Rejects as `restoreStore`, with nothing changed.
   */
  async apply(): Promise<string | undefined> {
    if (this.#taken === undefined) return undefined;
    const { folder, key } = this.#options;
    try {
      return await restoreStore({ folder, key, backup: join(this.#taken, BACKUP_FILE) });
    } finally {
      this.forget();
    }
  }

  forget(): void {
    if (this.#taken !== undefined) rmSync(this.#taken, { recursive: true, force: true });
    this.#taken = undefined;
  }
}

/** What was given is the backup itself, or a ZIP that has it. */
async function unpack(given: string, backup: string): Promise<void> {
  if (!(await isZip(given))) {
    await rename(given, backup);
    return;
  }
  // The library has no class for what it says of a ZIP that is cut off or garbled; the disk's errors have a code.
  await extract(given, backup).catch((error: unknown) => {
    const code = codeOf(error);
    throw code === undefined || code.startsWith('Z_') ? noBackup() : error;
  });
  // There may not be room for both, and the copy that is put in the place of the store.
  await rm(given);
}

async function isZip(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const start = Buffer.alloc(ZIP_MAGIC.length);
    await file.read(start, 0, start.length, 0);
    return start.equals(ZIP_MAGIC);
  } finally {
    await file.close();
  }
}

async function extract(archive: string, backup: string): Promise<void> {
  const zip = await openPromise(archive, { autoClose: false });
  try {
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName !== BACKUP_FILE) continue;
      await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(backup));
      return;
    }
    throw noBackup();
  } finally {
    zip.close();
  }
}

/** Of an error of Node, as ENOSPC. */
function codeOf(error: unknown): string | undefined {
  return error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
}

function noBackup(): ReunionError {
  return new ReunionError('invalid-arguments', 'This file is no backup of Reunion, or not whole.');
}

function told(error: unknown): unknown {
  if (error instanceof StoreKeyError) {
    return new ReunionError(
      'invalid-arguments',
      'This is a backup of another device, whose key is not here. With the recovery phrase, `reunion recover` makes a new device of it.',
    );
  }
  if (error instanceof StoreNewerError) {
    return new ReunionError(
      'invalid-arguments',
      'A newer version of Reunion made this backup; update this one first.',
    );
  }
  if (error instanceof StoreDamagedError || error instanceof StoreForeignError) return noBackup();
  const code = codeOf(error);
  if (error instanceof StoreFullError || code === 'ENOSPC' || code === 'EDQUOT') {
    return new ReunionError('no-space', 'The disk is full: there is no room for the backup.');
  }
  return error;
}
