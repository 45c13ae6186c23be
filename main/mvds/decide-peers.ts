import type { DecisionDraft } from './draft.ts';
import type { MvdsEvent, View } from './events.ts';

type PeerEvent = Extract<
  MvdsEvent,
  {
    type: 'peerAdded' | 'groupsAdded' | 'peerRemoved' | 'peerOnline' | 'peerOffline' | 'modeSet';
  }
>;

/** Peers that come, go and change. */
export function decidePeer(draft: DecisionDraft, { state, policy }: View, event: PeerEvent): void {
  const { peerId } = event;
  switch (event.type) {
    case 'peerAdded': {
      const { backfillType: type, ...added } = event;
      const { groups } = added;
      draft.patches.push({ ...added, type: 'addPeer' });
      if (groups.size === 0 || policy.reconciles) break;
      draft.backfill.push({ peerId, groupIds: [...groups], type, sendEpoch: state.epoch });
      break;
    }
    case 'groupsAdded': {
      const peer = state.peers.get(peerId);
      if (peer === undefined) break;
      const groupIds = [...event.groups].filter((groupId) => !peer.groups.has(groupId));
      const type = peer.mode === 'batch' ? 'message' : 'offer';
      const fields = { groups: new Set([...peer.groups, ...groupIds]) };
      draft.patches.push({ type: 'setPeer', peerId, fields });
      if (groupIds.length === 0 || policy.reconciles) break;
      draft.backfill.push({ peerId, groupIds, type, sendEpoch: state.epoch });
      if (peer.online) draft.flush(peerId);
      break;
    }
    case 'peerRemoved':
      draft.forgetPeers.push(peerId);
      draft.patches.push({ type: 'removePeer', peerId });
      break;
    case 'modeSet':
      draft.patches.push({ type: 'setPeer', peerId, fields: { mode: event.mode } });
      break;
    case 'peerOnline':
      if (!state.peers.has(peerId)) break;
      draft.patches.push({ type: 'startSession', peerId, isReliable: event.isReliable });
      draft.expedite.push({ peerId, sendEpoch: state.epoch });
      draft.flush(peerId);
      break;
    case 'peerOffline':
      draft.patches.push({ type: 'endSession', peerId });
      break;
  }
}
