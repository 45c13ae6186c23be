import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ReunionError } from '../../api/errors.ts';
import {
  checkBackup,
  restoreStore,
  StoreDamagedError,
  StoreEarlierError,
  StoreForeignError,
  StoreFullError,
  StoreKeyError,
  StoreNewerError,
} from '../../store/index.ts';
import type { StoreKeys } from '../../store/index.ts';
import { AFTER_RESTORE } from '../after-loss.ts';
import { freeBytesOf } from '../files/free-space.ts';
import { BACKUP_FILE, codeOf, noBackup, noRoom, unpackBackup } from './backup-archive.ts';
import { WORK_PREFIX } from './backup.ts';

export interface RestorationOptions {
  /** The data folder: what is uploaded has room there, or nowhere. */
  readonly folder: string;
  /** Of the store, and of its backups. */
  readonly keys: () => StoreKeys;
  /** For tests: free bytes; undefined where that cannot be told. */
  readonly freeBytes?: (() => Promise<number | undefined>) | undefined;
}

/** Far more than anybody writes: a store of a hundred million messages. What is larger is no backup, whatever it is. */
const RESTORE_BYTES_MAX = 64 * 1024 ** 3;
/** Left free on the disk while a backup is taken: the device goes on writing meanwhile. */
const RESTORE_RESERVE_BYTES = 64 * 1024 ** 2;

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
      const room = await this.#room();
      await pipeline(within(content, room), createWriteStream(given, { mode: 0o600 }));
      await unpackBackup(given, work, await this.#room());
      await checkBackup({ ...this.#options.keys(), backup });
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
    const { folder, keys } = this.#options;
    const backup = join(this.#taken, BACKUP_FILE);
    try {
      return await restoreStore({ folder, ...keys(), backup, settings: AFTER_RESTORE });
    } finally {
      this.forget();
    }
  }

  async #room(): Promise<number> {
    const { folder, freeBytes = () => freeBytesOf(folder) } = this.#options;
    const free = (await freeBytes()) ?? RESTORE_BYTES_MAX;
    return Math.max(0, Math.min(RESTORE_BYTES_MAX, free - RESTORE_RESERVE_BYTES));
  }

  forget(): void {
    if (this.#taken !== undefined) rmSync(this.#taken, { recursive: true, force: true });
    this.#taken = undefined;
  }
}

/** So much of what is sent, and no more: what it takes must not fill the disk. */
async function* within(
  content: AsyncIterable<Uint8Array>,
  bytesMax: number,
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const part of content) {
    bytes += part.byteLength;
    if (bytes > bytesMax) throw noRoom();
    yield part;
  }
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
  if (error instanceof StoreEarlierError) {
    return new ReunionError(
      'invalid-arguments',
      'A build of Reunion from before its first release made this backup, which this version cannot read.',
    );
  }
  if (error instanceof StoreDamagedError || error instanceof StoreForeignError) return noBackup();
  const code = codeOf(error);
  if (error instanceof StoreFullError || code === 'ENOSPC' || code === 'EDQUOT') {
    return noRoom();
  }
  return error;
}
