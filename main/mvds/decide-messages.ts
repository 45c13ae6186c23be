import { mayExchange } from './authorise.ts';
import { PARENT_SOURCES, URGENT_EPOCH } from './constants.ts';
import { announce, sendEphemeral } from './decide-append.ts';
import { storeAndDeliver, type Arrival } from './delivery.ts';
import type { DecisionDraft } from './draft.ts';
import type { MvdsEvent, View } from './events.ts';
import type { Message, MessageId, PeerId } from './types.ts';

type PayloadEvent = Extract<MvdsEvent, { type: 'payloadReceived' }>;

/** The messages of a payload: each is acknowledged, stored and delivered once, and passed on to the other members. */
export function decideMessages(draft: DecisionDraft, view: View, event: PayloadEvent): void {
  const { peerId, payload, slice } = event;
  const arrivals = new Map<MessageId, Arrival>();
  const ephemeral = new Set<MessageId>();
  const { recentEphemeral } = view.state;
  for (const message of payload.messages) {
    const { id, groupId } = message;
    if (!mayExchange(view, peerId, groupId)) {
      const reason = { type: 'unauthorised', messageId: id, groupId } as const;
      draft.effects.push({ type: 'rejected', peerId, reason });
    } else if (message.metadata.ephemeral) {
      if (slice.records.has(id)) draft.remove(peerId, id);
      // 4/MVDS-META asks for no acknowledgement; but who repeats it, as the Go nodes do for ever, waits for one.
      if (slice.held.has(id) || recentEphemeral.cameFrom(id, peerId)) draft.ack(peerId, id);
      const isKnown = slice.held.has(id) || recentEphemeral.has(id) || ephemeral.has(id);
      ephemeral.add(id);
      if (isKnown) continue;
      draft.deliveries.push({ message, source: peerId });
      sendEphemeral(draft, view, message, peerId);
    } else {
      draft.ack(peerId, id);
      if (slice.records.has(id)) draft.remove(peerId, id);
      if (!slice.held.has(id) && !arrivals.has(id)) arrivals.set(id, { message, source: peerId });
    }
  }
  const { bulkAcks = false, isReliable = false } = view.state.peers.get(peerId) ?? {};
  if (bulkAcks && isReliable) draft.ackTogether(peerId, event.numbered);
  if (ephemeral.size > 0) {
    draft.patches.push({ type: 'rememberEphemeral', ids: [...ephemeral], source: peerId });
  }
  const missing = storeAndDeliver(draft, [...arrivals.values()], slice.waiting, slice, {
    delivery: view.policy.delivery,
    isGivenUp: view.state.parents.isGivenUp,
  });
  const { since } = view.state.parents;
  const settled = [...arrivals.keys()].filter((id) => since.has(id));
  if (settled.length > 0) draft.patches.push({ type: 'parentsSettled', ids: settled });
  const awaited = view.policy.delivery === 'causal' ? [...missing.keys()] : [];
  if (awaited.length > 0) draft.patches.push({ type: 'parentsAwaited', ids: awaited });
  for (const { message } of arrivals.values()) relay(draft, view, event, message);
  requestParents(draft, view, event, missing);
}

/** Passes a new message on, but not to its source, nor to a peer whose offer shows that it has it. */
function relay(draft: DecisionDraft, view: View, event: PayloadEvent, message: Message): void {
  const { id, groupId } = message;
  const offeredBy = new Set<PeerId>();
  for (const record of event.slice.about.get(id) ?? []) {
    if (record.type !== 'request' || record.peerId === event.peerId) continue;
    draft.remove(record.peerId, id);
    // An offer names no group, so a request without one is the answer to an offer.
    if (record.groupId === undefined) offeredBy.add(record.peerId);
  }
  for (const [peerId, peer] of view.state.peers) {
    if (peerId === event.peerId || !mayExchange(view, peerId, groupId)) continue;
    if (offeredBy.has(peerId)) draft.ack(peerId, id);
    else {
      const mode = view.policy.relay === 'offer' ? 'interactive' : peer.mode;
      announce(draft, view, peerId, message, mode);
    }
  }
}

/** Asks the sender, and some others in case it leaves, for the parents that a new message names and nobody sent. */
function requestParents(
  draft: DecisionDraft,
  view: View,
  { peerId: sender, payload, slice }: PayloadEvent,
  missing: ReadonlyMap<MessageId, readonly Message[]>,
): void {
  let requests = slice.requestCount;
  const isNew = new Set(payload.messages.map(({ id }) => id));
  for (const [parent, [child]] of missing) {
    // For what was buffered before, its parents were asked for when it came.
    if (child === undefined || !isNew.has(child.id)) continue;
    if (requests >= view.policy.maxRequestsPerPeer) return;
    requests += 1;
    const { groupId } = child;
    const others = [...view.state.peers]
      .filter(([peerId, peer]) => peerId !== sender && peer.online)
      .map(([peerId]) => peerId)
      .filter((peerId) => mayExchange(view, peerId, groupId));
    const asked = new Set((slice.about.get(parent) ?? []).map(({ peerId }) => peerId));
    for (const peerId of [sender, ...others].slice(0, PARENT_SOURCES)) {
      if (asked.has(peerId) || draft.change(peerId, parent) !== undefined) continue;
      draft.put({
        peerId,
        messageId: parent,
        type: 'request',
        groupId,
        sendCount: 0,
        sendEpoch: URGENT_EPOCH,
      });
      draft.flush(peerId);
    }
  }
}
