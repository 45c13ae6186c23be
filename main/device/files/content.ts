import { createHash } from 'node:crypto';
import { decodeEvent } from '../../conversations/events.ts';
import { CHUNK_BYTES, chunkCount, chunkLength } from '../../conversations/files.ts';
import type { FileStore, KnownCopy } from '../../conversations/ports.ts';
import type { GroupId, MessageId } from '../../helpers/ids.ts';
import type { OpenedBody } from '../../identity/sealing.ts';
import type { MessageStore, StoredMessage } from '../../mvds/ports.ts';

/** Ids of chunks read at a time; the chunks themselves one by one. */
const BATCH = 256;

export interface ContentOptions {
  readonly files: FileStore;
  readonly messages: MessageStore;
  /** The group that chunks are in. */
  readonly group: () => GroupId | undefined;
  readonly open: (message: StoredMessage) => OpenedBody;
}

type Copy = Pick<KnownCopy, 'copy' | 'bytes' | 'storedAt'>;

/** Why a chunk cannot be read: it is not what it is said to be, or its key is not here yet. */
class ChunkError extends Error {
  override readonly name = 'ChunkError';
  readonly reason: 'damaged' | 'locked';

  constructor(reason: 'damaged' | 'locked') {
    super(`a chunk of a file is ${reason}`);
    this.reason = reason;
  }
}

/** The content of files, from the messages that hold their chunks; never more of it in memory than a chunk. */
export class FileContent {
  readonly #options: ContentOptions;

  constructor(options: ContentOptions) {
    this.#options = options;
  }

  /** Bytes from `start` up to `end` (exclusive). Throws `ChunkError`. */
  async *read(copy: Copy, start: number, end: number): AsyncGenerator<Uint8Array> {
    const last = chunkCount(Math.min(end, copy.bytes));
    for (let at = Math.floor(start / CHUNK_BYTES); at < last; at += BATCH) {
      const ids = await this.#options.files.parts(copy.copy, at, Math.min(BATCH, last - at));
      for (const [index, id] of ids.entries()) {
        const position = at + index;
        const chunk = await this.#chunk(copy, position, id);
        const from = position * CHUNK_BYTES;
        yield chunk.subarray(Math.max(0, start - from), Math.max(0, end - from));
      }
      if (ids.length < Math.min(BATCH, last - at)) throw new ChunkError('damaged');
    }
  }

  /** Whether a copy whose chunks are all here is what it was sent as; `locked` where a key is missing that may still come. */
  async verify(copy: KnownCopy): Promise<'here' | 'damaged' | 'locked'> {
    const hash = createHash('sha256');
    try {
      for await (const bytes of this.read(copy, 0, copy.bytes)) hash.update(bytes);
    } catch (error) {
      if (error instanceof ChunkError) return error.reason;
      throw error;
    }
    return hash.digest('hex') === copy.file ? 'here' : 'damaged';
  }

  /** Whether a message that is to list chunks of the copy is here and lists none: then it never will be whole. */
  async hasFalseList({ missingLists }: KnownCopy): Promise<boolean> {
    const held = await this.#options.messages.read(missingLists);
    return [...held.values()].some((message) => {
      const opened = this.#options.open(message);
      if (opened.kind !== 'opened') return opened.kind === 'garbled';
      const context = { writers: opened.writers, timestamp: message.timestamp };
      return decodeEvent(opened.body, context)?.content.kind !== 'file-parts';
    });
  }

  async #chunk(copy: Copy, position: number, id: MessageId): Promise<Uint8Array> {
    const message = (await this.#options.messages.read([id])).get(id);
    const isItsOwn =
      message?.groupId === this.#options.group() && message?.timestamp === BigInt(copy.storedAt);
    if (!message || !isItsOwn) throw new ChunkError('damaged');
    const opened = this.#options.open(message);
    if (opened.kind === 'unknown-key') throw new ChunkError('locked');
    if (opened.kind !== 'opened') throw new ChunkError('damaged');
    const isWhole = opened.body.byteLength === chunkLength(copy.bytes, position);
    if (!isWhole) throw new ChunkError('damaged');
    return opened.body;
  }
}
