import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ReunionError } from '../../api/errors.ts';
import {
  CHUNK_BYTES,
  chunkLength,
  FILE_BYTES_MAX,
  parseFileId,
} from '../../conversations/files.ts';
import type { FileId } from '../../conversations/files.ts';
import type { GroupId, MessageId } from '../../helpers/ids.ts';
import type { EpochId } from '../../identity/content-key.ts';
import { SEALING_BYTES } from '../../identity/sealing.ts';
import { messageIdOf } from '../../mvds/ids.ts';
import { debugLog } from '../../log/debug-log.ts';

const ignored = debugLog('device:files:staging');

/** Only the person may look inside. */
const FOLDER_MODE = 0o700;
/** Free space is asked for whenever so many chunks (15 MiB) have been written. */
const CHUNKS_PER_CHECK = 160;
const DAY_MS = 24 * 60 * 60 * 1_000;
/** A person who has not sent it by then has forgotten it. */
const STAGED_MS = DAY_MS;

const intent = z.object({
  storedAt: z.int().nonnegative(),
  parts: z.array(z.string().regex(/^[0-9a-f]{64}$/u)),
});

/** A file that was added and is in no message yet. */
export interface StagedFile {
  readonly file: FileId;
  readonly bytes: number;
  /** The timestamp that its chunks are sealed for. */
  readonly storedAt: number;
  /** The epoch that they are sealed under. */
  readonly epoch: EpochId;
  /** The ids that the messages with them will have. */
  readonly parts: readonly MessageId[];
  readonly path: string;
}

interface SealedChunk {
  readonly body: Uint8Array;
  readonly epoch: EpochId;
}

export interface StagingOptions {
  /** Of its own; made where it is missing. */
  readonly folder: string;
  readonly group: () => Promise<GroupId>;
  readonly seal: (group: GroupId, timestamp: bigint, chunk: Uint8Array) => Promise<SealedChunk>;
  /** Rejects with `ReunionError`, no-space, where so many more bytes do not fit. */
  readonly checkSpace: (bytes: number) => Promise<void>;
  readonly now: () => number;
}

/**
 * Files between being added and being sent, sealed as they will be. They are no messages yet, so that what is given up, or
 * cut off, leaves nothing, here and on the other devices.
 */
export class Staging {
  readonly #options: StagingOptions;
  readonly #staged = new Map<FileId, StagedFile>();

  private constructor(options: StagingOptions) {
    this.#options = options;
  }

  /** Deletes what the last run has left, but for what it had begun to send: see `interrupted`. */
  static open(options: StagingOptions): Staging {
    mkdirSync(options.folder, { recursive: true, mode: FOLDER_MODE });
    for (const name of readdirSync(options.folder)) {
      if (!name.endsWith('.json')) rmSync(join(options.folder, name), { force: true });
    }
    return new Staging(options);
  }

  get(file: FileId): StagedFile | undefined {
    return this.#staged.get(file);
  }

  /**
   * Takes a file from a stream, never more of it in memory than a chunk. Rejects as the stream does, and with `ReunionError`,
   * file-too-large or no-space; then nothing of it is left.
   * @param announced how many bytes it will have, where that is known
   */
  async add(content: AsyncIterable<Uint8Array>, announced?: number): Promise<StagedFile> {
    if (announced !== undefined) checkSize(announced);
    await this.#options.checkSpace(announced ?? 0);
    await this.#forgetOld();
    const path = join(this.#options.folder, randomUUID());
    const target = await open(path, 'wx', 0o600);
    try {
      const staged = await this.#write(target, path, content);
      await target.close();
      await this.discard(staged.file);
      this.#staged.set(staged.file, staged);
      return staged;
    } catch (error) {
      await target.close().catch(ignored);
      await rm(path, { force: true });
      throw error;
    }
  }

  /** The sealed chunk at a position. */
  async read({ bytes, path }: StagedFile, position: number): Promise<Uint8Array> {
    const length = chunkLength(bytes, position) + SEALING_BYTES;
    const source = await open(path, 'r');
    try {
      const body = new Uint8Array(length);
      const at = position * (CHUNK_BYTES + SEALING_BYTES);
      const { bytesRead } = await source.read(body, 0, length, at);
      if (bytesRead < length) throw new Error('a file that was added is cut off');
      return body;
    } finally {
      await source.close();
    }
  }

  /** Its chunks are about to become messages: should that be cut off, it is known which. */
  async begin({ path, storedAt, parts }: StagedFile): Promise<void> {
    const draft = `${path}.draft`;
    await writeFile(draft, JSON.stringify({ storedAt, parts }), { mode: 0o600, flush: true });
    await rename(draft, `${path}.json`);
  }

  /** What was begun by the last run: chunks that may be messages. */
  async interrupted(): Promise<
    readonly {
      readonly storedAt: number;
      readonly parts: readonly MessageId[];
      readonly end: () => Promise<void>;
    }[]
  > {
    const { folder } = this.#options;
    const begun = [];
    for (const name of readdirSync(folder).filter((one) => one.endsWith('.json'))) {
      const path = join(folder, name);
      const { storedAt, parts } = readIntent(await readFile(path, 'utf8'));
      const end = () => rm(path, { force: true });
      begun.push({ storedAt, parts: parts as MessageId[], end });
    }
    return begun;
  }

  /** Deletes what there is of a file. */
  async discard(file: FileId): Promise<void> {
    const staged = this.#staged.get(file);
    if (!staged) return;
    this.#staged.delete(file);
    await rm(staged.path, { force: true });
    await rm(`${staged.path}.json`, { force: true });
  }

  async #write(
    target: FileHandle,
    path: string,
    content: AsyncIterable<Uint8Array>,
  ): Promise<StagedFile> {
    const { checkSpace, seal, now } = this.#options;
    const group = await this.#options.group();
    const storedAt = now();
    const hash = createHash('sha256');
    const parts: MessageId[] = [];
    let epoch: EpochId | undefined;
    let bytes = 0;
    for await (const chunk of inChunks(content)) {
      bytes += chunk.byteLength;
      checkSize(bytes);
      if (parts.length % CHUNKS_PER_CHECK === 0) await checkSpace(chunk.byteLength);
      hash.update(chunk);
      const sealed = await seal(group, BigInt(storedAt), chunk);
      // A key that changes meanwhile has the file sealed anew when it is sent.
      epoch ??= sealed.epoch;
      parts.push(messageIdOf(group, BigInt(storedAt), sealed.body));
      await target.write(sealed.body);
    }
    const file = parseFileId(hash.digest('hex'));
    if (!file) throw new Error('a hash that is none');
    const none = epoch ?? (await seal(group, BigInt(storedAt), new Uint8Array())).epoch;
    return { file, bytes, storedAt, epoch: none, parts, path };
  }

  async #forgetOld(): Promise<void> {
    const first = this.#options.now() - STAGED_MS;
    const old = [...this.#staged.values()].filter(({ storedAt }) => storedAt < first);
    for (const { file } of old) await this.discard(file);
  }
}

/** One that cannot be read says nothing: what it was about stays, and is nothing to stop at. */
function readIntent(text: string): z.infer<typeof intent> {
  try {
    return intent.parse(JSON.parse(text));
  } catch (error) {
    ignored(error);
    return { storedAt: 0, parts: [] };
  }
}

/** The same bytes, cut into chunks of which all but the last have `CHUNK_BYTES`. */
async function* inChunks(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let chunk = new Uint8Array(CHUNK_BYTES);
  let filled = 0;
  for await (const bytes of content) {
    for (let at = 0; at < bytes.byteLength;) {
      const part = bytes.subarray(at, at + CHUNK_BYTES - filled);
      chunk.set(part, filled);
      filled += part.byteLength;
      at += part.byteLength;
      if (filled < CHUNK_BYTES) continue;
      yield chunk;
      chunk = new Uint8Array(CHUNK_BYTES);
      filled = 0;
    }
  }
  if (filled > 0) yield chunk.subarray(0, filled);
}

function checkSize(bytes: number): void {
  if (bytes <= FILE_BYTES_MAX) return;
  throw new ReunionError('file-too-large', 'A file can have 4 GiB at most.');
}
