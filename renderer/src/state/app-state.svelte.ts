import { coalesced } from '../../../main/api/coalesced.ts';
import { createApiClient } from '../../../main/api/client.ts';
import type { ApiClient } from '../../../main/api/client.ts';
import type { Command, CommandArguments, CommandResults } from '../../../main/api/contract.ts';
import type {
  ApiEvent,
  AttachmentProgress,
  ConversationSummary,
  ImportState,
  PairingState,
  Status,
} from '../../../main/api/types.ts';
import { openChannel } from '../channel.ts';
import { followLinks, LockedError } from '../session.ts';
import type { Lock } from '../session.ts';
import { Holders } from './holders.svelte.ts';
import { Reading } from './reading.svelte.ts';
import { Search } from './search.svelte.ts';
import { Thread } from './thread.svelte.ts';
import type { Call } from '../../../main/api/client.ts';
import { Traffic } from './traffic.svelte.ts';
import { Ui } from './ui.svelte.ts';

/** Between attempts to reach the device again, milliseconds. */
const RECONNECT_MS = 1_000;
/** The list of conversations is fetched at most this often while messages stream in, milliseconds. */
const LIST_MS = 250;
/** Conversations whose messages and place are remembered. */
const THREADS_MAX = 30;

export type Connection = 'connecting' | 'open' | 'lost' | 'locked';

/** Everything that the page shows, kept in step with the device. */
export class AppState {
  connection = $state<Connection>('connecting');
  /** Why this tab may not use the device; a new link loads the page anew. */
  lock = $state<Lock>();
  /** Everything on the device was deleted at the person's wish, and it has ended. */
  erased = $state(false);
  /** The device is being closed and opened again at the person's wish, and may hold something else then. */
  restarting = $state(false);
  status = $state.raw<Status>();
  conversations = $state.raw<readonly ConversationSummary[]>([]);
  pairing = $state.raw<PairingState>({ kind: 'idle' });
  importing = $state.raw<ImportState>({ kind: 'idle' });
  thread = $state.raw<Thread>();
  /** Files that are not all here, or have just come: fresher than what their messages say. */
  files = $state.raw<ReadonlyMap<string, AttachmentProgress>>(new Map());
  readonly selected = $derived(this.conversations.find(({ id }) => id === this.thread?.id));
  /** Of all conversations that are not archived. */
  readonly unread = $derived(
    this.conversations.reduce((sum, { unread, archived }) => sum + (archived ? 0 : unread), 0),
  );

  readonly ui = new Ui();
  readonly holders = new Holders((command, args) => this.call(command, args));
  readonly search = new Search((command, args) => this.call(command, args));
  readonly reading = new Reading((command, args) => this.call(command, args));
  readonly traffic = new Traffic();
  readonly #threads = new Map<string, Thread>();
  #client: ApiClient | undefined;

  /** Connects, and again whenever the connection is lost, until the page is closed. */
  start(): void {
    // Who closes the page has not given up what was begun.
    addEventListener('pagehide', this.#keepDrafts);
    followLinks();
    this.#connect();
  }

  readonly #keepDrafts = () => {
    for (const { draft } of this.#threads.values()) void draft.keep();
  };

  #connect(): void {
    openChannel().then(
      (channel) => this.#connected(createApiClient(channel)),
      (error: unknown) => {
        if (error instanceof LockedError) this.#locked(error.lock);
        else this.#disconnected();
      },
    );
  }

  #locked(lock: Lock): void {
    this.connection = 'locked';
    this.lock = lock;
  }

  /** `call` by itself, for what knows no more of the app. */
  readonly caller: Call = (command, args) => this.call(command, args);

  /** Rejects with a `CommandError` whose message is for the person. */
  async call<C extends Command>(command: C, args: CommandArguments[C]): Promise<CommandResults[C]> {
    if (!this.#client) throw new Error('Reunion is not running at the moment.');
    return this.#client.call(command, args);
  }

  select(id: string): void {
    if (this.thread?.id === id) return;
    void this.thread?.draft.keep();
    const thread = this.#threadOf(id);
    this.thread = thread;
    const { readUpTo = null, unread = 0 } =
      this.conversations.find((conversation) => conversation.id === id) ?? {};
    this.#inBackground(thread.open(readUpTo, unread));
  }

  /** Shows a message among those around it. Rejects where there is none. */
  async show(conversationId: string, messageId: string): Promise<void> {
    this.select(conversationId);
    await this.thread?.jump({ messageId });
  }

  /** Makes a conversation, or finds the one of that name, and shows it. */
  async createConversation(name: string): Promise<void> {
    const conversation = await this.call('createConversation', { name });
    await this.refreshConversations();
    this.select(conversation.id);
  }

  readonly refreshConversations = coalesced(async () => {
    const asked = new Map([...this.#threads].map(([id, { draft }]) => [id, draft.version]));
    const conversations = await this.call('conversations', {});
    this.conversations = conversations;
    for (const { id, draft } of conversations) {
      // A conversation that was opened in the meantime has kept nothing before.
      this.#threads.get(id)?.draft.heard(draft, asked.get(id) ?? 0);
    }
    const first = conversations.find(({ archived }) => !archived);
    if (first && !this.thread) this.select(first.id);
  });

  #threadOf(id: string): Thread {
    const known = this.#threads.get(id);
    this.#threads.delete(id);
    const draft = this.conversations.find((conversation) => conversation.id === id)?.draft ?? '';
    const thread = known ?? new Thread(id, (command, args) => this.call(command, args), draft);
    this.#threads.set(id, thread);
    for (const [other, old] of this.#threads) {
      if (this.#threads.size <= THREADS_MAX) break;
      if (!old.isBegun) this.#threads.delete(other);
    }
    return thread;
  }

  #connected(client: ApiClient): void {
    if (this.restarting && this.connection === 'lost') {
      location.reload();
      return;
    }
    this.#client = client;
    client.onEvent((event) => this.#handle(event));
    client.onClose(() => this.#disconnected());
    this.#load().catch(() => client.close());
  }

  async #load(): Promise<void> {
    this.#setStatus(await this.call('status', {}));
    this.pairing = await this.call('pairing', {});
    this.importing = await this.call('importState', {});
    this.ui.host = await this.call('hostSettings', {});
    // What has changed in the meantime is not known.
    this.files = new Map();
    await this.refreshConversations();
    for (const thread of this.#threads.values()) {
      if (thread !== this.thread) thread.forget();
      void thread.draft.keep();
    }
    await this.thread?.reload();
    this.connection = 'open';
  }

  #disconnected(): void {
    this.#client = undefined;
    this.connection = 'lost';
    setTimeout(() => this.#connect(), RECONNECT_MS);
  }

  #handle(event: ApiEvent): void {
    switch (event.kind) {
      case 'status':
        this.#setStatus(event.status);
        break;
      case 'pairing':
        this.pairing = event.pairing;
        break;
      case 'import':
        this.importing = event.import;
        break;
      case 'host':
        if (event.host.show === 'conversation') this.select(event.host.conversationId);
        else this.ui.asked(event.host);
        break;
      case 'messages':
        this.#listSoon();
        for (const id of event.conversationIds) {
          const thread = this.#threads.get(id);
          thread?.changed(event.messageIds);
        }
        this.holders.refresh();
        break;
      case 'attachments':
        this.files = new Map([
          ...this.files,
          ...event.attachments.map((file) => [file.id, file] as const),
        ]);
        break;
    }
  }

  #setStatus(status: Status): void {
    this.status = status;
    this.traffic.take(status.peers);
    this.holders.refresh();
  }

  #listTimer: ReturnType<typeof setTimeout> | undefined;

  #listSoon(): void {
    if (this.#listTimer !== undefined) return;
    this.#listTimer = setTimeout(() => {
      this.#listTimer = undefined;
      this.#inBackground(this.refreshConversations());
    }, LIST_MS);
  }

  /** What fails here fails because the connection is gone, which shows by itself. */
  #inBackground(work: Promise<void>): void {
    work.catch(() => undefined);
  }
}
