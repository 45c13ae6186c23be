import { coalesced } from '../helpers/coalesced.ts';
import { projectionOf } from '../conversations/projection.ts';
import type { ConversationStore } from '../conversations/ports.ts';
import type { ConversationId } from '../conversations/types.ts';
import type { GroupId } from '../helpers/ids.ts';
import type { MessageStore } from '../mvds/ports.ts';

/** Messages turned into conversations in one transaction: few, since whoever reads the store waits for the end of it. */
const BATCH = 75;

/**
 * Keeps conversations in step with the messages that arrive. Where a crash came between the two, it catches up at the next
 * start, for the projection says how far it goes.
 */
export class Projector {
  readonly #messages: MessageStore;
  readonly #conversations: ConversationStore;
  readonly #onChange: (conversations: ReadonlySet<ConversationId>) => void;
  #group: GroupId | undefined;
  #isStopped = false;

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

  /** Resolves once everything that was stored before the call is in the conversations, or it was stopped. */
  readonly catchUp = coalesced(async () => {
    while (!this.#isStopped && (await this.#batch()));
  });

  /** Resolves when nothing is under way any more; what is missing is made up for at the next start. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.catchUp();
  }

  async #batch(): Promise<boolean> {
    const through = await this.#conversations.projectedThrough();
    const arrived = await this.#messages.arrivedAfter(through, BATCH);
    const last = arrived.at(-1);
    if (!last) return false;
    const events = arrived.filter(({ groupId }) => groupId === this.#group);
    const changes = projectionOf(events, last.sequence);
    await this.#conversations.apply(changes);
    const changed = [...(changes.putEntries ?? []), ...(changes.nameConversations ?? [])];
    this.#onChange(new Set(changed.map(({ conversationId }) => conversationId)));
    return true;
  }
}
