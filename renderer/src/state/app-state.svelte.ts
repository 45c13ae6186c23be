import { coalesced } from '../../../main/api/coalesced.ts';
import { createApiClient } from '../../../main/api/client.ts';
import type { ApiClient } from '../../../main/api/client.ts';
import type { Command, CommandArguments, CommandResults } from '../../../main/api/contract.ts';
import type {
  ApiEvent,
  ConversationSummary,
  HostEvent,
  PairingState,
  Status,
} from '../../../main/api/types.ts';
import { openChannel } from '../channel.ts';
import { Thread } from './thread.svelte.ts';

/** Between attempts to reach the device again, milliseconds. */
const RECONNECT_MS = 1_000;

export type Connection = 'connecting' | 'open' | 'lost';

/** Everything that the page shows, kept in step with the device. */
export class AppState {
  connection = $state<Connection>('connecting');
  /** Everything on the device was deleted at the person's wish, and it has ended. */
  erased = $state(false);
  status = $state.raw<Status>();
  conversations = $state.raw<readonly ConversationSummary[]>([]);
  pairing = $state.raw<PairingState>({ kind: 'idle' });
  thread = $state.raw<Thread>();
  /** What the host asked to be shown last; whoever shows it sets this back. */
  asked = $state.raw<HostEvent>();
  readonly selected = $derived(this.conversations.find(({ id }) => id === this.thread?.id));

  /** How many messages a person sees in all. */
  readonly messages = $derived(this.conversations.reduce((sum, { messages }) => sum + messages, 0));

  /** Each with its draft, for as long as the page is open. */
  readonly #threads: Record<string, Thread> = {};
  #client: ApiClient | undefined;

  /** Connects, and again whenever the connection is lost, until the page is closed. */
  start(): void {
    openChannel().then(
      (channel) => this.#connected(createApiClient(channel)),
      () => this.#disconnected(),
    );
  }

  /** Rejects with a `CommandError` whose message is for the person. */
  async call<C extends Command>(command: C, args: CommandArguments[C]): Promise<CommandResults[C]> {
    if (!this.#client) throw new Error('Reunion is not running at the moment.');
    return this.#client.call(command, args);
  }

  select(id: string): void {
    if (this.thread?.id === id) return;
    this.#threads[id] ??= new Thread(id, (command, args) => this.call(command, args));
    this.thread = this.#threads[id];
    void this.thread.refresh();
  }

  /** Makes a conversation, or finds the one of that name, and shows it. */
  async createConversation(name: string): Promise<void> {
    const conversation = await this.call('createConversation', { name });
    await this.refreshConversations();
    this.select(conversation.id);
  }

  readonly refreshConversations = coalesced(async () => {
    this.conversations = await this.call('conversations', {});
    const [first] = this.conversations;
    if (first && !this.thread) this.select(first.id);
  });

  #connected(client: ApiClient): void {
    this.#client = client;
    client.onEvent((event) => this.#handle(event));
    client.onClose(() => this.#disconnected());
    this.#load().catch(() => client.close());
  }

  async #load(): Promise<void> {
    this.status = await this.call('status', {});
    this.pairing = await this.call('pairing', {});
    await this.refreshConversations();
    await this.thread?.refresh();
    this.connection = 'open';
  }

  #disconnected(): void {
    this.#client = undefined;
    this.connection = 'lost';
    setTimeout(() => this.start(), RECONNECT_MS);
  }

  #handle(event: ApiEvent): void {
    switch (event.kind) {
      case 'status':
        this.status = event.status;
        break;
      case 'pairing':
        this.pairing = event.pairing;
        break;
      case 'host':
        if (event.host.show === 'conversation') this.select(event.host.conversationId);
        else this.asked = event.host;
        break;
      case 'messages':
        this.#inBackground(this.refreshConversations());
        if (this.thread && event.conversationIds.includes(this.thread.id)) {
          this.#inBackground(this.thread.refresh());
        }
        break;
      case 'attachments':
        break;
    }
  }

  /** What fails here fails because the connection is gone, which shows by itself. */
  #inBackground(work: Promise<void>): void {
    work.catch(() => undefined);
  }
}
