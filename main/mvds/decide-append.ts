import { URGENT_EPOCH } from './constants.ts';
import { storeAndDeliver } from './delivery.ts';
import type { DecisionDraft } from './draft.ts';
import type { MvdsEvent, OwnMessage, View } from './events.ts';
import { mayExchange } from './authorise.ts';
import { wants, type Mode } from './state.ts';
import type { Message, PeerId } from './types.ts';

/** Messages written here: stored, delivered, and announced to every peer of their group. */
export function decideAppend(
  draft: DecisionDraft,
  view: View,
  event: Extract<MvdsEvent, { type: 'append' }>,
): void {
  const fresh: OwnMessage[] = [];
  for (const item of event.items) {
    const { message } = item;
    if (message.metadata.ephemeral) {
      draft.deliveries.push({ message, source: undefined });
      draft.patches.push({ type: 'rememberEphemeral', ids: [message.id], source: undefined });
      sendEphemeral(draft, view, message, undefined);
    } else if (
      !event.slice.held.has(message.id) &&
      !fresh.some((it) => it.message.id === message.id)
    ) {
      fresh.push(item);
    }
  }
  const arrivals = fresh.map(({ message }) => ({ message, source: undefined }));
  storeAndDeliver(draft, arrivals, [], event.slice, {
    delivery: view.policy.delivery,
    isGivenUp: view.state.parents.isGivenUp,
  });
  for (const { message, mode } of fresh) {
    for (const [peerId, peer] of view.state.peers) {
      if (!mayExchange(view, peerId, message.groupId)) continue;
      announce(draft, view, peerId, message, mode ?? peer.mode);
    }
  }
}

/** Gives `peerId` a record for a message that it is not known to hold, and flushes it. */
export function announce(
  draft: DecisionDraft,
  view: View,
  peerId: PeerId,
  message: Message,
  mode: Mode,
): void {
  const peer = view.state.peers.get(peerId);
  const { isMuted, isBulk } = view.policy;
  if (isMuted(message.groupId) || (peer !== undefined && !wants(peer, message))) return;
  const { groupId } = message;
  const bulk = isBulk(groupId) && { bulk: true };
  const isOnline = peer?.online === true;
  if (mode === 'batch' && !isOnline) {
    // There is nothing that it could overtake when the peer comes.
    draft.addBacklog({ peerId, groupId, sendEpoch: view.state.epoch, ...bulk }, message.id);
    return;
  }
  draft.put({
    peerId,
    messageId: message.id,
    type: mode === 'batch' ? 'message' : 'offer',
    groupId,
    sendCount: 0,
    // What stands by itself overtakes a backlog. A child that overtook its parents would only wait there.
    sendEpoch: message.metadata.parents.length === 0 ? URGENT_EPOCH : view.state.epoch,
    ...bulk,
  });
  if (isOnline) draft.flush(peerId);
}

/** 4/MVDS-META, "ephemeral": batch mode, not stored, not acknowledged; so it goes out once, to who is there. */
export function sendEphemeral(
  draft: DecisionDraft,
  view: View,
  message: Message,
  source: PeerId | undefined,
): void {
  for (const [peerId, peer] of view.state.peers) {
    if (peerId === source || !peer.online || !mayExchange(view, peerId, message.groupId)) continue;
    draft.effects.push({ type: 'ephemeral', peerId, message });
  }
}
