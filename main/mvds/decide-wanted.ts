import { URGENT_EPOCH } from './constants.ts';
import type { DecisionDraft } from './draft.ts';
import type { MvdsEvent, View } from './events.ts';

type WantedEvent = Extract<MvdsEvent, { type: 'wanted' | 'unwanted' }>;

/** Messages that the layer above asks for by their ids, and that it does not ask for any more. */
export function decideWanted(draft: DecisionDraft, view: View, event: WantedEvent): void {
  if (event.type === 'unwanted') {
    for (const { peerId, messageId } of event.records) draft.remove(peerId, messageId);
    return;
  }
  const { peerId, ids, slice } = event;
  if (!view.state.peers.has(peerId)) return;
  let requests = slice.requestCount;
  for (const messageId of ids) {
    if (slice.held.has(messageId) || slice.records.has(messageId)) continue;
    if (requests >= view.policy.maxRequestsPerPeer) break;
    requests += 1;
    const request = { peerId, messageId, type: 'request', groupId: undefined } as const;
    draft.put({ ...request, sendCount: 0, sendEpoch: URGENT_EPOCH });
  }
  if (requests > slice.requestCount) draft.flush(peerId);
}
