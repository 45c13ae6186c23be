import type { DecisionDraft } from './draft.ts';
import type { Delivery, ParentSlice } from './events.ts';
import type { StoredMessage } from './ports.ts';
import type { Message, MessageId, PeerId } from './types.ts';

export interface Arrival {
  readonly message: Message;
  readonly source: PeerId | undefined;
}

/** A message that waits for parents, new or from the causal buffer. */
interface Waiting {
  readonly delivery: Delivery;
  readonly isBuffered: boolean;
  readonly unmet: Set<MessageId>;
}

/**
 * The causal buffer (4/MVDS-META, "parents"): stores `arrivals` in order, delivers those whose parents were all
 * delivered, and with each of them, recursively, whatever waited for it. Returns the parents that are not here at all,
 * each with the arrivals that miss it.
 */
export function storeAndDeliver(
  draft: DecisionDraft,
  arrivals: readonly Arrival[],
  buffered: readonly StoredMessage[],
  slice: ParentSlice,
  delivery: 'causal' | 'eventual',
): Map<MessageId, Message[]> {
  const arrived = new Set(arrivals.map(({ message }) => message.id));
  const missing = new Map<MessageId, Message[]>();
  const waitingByParent = new Map<MessageId, Waiting[]>();
  const deliveredNow = new Set<MessageId>();

  const unmetParents = (message: Message): Set<MessageId> =>
    new Set(
      message.metadata.parents.filter((parent) => {
        // Metadata is not covered by the id, so a message can be made to name itself.
        if (parent === message.id || deliveredNow.has(parent)) return false;
        return arrived.has(parent) || !slice.held.has(parent) || slice.undelivered.has(parent);
      }),
    );
  const wait = (waiting: Waiting): void => {
    for (const parent of waiting.unmet) {
      const siblings = waitingByParent.get(parent);
      if (siblings === undefined) waitingByParent.set(parent, [waiting]);
      else siblings.push(waiting);
    }
  };

  for (const message of buffered) {
    const delivered = { message: { ...message, delivered: true }, source: message.source };
    wait({ delivery: delivered, isBuffered: true, unmet: unmetParents(message) });
  }
  for (const { message, source } of arrivals) {
    for (const parent of message.metadata.parents) {
      if (parent === message.id || arrived.has(parent) || slice.held.has(parent)) continue;
      const children = missing.get(parent);
      if (children === undefined) missing.set(parent, [message]);
      else children.push(message);
    }
    const unmet = delivery === 'causal' ? unmetParents(message) : new Set<MessageId>();
    const waiting = { delivery: { message, source }, isBuffered: false, unmet };
    if (unmet.size > 0) wait(waiting);
    else release(draft, waiting, waitingByParent, deliveredNow);
  }
  for (const { message, source } of arrivals) {
    draft.added.push({ message, source, delivered: deliveredNow.has(message.id) });
  }
  return missing;
}

/** A loop and not a recursion: a chain of buffered messages may be as long as the history. */
function release(
  draft: DecisionDraft,
  first: Waiting,
  waitingByParent: Map<MessageId, Waiting[]>,
  deliveredNow: Set<MessageId>,
): void {
  const ready = [first];
  for (let next = ready.shift(); next !== undefined; next = ready.shift()) {
    const { id } = next.delivery.message;
    if (deliveredNow.has(id)) continue;
    deliveredNow.add(id);
    draft.deliveries.push(next.delivery);
    if (next.isBuffered) draft.released.push(id);
    for (const child of waitingByParent.get(id) ?? []) {
      child.unmet.delete(id);
      if (child.unmet.size === 0) ready.push(child);
    }
    waitingByParent.delete(id);
  }
}
