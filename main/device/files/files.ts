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
import type { MessageId } from '../../helpers/ids.ts';
import type { FileErasure } from './file-erasure.ts';
import type { FileContent } from './content.ts';
import type { Fetcher } from './fetcher.ts';
import type { FileChoice, FileSettings } from './file-choice.ts';
import type { FreeSpace } from './free-space.ts';
import type { Publisher } from './publisher.ts';
import type { Staging } from './staging.ts';
import { FileWatch } from './watch.ts';

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
  readonly fileErasure: FileErasure;
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
  readonly #watch: FileWatch;
  #sinceLook = 0;

  constructor(options: FilesOptions) {
    this.#options = options;
    const { files, clock, content, publisher, emit, onStatus, onError } = options;
    this.#watch = new FileWatch({
      ...{ files, clock, content, onError },
      isOwn: (first) => publisher.isOwn(first),
      onProgress: (progress) => {
        const attachments = progress.map((one) => this.#progressOf(one));
        emit({ kind: 'attachments', attachments });
      },
      onTotals: onStatus,
    });
  }

  /** To be called once the conversations are up to date. */
  async start(): Promise<void> {
    await this.#options.publisher.abandonInterrupted();
    await this.#options.space.look();
    await this.#options.fileErasure.run();
    await this.#watch.start();
    this.#options.fetcher.changed();
  }

  async stop(): Promise<void> {
    this.#options.space.stop();
    await this.#options.fetcher.stop();
    await this.#watch.stop();
  }

  /** Chunks have been stored. */
  arrived(ids: readonly MessageId[]): void {
    this.#watch.arrived(ids);
    this.#options.fetcher.arrived(ids);
    this.#sinceLook += ids.length;
    if (this.#sinceLook >= CHUNKS_PER_LOOK) {
      this.#sinceLook = 0;
      this.#options.space.look().catch(this.#options.onError);
    }
  }

  /** Conversations have changed: there may be other files, or fewer. */
  async projected(): Promise<void> {
    await this.#options.fileErasure.run();
    await this.#watch.lookAtNew();
  }

  peersChanged(): void {
    this.#options.fetcher.peersChanged();
  }

  /** Content keys have come. */
  keysChanged(): void {
    this.#watch.keysChanged();
  }

  /** Nothing names the copy any more, and its chunks are deleted. */
  erased({ file }: KnownCopy): void {
    this.#watch.changed(file);
  }

  async namedAgain(copy: KnownCopy): Promise<void> {
    const { file, storedAt } = copy;
    const { choice, files, fetcher } = this.#options;
    // Nobody sends it unasked: the others know that this device had it.
    if (choice.covers(storedAt)) await files.want(file, true);
    this.#watch.lookAt(copy);
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
    await this.#watch.lookAtNew();
    await this.#watch.check();
  }

  view({ name, mediaType, ...progress }: EntryFile): AttachmentView {
    return { ...this.#progressOf(progress), name, mediaType };
  }

  status(): FilesStatus {
    const { choice, space } = this.#options;
    return {
      ...choice.settings,
      ...this.#watch.totals,
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
    const { onWants, fetcher } = this.#options;
    await onWants({ isMuted });
    fetcher.changed();
    await this.#watch.allChanged();
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
}
