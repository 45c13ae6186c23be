import { statfs } from 'node:fs/promises';
import { ReunionError } from '../../api/errors.ts';
import type { Clock } from '../../helpers/clock.ts';
import { debugLog } from '../../log/debug-log.ts';

const ignored = debugLog('device:files:free-space');

/** What files leave free on the disk: messages go on being written, and so do other programs. */
const RESERVE_BYTES = 1024 * 1024 * 1024;
/** How often a full disk is looked at again, milliseconds. */
const RETRY_MS = 30_000;
/** A disk that was full has this much more than the reserve before files are fetched again: else it would be to and fro. */
const SLACK = 1.1;

export interface FreeSpaceOptions {
  /** Where the store is. */
  readonly folder: string;
  readonly clock: Clock;
  readonly reserveBytes?: number;
  /** For tests: free bytes for this user; undefined where that cannot be told. */
  readonly freeBytes?: () => Promise<number | undefined>;
  /** The disk is full for files from now on, or no longer. */
  readonly onChange: (isFull: boolean) => Promise<void>;
  readonly onError: (error: unknown) => void;
}

/** Sees to it that files leave room on the disk. */
export class FreeSpace {
  readonly #options: FreeSpaceOptions;
  readonly #reserve: number;
  #isFull = false;
  #cancel: (() => void) | undefined;
  #isStopped = false;
  #last: number | undefined;

  constructor(options: FreeSpaceOptions) {
    this.#options = options;
    this.#reserve = options.reserveBytes ?? RESERVE_BYTES;
  }

  /** Free bytes when that was last asked; undefined where it cannot be told. */
  get bytes(): number | undefined {
    return this.#last;
  }

  /** Rejects with `ReunionError`, no-space, where so many more bytes would leave less than the reserve. */
  async check(bytes: number): Promise<void> {
    const free = await this.#ask();
    if (free === undefined || free - bytes >= this.#reserve) return;
    throw new ReunionError('no-space', 'The disk is nearly full: no room is left for this file.');
  }

  /** Looks whether there is room for what comes in. */
  async look(): Promise<void> {
    const free = await this.#ask();
    const wanted = this.#isFull ? this.#reserve * SLACK : this.#reserve;
    const isFull = free !== undefined && free < wanted;
    if (isFull) this.#lookLater();
    if (isFull === this.#isFull || this.#isStopped) return;
    this.#isFull = isFull;
    await this.#options.onChange(isFull);
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancel?.();
  }

  #lookLater(): void {
    this.#cancel?.();
    if (this.#isStopped) return;
    this.#cancel = this.#options.clock.schedule(RETRY_MS, () => {
      this.look().catch(this.#options.onError);
    });
  }

  async #ask(): Promise<number | undefined> {
    const { freeBytes, folder } = this.#options;
    this.#last = freeBytes ? await freeBytes() : await freeBytesOf(folder);
    return this.#last;
  }
}

/** What there is for this user; undefined on a file system that does not say. */
/** Undefined where that cannot be told. */
export async function freeBytesOf(folder: string): Promise<number | undefined> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch (error) {
    ignored(error);
    return undefined;
  }
}
