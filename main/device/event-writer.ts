import { encodeEvent } from '../conversations/events.ts';
import type {
  ConversationContent,
  EventContent,
  FileContent,
  NewEvent,
} from '../conversations/events.ts';
import { nextOrder } from '../conversations/order.ts';
import type { ConversationStore } from '../conversations/ports.ts';
import type { ConversationId } from '../conversations/types.ts';
import type { Clock } from '../helpers/clock.ts';
import type { GroupId, MessageId, PeerId } from '../helpers/ids.ts';
import type { Message } from '../mvds/types.ts';
import type { ConversationGroups } from './device-list-keeper.ts';

/** A body, by the writers of the epoch that it is going to be sealed under. */
export type BodyFor = (writers: readonly PeerId[]) => Uint8Array;

export interface EventWriterOptions {
  readonly self: PeerId;
  readonly clock: Clock;
  readonly store: ConversationStore;
  /** The groups to write to; makes this a first device where it is none yet. */
  readonly groups: () => Promise<ConversationGroups>;
  /** Stores a message and sends it on its way. */
  readonly append: (group: GroupId, timestamp: bigint, body: BodyFor) => Promise<Message>;
  /** Resolves once what is stored shows in the conversations. */
  readonly projected: () => Promise<void>;
}

/** Writes events: what this device's person does. */
export class EventWriter {
  readonly #options: EventWriterOptions;
  #lastOrder = 0;

  constructor(options: EventWriterOptions) {
    this.#options = options;
  }

  groups(): Promise<ConversationGroups> {
    return this.#options.groups();
  }

  /** Unix milliseconds. */
  now(): number {
    return this.#options.clock.now();
  }

  /** What is in a conversation. Resolves once it survives a crash, and shows. */
  async inConversation(content: ConversationContent): Promise<MessageId> {
    const { texts } = await this.#options.groups();
    const id = await this.#append(texts, content, this.now());
    await this.#options.projected();
    return id;
  }

  /** What is about conversations as a whole, which devices have that hold nothing of what was written in them. */
  async aboutConversation(content: ConversationContent): Promise<MessageId> {
    const { names } = await this.#options.groups();
    const id = await this.#append(names, content, this.now());
    await this.#options.projected();
    return id;
  }

  /**
   * What is said of messages. Never dated before them, whatever the clock says: a device that keeps messages from some day on
   * then has, with each, what was said of it.
   */
  async aboutMessages(
    written: readonly { readonly content: ConversationContent; readonly writtenAt: number }[],
  ): Promise<void> {
    const { texts } = await this.#options.groups();
    for (const { content, writtenAt } of written) {
      await this.#append(texts, content, Math.max(this.now(), writtenAt));
    }
    await this.#options.projected();
  }

  /** What is about files. Resolves once it survives a crash, to the ids of its messages. */
  async aboutFiles(contents: readonly FileContent[]): Promise<readonly MessageId[]> {
    const { texts } = await this.#options.groups();
    const ids: MessageId[] = [];
    for (const content of contents) ids.push(await this.#append(texts, content, this.now()));
    return ids;
  }

  /**
   * A text of an earlier time, which stands where it would stand had it been written here then. Resolves once it survives a
   * crash; it shows after `shown`.
   */
  async earlier(
    conversationId: ConversationId,
    { at, text }: { readonly at: number; readonly text: string },
  ): Promise<void> {
    const { self } = this.#options;
    const { texts } = await this.#options.groups();
    const order = nextOrder(at, 0);
    const content = { kind: 'text-written', conversationId, text } as const;
    const event = { author: self, order, content };
    await this.#seal(texts, BigInt(at), event);
  }

  /** Resolves once everything that was written shows. */
  shown(): Promise<void> {
    return this.#options.projected();
  }

  async #append(group: GroupId, content: EventContent, timestamp: number): Promise<MessageId> {
    const { self, store } = this.#options;
    const seen = Math.max(await store.highestOrder(), this.#lastOrder);
    const order = nextOrder(this.now(), seen);
    this.#lastOrder = order;
    const event = { author: self, order, content };
    const { id } = await this.#seal(group, BigInt(timestamp), event);
    return id;
  }

  #seal(group: GroupId, timestamp: bigint, event: NewEvent): Promise<Message> {
    return this.#options.append(group, timestamp, (writers) =>
      encodeEvent(event, { writers, timestamp }),
    );
  }
}
