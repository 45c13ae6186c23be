import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { ReunionError } from '../../api/errors.ts';
import type { ApiError } from '../../api/types.ts';
import type { ImportedMessage } from './imported.ts';
import { tooLarge } from './read-import.ts';

/** What the thread is started with. */
export interface ImportWork {
  readonly name: string;
  readonly content: Uint8Array;
  readonly now: number;
}

/** Asks for some messages of a conversation, by its place. */
export interface ImportRequest {
  readonly conversation: number;
  readonly from: number;
  readonly count: number;
}

/** First `read` or `failed`, then an answer to each request. */
export type ImportReply =
  | {
      readonly kind: 'read';
      readonly conversations: readonly { readonly name: string; readonly count: number }[];
    }
  | { readonly kind: 'failed'; readonly error: ApiError; readonly stack: string }
  | { readonly kind: 'messages'; readonly messages: readonly ImportedMessage[] };

/**
 * Of the thread's heap, MiB: what a JSON of 150 MiB comes to. The file itself and what is unpacked of it lie outside, and
 * have limits of their own. A file that needs more ends the thread, and nothing else.
 */
const HEAP_MEBIBYTES = 768;
/** Not those of the process: see `store/thread.ts`. */
const EXEC_ARGV: string[] = [];

/** A file to be imported, which was read in a thread of its own: whatever it is, the device goes on meanwhile. */
export class ReadFile {
  readonly conversations: readonly { readonly name: string; readonly count: number }[];
  readonly #thread: ImportThread;

  constructor(
    thread: ImportThread,
    conversations: readonly { readonly name: string; readonly count: number }[],
  ) {
    this.#thread = thread;
    this.conversations = conversations;
  }

  /** At most `count` messages of a conversation, from a place on. One call at a time. */
  messages(conversation: number, from: number, count: number): Promise<readonly ImportedMessage[]> {
    return this.#thread.messages({ conversation, from, count });
  }

  close(): Promise<void> {
    return this.#thread.close();
  }
}

/**
 * Reads a file of any form. Rejects with `ReunionError`: invalid-arguments (also when `signal` aborts), file-too-large.
 * `content` is handed over: it is empty here afterwards where it filled its buffer.
 */
export async function readInThread(work: ImportWork, signal: AbortSignal): Promise<ReadFile> {
  const thread = new ImportThread(work);
  const cancel = (): void => thread.cancel();
  signal.addEventListener('abort', cancel, { once: true });
  try {
    if (signal.aborted) cancel();
    return new ReadFile(thread, await thread.read());
  } catch (error) {
    await thread.close();
    throw error;
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

class ImportThread {
  readonly #worker: Worker;
  #waiting = Promise.withResolvers<ImportReply>();

  constructor({ name, content, now }: ImportWork) {
    const { buffer } = content;
    const isWhole = buffer instanceof ArrayBuffer && content.byteLength === buffer.byteLength;
    this.#worker = new Worker(workerFile(), {
      workerData: { name, content, now } satisfies ImportWork,
      transferList: isWhole ? [buffer] : [],
      execArgv: EXEC_ARGV,
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MEBIBYTES },
    });
    this.#worker.on('message', (reply: ImportReply) => this.#waiting.resolve(reply));
    this.#worker.on('error', (error) => this.#waiting.reject(told(error)));
    this.#worker.on('exit', () => this.#waiting.reject(new Error('the thread has ended')));
    // Nobody may be waiting when it ends.
    this.#waiting.promise.catch(() => undefined);
  }

  async read() {
    const reply = await this.#waiting.promise;
    if (reply.kind === 'read') return reply.conversations;
    if (reply.kind === 'failed' && reply.error.code !== 'internal') {
      throw new ReunionError(reply.error.code, reply.error.message);
    }
    throw new Error(reply.kind === 'failed' ? reply.stack : 'an answer to nothing');
  }

  async messages(request: ImportRequest): Promise<readonly ImportedMessage[]> {
    this.#waiting = Promise.withResolvers();
    this.#worker.postMessage(request);
    const reply = await this.#waiting.promise;
    return reply.kind === 'messages' ? reply.messages : [];
  }

  cancel(): void {
    this.#waiting.reject(new ReunionError('invalid-arguments', 'The import was cancelled.'));
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}

function told(error: unknown): unknown {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  // A text may be longer than the engine takes, too.
  const isTooLarge = code === 'ERR_WORKER_OUT_OF_MEMORY' || code === 'ERR_STRING_TOO_LONG';
  return isTooLarge ? tooLarge() : error;
}

/** Where the bundler puts the thread's program, seen from a program in the bundle's root and from all others. */
const BUNDLED = ['./import/worker.mjs', '../import/worker.mjs'];

function workerFile(): URL {
  if (import.meta.url.endsWith('.ts')) return new URL('./import-worker.ts', import.meta.url);
  const places = BUNDLED.map((place) => new URL(place, import.meta.url));
  const found = places.find((place) => existsSync(fileURLToPath(place)));
  if (found === undefined) throw new Error('the program of the import thread is missing');
  return found;
}
