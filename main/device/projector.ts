import { coalesced } from '../helpers/coalesced.ts';
import { decodeEvent, type Event, type EventContext } from '../conversations/events.ts';
import { KNOWN_KINDS, projectionOf } from '../conversations/projection.ts';
import type { ProjectedMessage, Projection } from '../conversations/projection.ts';
import type { ConversationStore } from '../conversations/ports.ts';
import type { GroupId } from '../helpers/ids.ts';
import type { EpochId } from '../identity/content-key.ts';
import type { OpenedBody } from '../identity/sealing.ts';
import type { MessageStore, NewMessage, StoredMessage } from '../mvds/ports.ts';
import type { Message } from '../mvds/types.ts';
import type { CommitProjector } from './projecting-store.ts';
import type { Unopened } from './unopened.ts';

/** Messages turned into conversations in one transaction: few, since whoever reads the store waits for the end of it. */
const BATCH = 75;

export interface ProjectorOptions {
  readonly messages: MessageStore;
  readonly conversations: ConversationStore;
  readonly open: (message: Message) => OpenedBody;
  readonly hasKey: (epoch: EpochId) => boolean;
  readonly unopened: Unopened;
  readonly onChange: (changed: Pick<Projection, 'conversationIds' | 'entryIds'>) => void;
}

/**
 * Keeps conversations in step with the messages that arrive, which mostly change them in the transaction that stores them. Messages
 * that were stored without that, such as one whose content key is not here, are made up for: the projection says how far it goes.
 */
export class Projector implements CommitProjector {
  readonly #options: ProjectorOptions;
  #groups: ReadonlySet<GroupId> = new Set();
  /** By opened body: those that were read ahead. */
  readonly #events = new WeakMap<Uint8Array, Event | undefined>();
  #isStopped = false;
  /** Whether all that is stored is known to be projected. */
  #isCurrent = false;
  /** Counts commits of messages that were not projected with them. */
  #unprojected = 0;

  constructor(options: ProjectorOptions) {
    this.#options = options;
  }

  /** The groups whose messages are events of conversations. */
  setGroups(groups: ReadonlySet<GroupId>): void {
    this.#groups = groups;
    this.#isCurrent = false;
  }

  /** Resolves once everything that was stored before the call is in the conversations, or it was stopped. */
  readonly catchUp = coalesced(async () => {
    const { conversations, unopened, hasKey } = this.#options;
    if (this.#isCurrent && (await unopened.openable(hasKey)) === undefined) return;
    const unprojected = this.#unprojected;
    await conversations.reconsider(KNOWN_KINDS);
    await this.#goBack();
    while (!this.#isStopped && (await this.#batch()));
    this.#isCurrent = !this.#isStopped && unprojected === this.#unprojected;
  });

  prepare(message: Message): void {
    const opened = this.#options.open(message);
    if (opened.kind !== 'opened' || !this.#groups.has(message.groupId)) return;
    this.#events.set(
      opened.body,
      decodeEvent(opened.body, { writers: opened.writers, timestamp: message.timestamp }),
    );
  }

  readonly #decode = (body: Uint8Array, context: EventContext): Event | undefined =>
    this.#events.has(body) ? this.#events.get(body) : decodeEvent(body, context);

  project(messages: readonly NewMessage[]): Projection | undefined {
    // Before the groups are known, no message is known to be an event.
    if (this.#groups.size === 0) return undefined;
    const events: ProjectedMessage[] = [];
    for (const { message } of messages) {
      if (!this.#groups.has(message.groupId)) continue;
      const { id, timestamp } = message;
      const opened = this.#options.open(message);
      if (opened.kind === 'unknown-key') return undefined;
      if (opened.kind === 'opened') {
        const { body, writers } = opened;
        events.push({ id, sequence: 0, timestamp, body, writers });
      }
    }
    const projection = projectionOf(events, 0, this.#decode);
    // Those are found again by their sequences.
    return projection.changes.unsupported?.length === 0 ? projection : undefined;
  }

  committed(projection: Projection | undefined): void {
    if (!projection) {
      this.#unprojected += 1;
      this.#isCurrent = false;
    } else if (projection.conversationIds.size + projection.entryIds.size > 0) {
      this.#options.onChange(projection);
    }
  }

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
      if (opened.kind === 'opened') {
        const { body, writers } = opened;
        events.push({ id, sequence, timestamp, body, writers });
      } else if (opened.kind === 'unknown-key') waiting.push({ epoch: opened.epoch, sequence });
    }
    // Before the projection says that it has gone past them.
    await this.#options.unopened.add(waiting);
    return events;
  }
}
