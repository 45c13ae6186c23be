import { mayExchange } from './authorise.ts';
import type { DecisionDraft } from './draft.ts';
import type { MvdsEvent, View } from './events.ts';
import type { GroupId, PeerId } from './types.ts';

type ReconciledEvent = Extract<
  MvdsEvent,
  { type: 'reconciled' | 'covered' | 'uncovered' | 'plain' | 'muted' | 'older' }
>;

/** What the layer above has found out about what a peer holds. */
export function decideReconciled(draft: DecisionDraft, view: View, event: ReconciledEvent): void {
  const { peerId } = event;
  if (!view.state.peers.has(peerId)) return;
  switch (event.type) {
    case 'reconciled':
      takeDifferences(draft, view, event);
      break;
    case 'covered': {
      const { groupId, storeId, heldUpTo } = event;
      draft.setCursors.push({ peerId, groupIds: [groupId], storeId });
      if (heldUpTo !== undefined) draft.clearRecords.push({ peerId, groupId, sequence: heldUpTo });
      break;
    }
    case 'uncovered':
      draft.dropCursors.push({ peerId, groupIds: [...event.groups] });
      break;
    case 'plain':
      for (const groupId of event.groups) offerAll(draft, view, peerId, groupId);
      break;
    case 'older':
      offerAll(draft, view, peerId, event.groupId, event.until);
      break;
    case 'muted':
      draft.dropCursors.push({ peerId, groupIds: [...event.groups] });
      for (const groupId of event.groups) {
        draft.clearRecords.push({ peerId, groupId, sequence: Number.MAX_SAFE_INTEGER });
      }
      break;
  }
}

/** Offers what the peer wants of a group whose cursor there is none of. */
function offerAll(
  draft: DecisionDraft,
  { state, policy }: View,
  peerId: PeerId,
  groupId: GroupId,
  until?: bigint,
): void {
  if (policy.isMuted(groupId)) return;
  const from = state.peers.get(peerId)?.since?.get(groupId);
  draft.backfill.push({
    ...{ peerId, groupIds: [groupId], type: 'offer', sendEpoch: state.epoch },
    ...(from !== undefined && { from }),
    ...(until !== undefined && { until }),
    ...(policy.isBulk(groupId) && { bulk: true }),
  });
  draft.flush(peerId);
}

function takeDifferences(
  draft: DecisionDraft,
  view: View,
  { peerId, groupId, have, need, jitter, slice }: Extract<ReconciledEvent, { type: 'reconciled' }>,
): void {
  const { state, policy } = view;
  if (!mayExchange(view, peerId, groupId)) return;
  const isOffered = state.peers.get(peerId)?.mode === 'interactive';
  const { epoch: sendEpoch } = state;
  const bulk = policy.isBulk(groupId) && { bulk: true };
  for (const messageId of policy.isMuted(groupId) ? [] : have) {
    if (!slice.held.has(messageId) || slice.records.has(messageId)) continue;
    const about = { peerId, groupId, sendEpoch, ...bulk };
    if (isOffered) draft.put({ ...about, messageId, type: 'offer', sendCount: 0 });
    else draft.addBacklog(about, messageId);
    draft.flush(peerId);
  }
  let requests = slice.requestCount;
  for (const messageId of need) {
    if (slice.held.has(messageId) || slice.records.has(messageId)) continue;
    // What is left out is found again by the next reconciliation.
    if (requests >= policy.maxRequestsPerPeer) break;
    requests += 1;
    // The caller sends it, beside the frame that says so: see `MvdsNode.reconciled`.
    const sendEpoch = state.epoch + Math.max(1, policy.backoff(1, jitter));
    const request = { peerId, messageId, type: 'request', groupId: undefined } as const;
    draft.put({ ...request, sendCount: 1, sendEpoch });
  }
}
