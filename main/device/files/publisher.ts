import { ReunionError } from '../../api/errors.ts';
import type { FileContent as FileEvent } from '../../conversations/events.ts';
import { chunkLength, INLINE_PARTS_MAX, LIST_PARTS } from '../../conversations/files.ts';
import type { FileCopy, FileId } from '../../conversations/files.ts';
import type { FileStore } from '../../conversations/ports.ts';
import type { GroupId, MessageId } from '../../helpers/ids.ts';
import type { EpochId } from '../../identity/content-key.ts';
import type { StagedFile, Staging } from './staging.ts';

/** Chunks that are stored in one transaction: a megabyte, since whoever reads the store waits for it. */
const CHUNKS_PER_COMMIT = 10;
/** Ids of own copies that are remembered, so that they need not be checked: a few megabytes at most. */
const OWN_MAX = 10_000;

export interface PublisherOptions {
  readonly files: FileStore;
  readonly staging: Staging;
  readonly group: () => Promise<GroupId>;
  /** The epoch that is sealed under now. */
  readonly epoch: () => Promise<EpochId>;
  /** The chunk in a sealed body. */
  readonly open: (group: GroupId, timestamp: bigint, body: Uint8Array) => Uint8Array;
  /** Stores a message whose body is sealed, and sends it on its way. */
  readonly append: (group: GroupId, timestamp: bigint, body: Uint8Array) => Promise<unknown>;
  /** Writes events about files, and resolves to the ids of their messages. */
  readonly say: (events: readonly FileEvent[]) => Promise<readonly MessageId[]>;
  /** Rejects with `ReunionError`, no-space, where so many more bytes do not fit. */
  readonly checkSpace: (bytes: number) => Promise<void>;
}

/** Makes messages of the chunks of files that are sent. */
export class Publisher {
  readonly #options: PublisherOptions;
  readonly #publishing = new Map<FileId, Promise<FileCopy>>();
  readonly #own = new Set<MessageId>();

  constructor(options: PublisherOptions) {
    this.#options = options;
  }

  /** Whether a copy that begins with this chunk was stored by this run of the program, which knows its content. */
  isOwn(first: MessageId | undefined): boolean {
    return first !== undefined && this.#own.has(first);
  }

  /**
   * Where the content of a file is. One that is here already is not stored again; one that was added becomes messages.
   * Throws `ReunionError`, not-found for any other, and no-space.
   */
  async copyOf(file: FileId): Promise<FileCopy> {
    const { files, staging } = this.#options;
    const here = await files.here(file);
    if (here) {
      const { bytes, storedAt, parts, lists } = here;
      return { file, bytes, storedAt, parts, lists };
    }
    const staged = staging.get(file);
    if (!staged) {
      throw new ReunionError(
        'not-found',
        'One of the files is not here, or no longer: add it again.',
      );
    }
    const under = this.#publishing.get(file);
    if (under) return under;
    const publishing = this.#publish(staged).finally(() => this.#publishing.delete(file));
    this.#publishing.set(file, publishing);
    return publishing;
  }

  /** What the last run began to send, and no message names: nobody will ever want it. */
  async abandonInterrupted(): Promise<void> {
    const { files, staging, say } = this.#options;
    for (const { storedAt, parts, end } of await staging.interrupted()) {
      const named = await files.touchedBy(parts.slice(0, 1));
      if (named.length === 0 && parts.length > 0) {
        await say(
          inLists(parts).map((some) => ({ kind: 'file-abandoned', storedAt, parts: some })),
        );
      }
      await end();
    }
  }

  async #publish(given: StagedFile): Promise<FileCopy> {
    const { staging, append, say, checkSpace } = this.#options;
    await checkSpace(given.bytes);
    const group = await this.#options.group();
    const staged = await this.#underPresentKey(group, given);
    const { file, bytes, storedAt, parts } = staged;
    await staging.begin(staged);
    for (let at = 0; at < parts.length; at += CHUNKS_PER_COMMIT) {
      const some = parts.slice(at, at + CHUNKS_PER_COMMIT);
      const bodies = await Promise.all(some.map((_, index) => staging.read(staged, at + index)));
      await Promise.all(bodies.map((body) => append(group, BigInt(storedAt), body)));
    }
    this.#remember(parts[0]);
    const about = { file, bytes, storedAt };
    if (parts.length <= INLINE_PARTS_MAX) return { ...about, parts, lists: [] };
    const lists = await say(inLists(parts).map((some) => ({ kind: 'file-parts', parts: some })));
    return { ...about, parts: [], lists };
  }

  /** Sealed anew where a device was removed since the file was added. */
  async #underPresentKey(group: GroupId, staged: StagedFile): Promise<StagedFile> {
    const { staging, open, epoch } = this.#options;
    if (staged.epoch === (await epoch())) return staged;
    async function* content(): AsyncGenerator<Uint8Array> {
      for (const [position] of staged.parts.entries()) {
        const body = await staging.read(staged, position);
        const chunk = open(group, BigInt(staged.storedAt), body);
        if (chunk.byteLength !== chunkLength(staged.bytes, position)) {
          throw new Error('a file that was added has changed');
        }
        yield chunk;
      }
    }
    return staging.add(content(), staged.bytes);
  }

  #remember(first: MessageId | undefined): void {
    if (first === undefined) return;
    const [oldest] = this.#own;
    if (this.#own.size >= OWN_MAX && oldest !== undefined) this.#own.delete(oldest);
    this.#own.add(first);
  }
}

function inLists(parts: readonly MessageId[]): MessageId[][] {
  return Array.from({ length: Math.ceil(parts.length / LIST_PARTS) }, (_, at) =>
    parts.slice(at * LIST_PARTS, (at + 1) * LIST_PARTS),
  );
}
