import type { DeviceInfo, PeerStatus, RelayStatus, Status } from '../api/types.ts';
import type { DeviceList } from '../identity/device-list.ts';
import type { PeerSyncStatus } from '../sync/peer-sync.ts';

/** What the api shows of a device, from what its parts know. */
export function statusOf(known: {
  readonly device: DeviceInfo;
  readonly list: DeviceList | undefined;
  readonly storage: Status['storage'];
  readonly peers: readonly PeerSyncStatus[];
  readonly relays: readonly RelayStatus[];
}): Status {
  const { device, list, storage, peers, relays } = known;
  return {
    device,
    membership: list ? 'member' : 'new',
    storage,
    peers: peers.map((peer) => peerStatusOf(peer, list)),
    relays,
  };
}

function peerStatusOf(peer: PeerSyncStatus, list: DeviceList | undefined): PeerStatus {
  const { peerId, state, toSend, toReceive, lastContact, lastInSync } = peer;
  return {
    id: peerId,
    name: list?.members.get(peerId)?.name ?? '',
    state: state.kind,
    path: 'path' in state ? state.path : null,
    toSend,
    toReceive: toReceive ?? null,
    lastContact: lastContact ?? null,
    lastInSync: lastInSync ?? null,
  };
}
