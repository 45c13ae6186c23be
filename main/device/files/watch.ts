import type { FileId } from '../../conversations/files.ts';
import type { FileStore, KnownCopy } from '../../conversations/ports.ts';
import type { FileProgress } from '../../conversations/types.ts';
import type { Clock } from '../../helpers/clock.ts';
import { coalesced } from '../../helpers/coalesced.ts';
import type { MessageId } from '../../helpers/ids.ts';
import type { FileContent } from './content.ts';

/** Progress goes out at most this often: more is flicker to a reader. */
const PROGRESS_MS = 300;
/** Copies looked at together. */
const COPIES = 256;

export interface FileTotals {
  /** Files that are here as a whole, and bytes of content that are here. */
  readonly files: number;
  readonly bytes: number;
}

export interface FileWatchOptions {
  readonly files: FileStore;
  readonly clock: Clock;
  readonly content: FileContent;
  /** Whether a copy that begins with this chunk was written by this run of the program, which knows its content. */
  readonly isOwn: (first: MessageId | undefined) => boolean;
  readonly onProgress: (files: readonly FileProgress[]) => void;
  readonly onTotals: () => void;
  readonly onError: (error: unknown) => void;
}

/** Follows what comes of files: how much is here, and whether what is whole is what it was sent as. */
export class FileWatch {
  readonly #options: FileWatchOptions;
  /** Chunks that have come and were not looked at. */
  #arrived: MessageId[] = [];
  /** Copies that may be whole by now; those among them whose key is not here, and those of which a list is not. */
  readonly #pending = new Set<number>();
  readonly #locked = new Set<number>();
  readonly #unlisted = new Set<number>();
  readonly #changed = new Set<FileId>();
  #newest = 0;
  #totals: FileTotals = { files: 0, bytes: 0 };
  #cancelFlush: (() => void) | undefined;
  #isStopped = false;

  constructor(options: FileWatchOptions) {
    this.#options = options;
  }

  get totals(): FileTotals {
    return this.#totals;
  }

  async start(): Promise<void> {
    await this.lookAtNew();
    this.#totals = await this.#options.files.totals();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancelFlush?.();
    await this.check();
  }

  /** Chunks have been stored. */
  arrived(ids: readonly MessageId[]): void {
    this.#arrived.push(...ids);
    this.#flushSoon();
  }

  /** The file looks different now. */
  changed(file: FileId): void {
    this.#changed.add(file);
    this.#flushSoon();
  }

  /** All that are awaited may look different now. */
  async allChanged(): Promise<void> {
    for (const { file } of await this.#options.files.awaited(0, COPIES)) this.changed(file);
  }

  /** Content keys have come. */
  keysChanged(): void {
    for (const copy of this.#locked) this.#pending.add(copy);
    this.#locked.clear();
    this.#flushSoon();
  }

  /** Looks at copies that were not known before, and at those of which a list may have come. */
  async lookAtNew(): Promise<void> {
    for (const copy of this.#unlisted) this.#pending.add(copy);
    for (;;) {
      const found = await this.#options.files.awaited(this.#newest, COPIES);
      for (const { copy, missingLists } of found) {
        this.#pending.add(copy);
        if (missingLists.length > 0) this.#unlisted.add(copy);
        this.#newest = Math.max(this.#newest, copy);
      }
      if (found.length < COPIES) break;
    }
    this.#flushSoon();
  }

  /** Copies that were not awaited and are now. */
  lookAt({ copy, file }: KnownCopy): void {
    this.#pending.add(copy);
    this.changed(file);
  }

  /** Finds out of what is whole whether it is what it was sent as: one copy at a time, from end to end. */
  readonly check = coalesced(async () => {
    const { files } = this.#options;
    for (const copy of this.#pending) {
      this.#pending.delete(copy);
      const [known] = await files.awaitedOf([copy]);
      if (!known || this.#isStopped) continue;
      const found = await this.#found(known);
      if (found === 'locked') this.#locked.add(copy);
      if (found !== 'here' && found !== 'damaged') continue;
      this.#unlisted.delete(copy);
      await files.settle(copy, found);
      this.#changed.add(known.file);
      await this.#tell();
    }
  });

  async #found(known: KnownCopy): Promise<'awaited' | 'here' | 'damaged' | 'locked'> {
    const { files, content, isOwn } = this.#options;
    if (known.missingLists.length > 0) {
      return (await content.hasFalseList(known)) ? 'damaged' : 'awaited';
    }
    if (!(await files.isWhole(known.copy))) return 'awaited';
    const [first] = await files.parts(known.copy, 0, 1);
    return isOwn(first) ? 'here' : content.verify(known);
  }

  #flushSoon(): void {
    if (this.#isStopped) return;
    this.#cancelFlush ??= this.#options.clock.schedule(PROGRESS_MS, () => {
      this.#cancelFlush = undefined;
      this.#flush().catch(this.#options.onError);
    });
  }

  async #flush(): Promise<void> {
    const { files } = this.#options;
    const arrived = this.#arrived;
    this.#arrived = [];
    const touched = await files.touchedBy(arrived);
    for (const { copy, file } of await files.awaitedOf(touched)) {
      this.#pending.add(copy);
      this.#changed.add(file);
    }
    await this.#tell();
    await this.check();
  }

  async #tell(): Promise<void> {
    if (this.#isStopped || this.#changed.size === 0) return;
    const { files, onProgress, onTotals } = this.#options;
    const changed = [...this.#changed];
    this.#changed.clear();
    const before = this.#totals;
    this.#totals = await files.totals();
    const isOther = before.files !== this.#totals.files || before.bytes !== this.#totals.bytes;
    if (isOther) onTotals();
    const progress = await files.progress(changed);
    if (progress.size > 0) onProgress([...progress.values()]);
  }
}
