import { projectionOf } from '../conversations/projection.ts';
import type { ConversationStore } from '../conversations/ports.ts';
import type { ConversationId } from '../conversations/types.ts';
import type { GroupId } from '../helpers/ids.ts';
import type { MessageStore } from '../mvds/ports.ts';

/** Messages turned into conversations in one transaction; enough to be quick, few enough not to stall a window. */
const BATCH = 500;

/**
 * Keeps conversations in step with the messages that arrive. Where a crash came between the two, it catches up at the next
 * start, for the projection says how far it goes.
 */
export class Projector {
  readonly #messages: MessageStore;
  readonly #conversations: ConversationStore;
  readonly #onChange: (conversations: ReadonlySet<ConversationId>) => void;
  #group: GroupId | undefined;
  #running: Promise<void> | undefined;
  #again = false;

  constructor(
    messages: MessageStore,
    conversations: ConversationStore,
    onChange: (conversations: ReadonlySet<ConversationId>) => void,
  ) {
    this.#messages = messages;
    this.#conversations = conversations;
    this.#onChange = onChange;
  }

  /** The group whose messages are events of conversations. */
  setGroup(group: GroupId): void {
    this.#group = group;
  }

  /** Resolves once everything that was stored before the call is in the conversations. */
  async catchUp(): Promise<void> {
    if (this.#running) {
      this.#again = true;
      return this.#running;
    }
    this.#running = this.#run();
    try {
      await this.#running;
    } finally {
      this.#running = undefined;
    }
  }

  async #run(): Promise<void> {
    do {
      this.#again = false;
      while (await this.#batch());
    } while (this.#again);
  }

  async #batch(): Promise<boolean> {
    const through = await this.#conversations.projectedThrough();
    const arrived = await this.#messages.arrivedAfter(through, BATCH);
    const last = arrived.at(-1);
    if (!last) return false;
    const events = arrived.filter(({ groupId, delivered }) => groupId === this.#group && delivered);
    const changes = projectionOf(events, last.sequence);
    await this.#conversations.apply(changes);
    const changed = [...(changes.putEntries ?? []), ...(changes.nameConversations ?? [])];
    this.#onChange(new Set(changed.map(({ conversationId }) => conversationId)));
    return true;
  }
}
