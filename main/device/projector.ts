import { coalesced } from '../helpers/coalesced.ts';
import { KNOWN_KINDS, projectionOf } from '../conversations/projection.ts';
import type { ProjectedMessage, Projection } from '../conversations/projection.ts';
import type { ConversationStore } from '../conversations/ports.ts';
import type { GroupId } from '../helpers/ids.ts';
import type { EpochId } from '../identity/content-key.ts';
import type { OpenedBody } from '../identity/sealing.ts';
import type { MessageStore, StoredMessage } from '../mvds/ports.ts';
import type { Unopened } from './unopened.ts';

/** Messages turned into conversations in one transaction: few, since whoever reads the store waits for the end of it. */
const BATCH = 75;

export interface ProjectorOptions {
  readonly messages: MessageStore;
  readonly conversations: ConversationStore;
  readonly open: (message: StoredMessage) => OpenedBody;
  readonly hasKey: (epoch: EpochId) => boolean;
  readonly unopened: Unopened;
  readonly onChange: (changed: Pick<Projection, 'conversationIds' | 'entryIds'>) => void;
}

/**
 * Keeps conversations in step with the messages that arrive. Where a crash came between the two, it catches up at the next
 * start, for the projection says how far it goes. A message whose content key is not here is looked at again when that comes.
 */
export class Projector {
  readonly #options: ProjectorOptions;
  #groups: ReadonlySet<GroupId> = new Set();
  #isStopped = false;

  constructor(options: ProjectorOptions) {
    this.#options = options;
  }

  /** The groups whose messages are events of conversations. */
  setGroups(groups: ReadonlySet<GroupId>): void {
    this.#groups = groups;
  }

  /** Resolves once everything that was stored before the call is in the conversations, or it was stopped. */
  readonly catchUp = coalesced(async () => {
    await this.#options.conversations.reconsider(KNOWN_KINDS);
    await this.#goBack();
    while (!this.#isStopped && (await this.#batch()));
  });

  /** Resolves when nothing is under way any more; what is missing is made up for at the next start. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.catchUp();
  }

  /** To the first message whose key has come. What follows is taken a second time, which changes nothing. */
  async #goBack(): Promise<void> {
    const { conversations, unopened, hasKey } = this.#options;
    const first = await unopened.openable(hasKey);
    if (first === undefined) return;
    const through = await conversations.projectedThrough();
    if (first <= through) await conversations.apply({ projectedThrough: first - 1 });
    await unopened.forget(hasKey);
  }

  async #batch(): Promise<boolean> {
    const { messages, conversations } = this.#options;
    const through = await conversations.projectedThrough();
    const newest = await messages.lastSequence();
    if (newest <= through) return false;
    // Chunks of files are not even read.
    const arrived = await messages.arrivedAfter(through, BATCH, [...this.#groups]);
    const last = arrived.at(-1)?.sequence ?? newest;
    const isAll = arrived.length < BATCH;
    const projection = projectionOf(
      await this.#opened(arrived),
      isAll ? Math.max(newest, last) : last,
    );
    await conversations.apply(projection.changes);
    if (arrived.length > 0) this.#options.onChange(projection);
    return !isAll;
  }

  async #opened(arrived: readonly StoredMessage[]): Promise<ProjectedMessage[]> {
    const events: ProjectedMessage[] = [];
    const waiting: { epoch: EpochId; sequence: number }[] = [];
    for (const message of arrived) {
      const { id, timestamp, sequence } = message;
      const opened = this.#options.open(message);
      if (opened.kind === 'opened') events.push({ id, sequence, timestamp, body: opened.body });
      else if (opened.kind === 'unknown-key') waiting.push({ epoch: opened.epoch, sequence });
    }
    // Before the projection says that it has gone past them.
    await this.#options.unopened.add(waiting);
    return events;
  }
}
