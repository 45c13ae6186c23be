import { ReunionError } from '../../api/errors.ts';
import type { FileAccess, OpenFile } from '../../api/file-access.ts';
import type {
  AddedFile,
  ApiEvent,
  AttachmentPolicy,
  AttachmentProgress,
  AttachmentState,
  AttachmentView,
  FilesStatus,
} from '../../api/types.ts';
import { parseFileId } from '../../conversations/files.ts';
import type { Attachment, FileId } from '../../conversations/files.ts';
import type { FileStore, KnownCopy } from '../../conversations/ports.ts';
import type { EntryFile, FileProgress } from '../../conversations/types.ts';
import type { Clock } from '../../helpers/clock.ts';
import { coalesced } from '../../helpers/coalesced.ts';
import type { MessageId } from '../../helpers/ids.ts';
import type { Burial } from './burial.ts';
import type { FileContent } from './content.ts';
import type { Fetcher } from './fetcher.ts';
import type { FileChoice, FileSettings } from './file-choice.ts';
import type { FreeSpace } from './free-space.ts';
import type { Publisher } from './publisher.ts';
import type { Staging } from './staging.ts';

/** Progress goes out at most this often: more is flicker to a reader. */
const PROGRESS_MS = 300;
/** Copies looked at together. */
const COPIES = 256;
/** Chunks after which free space is asked for: 15 MiB. */
const CHUNKS_PER_LOOK = 160;

export interface FilesOptions {
  readonly files: FileStore;
  readonly clock: Clock;
  readonly choice: FileChoice;
  readonly space: FreeSpace;
  readonly staging: Staging;
  readonly publisher: Publisher;
  readonly content: FileContent;
  readonly fetcher: Fetcher;
  readonly burial: Burial;
  /** What is wanted of the other devices has changed. */
  readonly onWants: (change: { readonly isMuted: boolean }) => Promise<void>;
  readonly emit: (event: ApiEvent) => void;
  readonly onStatus: () => void;
  readonly onError: (error: unknown) => void;
}

/** A file as a message is to carry it. */
export interface NamedFile {
  readonly id: string;
  readonly name: string;
  readonly mediaType: string;
}

/** Everything that a device does with files. */
export class Files implements FileAccess {
  readonly #options: FilesOptions;
  /** Chunks that have come and were not looked at. */
  #arrived: MessageId[] = [];
  #sinceLook = 0;
  /** Copies that may be whole by now, and those among them whose key is not here. */
  readonly #pending = new Set<number>();
  readonly #locked = new Set<number>();
  readonly #unlisted = new Set<number>();
  readonly #changed = new Set<FileId>();
  #newest = 0;
  #totals = { files: 0, bytes: 0 };
  #cancelFlush: (() => void) | undefined;
  #isStopped = false;

  constructor(options: FilesOptions) {
    this.#options = options;
  }

  /** To be called once the conversations are up to date. */
  async start(): Promise<void> {
    await this.#options.publisher.abandonInterrupted();
    await this.#options.space.look();
    await this.#options.burial.tend();
    await this.#lookAtNew();
    this.#totals = await this.#options.files.totals();
    this.#options.fetcher.changed();
    this.#flushSoon();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancelFlush?.();
    this.#options.space.stop();
    await this.#options.fetcher.stop();
    await this.#check();
  }

  /** Chunks have been stored. */
  arrived(ids: readonly MessageId[]): void {
    this.#arrived.push(...ids);
    this.#options.fetcher.arrived(ids);
    this.#sinceLook += ids.length;
    if (this.#sinceLook >= CHUNKS_PER_LOOK) {
      this.#sinceLook = 0;
      this.#options.space.look().catch(this.#options.onError);
    }
    this.#flushSoon();
  }

  /** Conversations have changed: there may be other files, or fewer. */
  async projected(): Promise<void> {
    await this.#options.burial.tend();
    await this.#lookAtNew();
    this.#flushSoon();
  }

  peersChanged(): void {
    this.#options.fetcher.peersChanged();
  }

  /** Content keys have come. */
  keysChanged(): void {
    for (const copy of this.#locked) this.#pending.add(copy);
    this.#locked.clear();
    this.#flushSoon();
  }

  /** Nothing names the copy any more, and its chunks are deleted. */
  buried({ file }: KnownCopy): void {
    this.#changed.add(file);
  }

  async riseAgain({ file, storedAt }: KnownCopy): Promise<void> {
    const { choice, files, fetcher } = this.#options;
    // Nobody sends it unasked: the others know that this device had it.
    if (choice.covers(storedAt)) await files.want(file, true);
    this.#changed.add(file);
    fetcher.changed();
  }

  async add(content: AsyncIterable<Uint8Array>, announced?: number): Promise<AddedFile> {
    const { staging, files } = this.#options;
    const { file, bytes } = await staging.add(content, announced);
    if (await files.here(file)) await staging.discard(file);
    return { id: file, bytes };
  }

  async open(id: string): Promise<OpenFile | undefined> {
    const { files, content } = this.#options;
    const file = parseFileId(id);
    const copy = file && (await files.here(file));
    if (!copy) return undefined;
    return { bytes: copy.bytes, read: (start, end) => content.read(copy, start, end) };
  }

  /**
   * Files as a message names them; their chunks are stored, and on their way, when this resolves. Throws `ReunionError`,
   * not-found, for one that is not here, and no-space.
   */
  async prepare(named: readonly NamedFile[]): Promise<readonly Attachment[]> {
    const prepared: Attachment[] = [];
    for (const { id, name, mediaType } of named) {
      const copy = await this.#options.publisher.copyOf(id as FileId);
      prepared.push({ ...copy, name, mediaType });
    }
    return prepared;
  }

  /** A message that names them is stored, and shows. */
  async sent(attachments: readonly Attachment[]): Promise<void> {
    for (const { file } of attachments) await this.#options.staging.discard(file);
    await this.#lookAtNew();
    await this.#check();
    this.#flushSoon();
  }

  view({ name, mediaType, ...progress }: EntryFile): AttachmentView {
    return { ...this.#progressOf(progress), name, mediaType };
  }

  status(): FilesStatus {
    const { choice, space } = this.#options;
    return {
      ...choice.settings,
      ...this.#totals,
      freeBytes: space.bytes ?? null,
      deferred: choice.deferred,
    };
  }

  async fetch(id: string): Promise<AttachmentProgress> {
    const { files, fetcher, choice } = this.#options;
    const progress = await this.#known(id);
    if (progress.state !== 'awaited') return this.#progressOf(progress);
    if (choice.isFull) {
      throw new ReunionError('no-space', 'The disk is nearly full: no room is left for this file.');
    }
    await files.want(progress.file, true);
    fetcher.changed();
    return this.#tell(progress.file);
  }

  async cancel(id: string): Promise<AttachmentProgress> {
    const { files, fetcher } = this.#options;
    const { file } = await this.#known(id);
    const copies = await files.copiesOf(file);
    await files.want(file, false);
    for (const copy of copies.filter(({ wanted }) => wanted)) await fetcher.cancel(copy);
    return this.#tell(file);
  }

  async setPolicy(policy: AttachmentPolicy): Promise<void> {
    await this.#options.choice.set({ policy });
    await this.#options.space.look();
    await this.#wantsChanged(false);
  }

  async setTransfer(change: Omit<FileSettings, 'policy'>): Promise<void> {
    const { choice } = this.#options;
    const { metered } = choice.settings;
    await choice.set(change);
    await this.#options.space.look();
    if (metered !== change.metered) await this.#wantsChanged(true);
  }

  /** The disk is full for files, or no longer. */
  async spaceChanged(isFull: boolean): Promise<void> {
    this.#options.choice.setFull(isFull);
    this.#options.onStatus();
    await this.#wantsChanged(false);
  }

  async #wantsChanged(isMuted: boolean): Promise<void> {
    const { onWants, fetcher, files } = this.#options;
    await onWants({ isMuted });
    fetcher.changed();
    for (const { file } of await files.awaited(0, COPIES)) this.#changed.add(file);
    this.#flushSoon();
  }

  /** Throws `ReunionError`, not-found. */
  async #known(id: string): Promise<FileProgress> {
    const file = parseFileId(id);
    const progress = file && (await this.#options.files.progress([file])).get(file);
    if (progress) return progress;
    throw new ReunionError('not-found', 'There is no such file.');
  }

  async #tell(file: FileId): Promise<AttachmentProgress> {
    const progress = this.#progressOf(await this.#known(file));
    this.#options.emit({ kind: 'attachments', attachments: [progress] });
    return progress;
  }

  #progressOf(progress: FileProgress): AttachmentProgress {
    const { file: id, received, bytes } = progress;
    const state = this.#stateOf(progress);
    const reason = state === 'deferred' ? this.#options.choice.deferred : null;
    return { id, received, bytes, state, reason };
  }

  #stateOf({ state, wanted, storedAt }: FileProgress): AttachmentState {
    if (state !== 'awaited') return state;
    const { choice } = this.#options;
    const isComing = choice.covers(storedAt);
    if (choice.deferred === 'space' && (wanted || isComing)) return 'deferred';
    if (wanted) return 'arriving';
    if (!isComing) return 'absent';
    return choice.deferred === null ? 'arriving' : 'deferred';
  }

  /** Copies that were not known before, and those of which a list may have come. */
  async #lookAtNew(): Promise<void> {
    for (const copy of this.#unlisted) this.#pending.add(copy);
    for (;;) {
      const found = await this.#options.files.awaited(this.#newest, COPIES);
      for (const { copy, missingLists } of found) {
        this.#pending.add(copy);
        if (missingLists.length > 0) this.#unlisted.add(copy);
        this.#newest = Math.max(this.#newest, copy);
      }
      if (found.length < COPIES) return;
    }
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
    await this.#emitChanged();
    await this.#check();
  }

  async #emitChanged(): Promise<void> {
    if (this.#isStopped || this.#changed.size === 0) return;
    const { files, emit } = this.#options;
    const changed = [...this.#changed];
    this.#changed.clear();
    const before = this.#totals;
    this.#totals = await files.totals();
    const isOther = before.files !== this.#totals.files || before.bytes !== this.#totals.bytes;
    if (isOther) this.#options.onStatus();
    const progress = await files.progress(changed);
    if (progress.size === 0) return;
    const attachments = [...progress.values()].map((one) => this.#progressOf(one));
    emit({ kind: 'attachments', attachments });
  }

  /** Finds out of what is whole whether it is what it was sent as: one copy at a time, from end to end. */
  readonly #check = coalesced(async () => {
    const { files, publisher, content } = this.#options;
    for (const copy of this.#pending) {
      this.#pending.delete(copy);
      const [known] = await files.awaitedOf([copy]);
      if (!known || known.missingLists.length > 0 || !(await files.isWhole(copy))) continue;
      if (this.#isStopped) return;
      this.#unlisted.delete(copy);
      const [first] = await files.parts(copy, 0, 1);
      const found = publisher.isOwn(first) ? 'here' : await content.verify(known);
      if (found === 'locked') {
        this.#locked.add(copy);
        continue;
      }
      await files.settle(copy, found);
      this.#changed.add(known.file);
      await this.#emitChanged();
    }
  });
}
