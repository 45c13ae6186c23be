import type { View } from './events.ts';
import type { GroupId, PeerId } from './types.ts';

/** Whether messages of the group may pass between us and the peer, in either direction. */
export function mayExchange({ state, policy }: View, peerId: PeerId, groupId: GroupId): boolean {
  const peer = state.peers.get(peerId);
  return peer?.groups.has(groupId) === true && policy.authorise(peerId, groupId);
}
