import { toApiError, ReunionError } from '../../api/errors.ts';
import type { ImportState } from '../../api/types.ts';
import type { ConversationStore } from '../../conversations/ports.ts';
import type { ConversationId, Entry } from '../../conversations/types.ts';
import type { Clock } from '../../helpers/clock.ts';
import { readInThread } from './import-thread.ts';
import type { ReadFile } from './import-thread.ts';
import type { ImportedMessage } from './imported.ts';
import { IMPORT_BYTES_MAX, tooLarge } from './read-import.ts';

/** Messages written at the same time: as many as are stored in one transaction. */
const AT_ONCE = 256;
/** Messages taken out of the thread that has read the file at a time. */
const SLICE = 1_000;
/** Entries read at a time. */
const PAGE = 1_000;
/** What is shown changes this often, milliseconds. */
const SHOWN_MS = 150;

export interface ImporterOptions {
  readonly store: ConversationStore;
  readonly clock: Clock;
  /** The conversation of a name, made where there is none. */
  readonly conversation: (name: string) => Promise<ConversationId>;
  /** Writes a text of an earlier time into a conversation. Resolves once it survives a crash. */
  readonly write: (conversation: ConversationId, message: ImportedMessage) => Promise<void>;
  /** Resolves once what was written shows. */
  readonly shown: () => Promise<void>;
  readonly onState: (state: ImportState) => void;
  readonly onBug: (error: unknown) => void;
}

/** Brings in what was written elsewhere. What is here already, or was and was deleted, is not brought in again. */
export class Importer {
  readonly #options: ImporterOptions;
  #state: ImportState = { kind: 'idle' };
  #cancelling = new AbortController();
  #running: Promise<unknown> | undefined;
  #shownAt = 0;

  constructor(options: ImporterOptions) {
    this.#options = options;
  }

  get state(): ImportState {
    return this.#state;
  }

  /** See `ExchangeAccess.import`. */
  async begin(name: string, content: AsyncIterable<Uint8Array>): Promise<void> {
    if (this.#running) {
      throw new ReunionError(
        'import-busy',
        'Another import is going on; wait for it, or cancel it.',
      );
    }
    const started = Promise.withResolvers<undefined>();
    this.#running = started.promise;
    this.#cancelling = new AbortController();
    const { signal } = this.#cancelling;
    try {
      const whole = await collected(content, signal);
      const now = this.#options.clock.now();
      const file = await readInThread({ name, content: whole, now }, signal);
      this.#running = this.#run(name, file).finally(async () => {
        this.#running = undefined;
        await file.close();
      });
    } catch (error) {
      this.#running = undefined;
      throw error;
    } finally {
      started.resolve(undefined);
    }
  }

  /** Resolves once nothing more is written. */
  async cancel(): Promise<void> {
    this.#cancelling.abort();
    // One that is still being read gives up by itself, with whoever sends it.
    if (this.#state.kind === 'running') await this.#running;
  }

  #isCancelled(): boolean {
    return this.#cancelling.signal.aborted;
  }

  async #run(name: string, file: ReadFile): Promise<void> {
    const total = file.conversations.reduce((sum, { count }) => sum + count, 0);
    const counts = { done: 0, added: 0, skipped: 0 };
    this.#show({ kind: 'running', name, done: 0, total }, true);
    try {
      for (const index of file.conversations.keys()) {
        await this.#bring(file, index, counts, () =>
          this.#show({ kind: 'running', name, done: counts.done, total }),
        );
      }
      await this.#options.shown();
      const { added, skipped } = counts;
      this.#show(
        this.#isCancelled() ? { kind: 'cancelled', added } : { kind: 'done', added, skipped },
        true,
      );
    } catch (error) {
      const told = toApiError(error);
      if (told.code === 'internal') this.#options.onBug(error);
      this.#show({ kind: 'failed', error: told }, true);
    }
  }

  /** One conversation of the file, a slice at a time. */
  async #bring(file: ReadFile, index: number, counts: Counts, onProgress: () => void) {
    const { name, count } = file.conversations[index] ?? { name: '', count: 0 };
    if (count === 0 || this.#isCancelled()) return;
    const conversation = await this.#options.conversation(name);
    const here = await this.#held(conversation);
    for (let from = 0; from < count && !this.#isCancelled(); from += SLICE) {
      const messages = await file.messages(index, from, SLICE);
      await this.#write(conversation, messages, here, counts, onProgress);
    }
  }

  async #write(
    conversation: ConversationId,
    messages: readonly ImportedMessage[],
    here: Held,
    counts: Counts,
    onProgress: () => void,
  ): Promise<void> {
    let next = 0;
    const work = async () => {
      while (next < messages.length && !this.#isCancelled()) {
        const message = messages[next++];
        if (!message) return;
        if (here.take(message)) counts.skipped += 1;
        else {
          await this.#options.write(conversation, message).catch((error: unknown) => {
            // The others stop as well.
            next = messages.length;
            throw error;
          });
          counts.added += 1;
        }
        counts.done += 1;
        onProgress();
      }
    };
    const ended = await Promise.allSettled(Array.from({ length: AT_ONCE }, () => work()));
    const failed = ended.find((one) => one.status === 'rejected');
    if (failed) throw failed.reason;
  }

  async #held(conversation: ConversationId): Promise<Held> {
    const { store } = this.#options;
    const held = new Held();
    let after = { order: 0, id: '' as Entry['id'] };
    for (;;) {
      const entries = await store.entriesAfter(conversation, PAGE, after);
      for (const entry of entries) held.add(entry, await this.#firstText(entry));
      const last = entries.at(-1);
      if (!last) return held;
      after = { order: last.order, id: last.id };
    }
  }

  /** As it was written, whatever became of it. */
  async #firstText({ id, text, editedAt }: Entry): Promise<string> {
    if (editedAt === undefined) return text;
    const [first] = await this.#options.store.revisions(id);
    return first?.text ?? text;
  }

  #show(state: ImportState, isLast = false): void {
    this.#state = state;
    const now = this.#options.clock.now();
    if (!isLast && now - this.#shownAt < SHOWN_MS && now >= this.#shownAt) return;
    this.#shownAt = now;
    this.#options.onState(state);
  }
}

interface Counts {
  done: number;
  added: number;
  skipped: number;
}

/** How often each message is in a conversation: two that are equal in an export are two. */
class Held {
  readonly #counts = new Map<string, number>();

  add({ writtenAt, deleted }: Entry, text: string): void {
    const key = deleted ? deletedAt(writtenAt) : keyOf(writtenAt, text);
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  /** Whether it is here. Of one that was deleted only the time is known. */
  take({ at, text }: ImportedMessage): boolean {
    return this.#takeOne(keyOf(at, text)) || this.#takeOne(deletedAt(at));
  }

  #takeOne(key: string): boolean {
    const count = this.#counts.get(key) ?? 0;
    if (count === 0) return false;
    this.#counts.set(key, count - 1);
    return true;
  }
}

const keyOf = (at: number, text: string): string => `${at} ${text}`;
const deletedAt = (at: number): string => String(at);

/** Throws `ReunionError`, also where it is cancelled meanwhile. */
async function collected(
  content: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of content) {
    bytes += part.byteLength;
    if (bytes > IMPORT_BYTES_MAX) throw tooLarge();
    if (signal.aborted) throw new ReunionError('invalid-arguments', 'The import was cancelled.');
    parts.push(part);
  }
  return Buffer.concat(parts);
}
