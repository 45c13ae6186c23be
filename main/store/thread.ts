import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { ErrorRecord } from './error-record.ts';
import { fromRecord } from './error-record.ts';
import { StoreClosedError, StoreError } from './errors.ts';
import type { StoreNotice } from './opening.ts';
import type { CallInTransit, ResultInTransit } from './packed-calls.ts';
import { packCall, unpackResult } from './packed-calls.ts';
import type { StoreCall } from './service.ts';
import type { StoreFiles } from './store-files.ts';
import type { StoreKeys } from './store-keys.ts';

/** What the thread is started with. */
export interface ThreadOptions extends StoreKeys {
  readonly files: StoreFiles;
  readonly refuseUnusable: boolean;
  readonly afterLoss: Readonly<Record<string, unknown>>;
}

/** What is sent to the thread. */
export interface ThreadRequest extends CallInTransit {
  readonly id: number;
}

/** What the thread sends. First notices, if any, then `opened` or `failed`; an answer to each request, in any order. */
export type ThreadReply =
  | { readonly kind: 'notice'; readonly notice: StoreNotice }
  | { readonly kind: 'opened'; readonly storeId: string; readonly isBehind: boolean }
  | { readonly kind: 'failed'; readonly error: ErrorRecord }
  | { readonly kind: 'result'; readonly id: number; readonly result: ResultInTransit }
  | { readonly kind: 'error'; readonly id: number; readonly error: ErrorRecord };

/** An open engine, wherever it runs. */
export interface OpenEngine {
  readonly storeId: string;
  readonly isBehind: boolean;
  readonly call: (call: StoreCall) => Promise<unknown>;
}

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Not those of the process: some of them, such as `--input-type`, are about its own program. */
const EXEC_ARGV: string[] = [];

/** Opens the store's engine in a thread of its own. Throws the store's errors. */
export function openInThread(
  options: ThreadOptions,
  onNotice: (notice: StoreNotice) => void,
): Promise<OpenEngine> {
  return new EngineThread(options, onNotice).opened;
}

/** The engine's thread as seen from outside. */
class EngineThread {
  readonly opened: Promise<OpenEngine>;
  readonly #worker: Worker;
  readonly #exited: Promise<void>;
  readonly #waiting = new Map<number, Waiting>();
  #calls = 0;
  /** Why calls can no longer be answered. */
  #end: Error | undefined;

  constructor(options: ThreadOptions, onNotice: (notice: StoreNotice) => void) {
    this.#worker = new Worker(workerFile(), { workerData: options, execArgv: EXEC_ARGV });
    const opening = Promise.withResolvers<OpenEngine>();
    this.opened = opening.promise;
    this.#worker.on('message', (reply: ThreadReply) => {
      switch (reply.kind) {
        case 'notice':
          onNotice(reply.notice);
          return;
        case 'opened':
          this.#worker.unref();
          opening.resolve({
            storeId: reply.storeId,
            isBehind: reply.isBehind,
            call: (call) => this.#call(call),
          });
          return;
        case 'failed':
          // Thrown at the exit, when the thread has let go of the files, which the caller may want to move.
          this.#end = fromRecord(reply.error);
          return;
        case 'result':
          this.#resolve(this.#take(reply.id), reply.result);
          return;
        case 'error':
          this.#take(reply.id)?.reject(fromRecord(reply.error));
      }
    });
    this.#worker.on('error', (cause) => {
      this.#end ??= new StoreError('The store has stopped; nothing that was kept is lost.', {
        cause,
      });
    });
    this.#exited = new Promise((resolve) => {
      this.#worker.once('exit', () => {
        const end = (this.#end ??= new StoreClosedError('The store is closed.'));
        opening.reject(end);
        for (const { reject } of this.#waiting.values()) reject(end);
        this.#waiting.clear();
        resolve();
      });
    });
  }

  async #call(call: StoreCall): Promise<unknown> {
    // Made anew each time: whoever calls too late is to be found in its stack.
    if (this.#end instanceof StoreClosedError) throw new StoreClosedError(this.#end.message);
    if (this.#end !== undefined) throw this.#end;
    const isClose = call.table === 'store' && call.method === 'close';
    if (isClose) this.#end = new StoreClosedError('The store is closed.');
    const answer = Promise.withResolvers<unknown>();
    const { transit, transfer } = packCall(call);
    const request: ThreadRequest = { id: (this.#calls += 1), ...transit };
    this.#worker.postMessage(request, transfer);
    // The thread keeps the process running while somebody waits for it, and only then.
    if (this.#waiting.size === 0) this.#worker.ref();
    this.#waiting.set(request.id, answer);
    if (!isClose) return answer.promise;
    try {
      return await answer.promise;
    } finally {
      this.#worker.ref();
      await this.#exited;
    }
  }

  #resolve(waiting: Waiting | undefined, result: ResultInTransit): void {
    try {
      waiting?.resolve(unpackResult(result));
    } catch (cause) {
      // Nobody else hears of it: this runs in an event of the thread.
      waiting?.reject(new StoreError('The answer of the store could not be read.', { cause }));
    }
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (this.#waiting.size === 0) this.#worker.unref();
    return waiting;
  }
}

/** Where the bundler puts the thread's program, seen from a program in the bundle's root and from all others. */
const BUNDLED = ['./store/worker.mjs', '../store/worker.mjs'];

function workerFile(): URL {
  if (import.meta.url.endsWith('.ts')) return new URL('./worker.ts', import.meta.url);
  const places = BUNDLED.map((place) => new URL(place, import.meta.url));
  const found = places.find((place) => existsSync(fileURLToPath(place)));
  if (found === undefined) throw new Error('the program of the store thread is missing');
  return found;
}
