import { stronglyConnected } from './circles.ts';
import type { DecisionDraft } from './draft.ts';
import type { Delivery, ParentSlice } from './events.ts';
import type { StoredMessage } from './ports.ts';
import type { Message, MessageId, PeerId } from './types.ts';

export interface Arrival {
  readonly message: Message;
  readonly source: PeerId | undefined;
}

/** The rules of the causal buffer, beside what the store knows of the parents. */
export interface BufferRules {
  readonly delivery: 'causal' | 'eventual';
  /** Whether nobody is asked for the parent any more, because nobody seems to have it. */
  readonly isGivenUp: (parent: MessageId) => boolean;
}

/** A message that waits for parents, new or from the causal buffer. */
interface Waiting {
  readonly delivery: Delivery;
  readonly isBuffered: boolean;
  readonly unmet: Set<MessageId>;
  /** Parents that it does not wait for, because they were given up. */
  readonly notFound: readonly MessageId[];
  /** Parents that it does not wait for, because they wait for it. */
  readonly inCircle: MessageId[];
}

/**
 * The causal buffer (4/MVDS-META, "parents"): stores `arrivals` in order, delivers those whose parents were all
 * delivered, and with each of them, recursively, whatever waited for it. A parent that was given up is not waited for, and
 * parents that wait for each other in a circle are delivered in the order of arrival. `buffered` must hold, of what is
 * in the store, all that waits for an arrival or for another of `buffered`. Returns the parents that are still waited for
 * and not here at all, each with the messages that name it, arrivals first.
 */
export function storeAndDeliver(
  draft: DecisionDraft,
  arrivals: readonly Arrival[],
  buffered: readonly StoredMessage[],
  slice: ParentSlice,
  rules: BufferRules,
): Map<MessageId, Message[]> {
  const here = new Set([
    ...arrivals.map(({ message }) => message.id),
    ...buffered.map(({ id }) => id),
  ]);
  const buffer = new CausalBuffer(draft, here, slice, rules);
  for (const message of buffered) {
    const delivery = { message: { ...message, delivered: true }, source: message.source };
    buffer.take(delivery, true);
  }
  for (const { message, source } of arrivals) buffer.take({ message, source }, false);
  buffer.openCircles();
  for (const { message, source } of arrivals) {
    draft.added.push({ message, source, delivered: buffer.delivered.has(message.id) });
  }
  const missing = new Map<MessageId, Message[]>();
  const waiting = buffered.filter(({ id }) => !buffer.delivered.has(id));
  for (const message of [...arrivals.map((arrival) => arrival.message), ...waiting]) {
    for (const parent of message.metadata.parents) {
      if (here.has(parent) || slice.held.has(parent) || rules.isGivenUp(parent)) continue;
      const children = missing.get(parent);
      if (children === undefined) missing.set(parent, [message]);
      else children.push(message);
    }
  }
  return missing;
}

class CausalBuffer {
  readonly delivered = new Set<MessageId>();
  private readonly waiting = new Map<MessageId, Waiting>();
  private readonly waitingByParent = new Map<MessageId, Waiting[]>();
  private readonly draft: DecisionDraft;
  private readonly here: ReadonlySet<MessageId>;
  private readonly slice: ParentSlice;
  private readonly rules: BufferRules;

  constructor(
    draft: DecisionDraft,
    here: ReadonlySet<MessageId>,
    slice: ParentSlice,
    rules: BufferRules,
  ) {
    this.draft = draft;
    this.here = here;
    this.slice = slice;
    this.rules = rules;
  }

  /** Delivers a message, or keeps it until its parents are. */
  take(delivery: Delivery, isBuffered: boolean): void {
    const { id, metadata } = delivery.message;
    const unmet = new Set<MessageId>();
    const notFound: MessageId[] = [];
    const inCircle: MessageId[] = [];
    for (const parent of this.rules.delivery === 'causal' ? metadata.parents : []) {
      // Metadata is not covered by the id, so a message can be made to name itself.
      if (parent === id) inCircle.push(parent);
      else if (this.isDelivered(parent)) continue;
      else if (!this.isHeld(parent) && this.rules.isGivenUp(parent)) notFound.push(parent);
      else unmet.add(parent);
    }
    const waiting = { delivery, isBuffered, unmet, notFound, inCircle };
    if (unmet.size === 0) {
      this.release(waiting);
      return;
    }
    this.waiting.set(id, waiting);
    for (const parent of unmet) {
      const siblings = this.waitingByParent.get(parent);
      if (siblings === undefined) this.waitingByParent.set(parent, [waiting]);
      else siblings.push(waiting);
    }
  }

  /**
   * A message that is left waits for a parent that may still come, or for a circle, or in one. Delivers circles that wait for nothing
   * else, those first that others wait for; within one, in the order of arrival, since there is no other.
   */
  openCircles(): void {
    if (this.waiting.size === 0) return;
    const blocked = this.blocked();
    const closed = new Set([...this.waiting.values()].filter((waiting) => !blocked.has(waiting)));
    const order = new Map([...closed].map((waiting, index) => [waiting, index]));
    const parentsOf = ({ unmet }: Waiting): Waiting[] =>
      [...unmet].flatMap((parent) => this.waiting.get(parent) ?? []);
    const circles = stronglyConnected(closed, parentsOf);
    for (const circle of circles) {
      circle.sort((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0));
      for (const waiting of circle) {
        if (this.delivered.has(waiting.delivery.message.id)) continue;
        waiting.inCircle.push(...waiting.unmet);
        this.release(waiting);
      }
    }
  }

  /** Messages that wait, directly or through others, for one that is not among those that are looked at. */
  private blocked(): ReadonlySet<Waiting> {
    const isOutside = (parent: MessageId): boolean => !this.waiting.has(parent);
    const blocked = new Set<Waiting>();
    const open = [...this.waiting.values()].filter(({ unmet }) => [...unmet].some(isOutside));
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (blocked.has(next)) continue;
      blocked.add(next);
      open.push(...(this.waitingByParent.get(next.delivery.message.id) ?? []));
    }
    return blocked;
  }

  /** A loop and not a recursion: a chain of buffered messages may be as long as the history. */
  private release(first: Waiting): void {
    const ready = [first];
    // It grows meanwhile.
    for (const next of ready) {
      const { id } = next.delivery.message;
      if (this.delivered.has(id)) continue;
      this.delivered.add(id);
      this.waiting.delete(id);
      this.report(next);
      this.draft.deliveries.push(next.delivery);
      if (next.isBuffered) this.draft.released.push(id);
      for (const child of this.waitingByParent.get(id) ?? []) {
        child.unmet.delete(id);
        if (child.unmet.size === 0) ready.push(child);
      }
      this.waitingByParent.delete(id);
    }
  }

  private report({ delivery, notFound, inCircle }: Waiting): void {
    const { id: messageId, groupId } = delivery.message;
    const about = { messageId, groupId, source: delivery.source };
    if (notFound.length > 0)
      this.draft.unmet.push({ type: 'not-found', ...about, parents: notFound });
    if (inCircle.length > 0) this.draft.unmet.push({ type: 'circle', ...about, parents: inCircle });
  }

  private isDelivered(id: MessageId): boolean {
    if (this.delivered.has(id)) return true;
    return !this.here.has(id) && this.slice.held.has(id) && !this.slice.undelivered.has(id);
  }

  private isHeld(id: MessageId): boolean {
    return this.here.has(id) || this.slice.held.has(id);
  }
}
