import { ReunionError } from '../../api/errors.ts';
import type { ExchangeAccess, ExportFormat, OutgoingFile } from '../../api/exchange-access.ts';
import type { ImportState } from '../../api/types.ts';
import type { ConversationStore } from '../../conversations/ports.ts';
import type { Clock } from '../../helpers/clock.ts';
import type { Conversations } from '../conversations.ts';
import type { EventWriter } from '../event-writer.ts';
import { backupFile, removeLeftCopies } from './backup.ts';
import { jsonExport, markdownExport } from './exporter.ts';
import { Importer } from './importer.ts';
import type { Restoration } from './restoration.ts';

export interface ExchangeOptions {
  readonly folder: string;
  readonly store: ConversationStore;
  readonly backUp: (path: string) => Promise<void>;
  readonly clock: Clock;
  readonly writer: EventWriter;
  readonly conversations: Conversations;
  readonly isMailbox: () => boolean;
  readonly restoration: Restoration;
  /** Closes the device and starts it again; undefined where the host does not. */
  readonly restart: (() => void) | undefined;
  readonly onState: (state: ImportState) => void;
  readonly onBug: (error: unknown) => void;
}

/** Everything out of this device, and from elsewhere into it. */
export class Exchange implements ExchangeAccess {
  readonly #options: ExchangeOptions;
  readonly #importer: Importer;

  constructor(options: ExchangeOptions) {
    this.#options = options;
    removeLeftCopies(options.folder);
    const { store, clock, writer, conversations, onState, onBug } = options;
    this.#importer = new Importer({
      ...{ store, clock, onState, onBug },
      conversation: (name) => conversations.conversations.findOrMake(name),
      write: (conversationId, message) => writer.earlier(conversationId, message),
      shown: () => writer.shown(),
    });
  }

  get importState(): ImportState {
    return this.#importer.state;
  }

  async import(name: string, content: AsyncIterable<Uint8Array>): Promise<void> {
    this.#checkReads();
    await this.#importer.begin(name.trim() || 'Import', content);
  }

  cancelImport(): Promise<void> {
    return this.#importer.cancel();
  }

  async export(format: ExportFormat): Promise<OutgoingFile> {
    this.#checkReads();
    const { conversations, messages } = this.#options.conversations;
    const options = {
      conversations: () => conversations.list(),
      messagesAfter: async (
        conversation: string,
        limit: number,
        after: { order: number; id: string },
      ) => (await messages.page({ conversation, limit, after })).messages,
      now: () => this.#options.clock.now(),
    };
    return format === 'json' ? jsonExport(options) : markdownExport(options);
  }

  backup(): Promise<OutgoingFile> {
    const { folder, backUp, clock } = this.#options;
    return backupFile({ folder, backUp, now: () => clock.now() });
  }

  async restore(content: AsyncIterable<Uint8Array>): Promise<void> {
    const { restoration, restart } = this.#options;
    if (!restart) {
      throw new ReunionError('not-found', 'Here only `reunion store restore` puts a backup back.');
    }
    await restoration.take(content);
    restart();
  }

  #checkReads(): void {
    if (!this.#options.isMailbox()) return;
    throw new ReunionError('mailbox', 'This device is a mailbox: it cannot read what it keeps.');
  }
}
