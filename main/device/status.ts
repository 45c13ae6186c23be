import type { DeviceInfo, MailboxLimits, PeerStatus, RelayStatus, Status } from '../api/types.ts';
import type { DeviceList } from '../identity/device-list.ts';
import type { PeerId } from '../helpers/ids.ts';
import type { PeerSyncStatus } from '../sync/status.ts';
import { deviceName, disputesOf } from './device-directory.ts';
import type { FirstTransfer } from './first-transfer.ts';
import type { HistoryChoice } from './history-choice.ts';
import { similarMembers } from './similar-devices.ts';

/** What the api shows of a device, from what its parts know. */
export function statusOf(known: {
  readonly device: DeviceInfo;
  readonly list: DeviceList | undefined;
  readonly storage: Status['storage'];
  readonly peers: readonly PeerSyncStatus[];
  readonly relays: readonly RelayStatus[];
  readonly roundTrip: (peerId: PeerId) => number | undefined;
  readonly history: HistoryChoice;
  readonly firstTransfer: FirstTransfer;
  readonly mailboxLimits: MailboxLimits;
  readonly files: Status['files'];
  readonly keyProtection: Status['keyProtection'];
  readonly hasRecoveryPhrase: boolean;
  readonly confirmDevices: boolean;
  readonly pausedUntil: Status['pausedUntil'];
}): Status {
  const {
    device,
    list,
    storage,
    relays,
    history,
    firstTransfer,
    keyProtection,
    hasRecoveryPhrase,
  } = known;
  const membership = membershipOf(device.id, list);
  // Who was removed has no other devices any more; they themselves are as they were.
  const others = membership === 'removed' ? [] : known.peers;
  const peers = others.map((peer) => ({
    ...peerStatusOf(peer, list),
    roundTrip: known.roundTrip(peer.peerId) ?? null,
  }));
  const isMailbox = list?.members.get(device.id as PeerId)?.role === 'mailbox';
  return {
    device,
    membership,
    role: isMailbox ? 'mailbox' : 'device',
    disputes: disputesOf(list),
    mailboxLimits: isMailbox ? known.mailboxLimits : null,
    storage,
    historySince: history.since,
    firstTransfer: firstTransfer.progress(storage.messages, peers),
    keyProtection,
    hasRecoveryPhrase,
    confirmDevices: known.confirmDevices,
    pausedUntil: known.pausedUntil,
    files: known.files,
    peers,
    relays,
  };
}

function membershipOf(id: string, list: DeviceList | undefined): Status['membership'] {
  if (!list) return 'new';
  return list.removed.has(id as PeerId) ? 'removed' : 'member';
}

function peerStatusOf(
  peer: PeerSyncStatus,
  list: DeviceList | undefined,
): Omit<PeerStatus, 'roundTrip'> {
  const { peerId, state, interval, toSend, toReceive, bytesSent, bytesReceived } = peer;
  const rates = state.kind === 'transferring' ? state : undefined;
  return {
    id: peerId,
    name: deviceName(list, peerId),
    similarTo: list ? similarMembers(list, peerId) : [],
    role: list?.members.get(peerId)?.role === 'mailbox' ? 'mailbox' : 'device',
    state: state.kind,
    path: 'path' in state ? state.path : null,
    interval,
    toSend,
    toReceive: toReceive ?? null,
    bytesSent,
    bytesReceived,
    sendingRate: rates?.sending ?? 0,
    receivingRate: rates?.receiving ?? 0,
    secondsLeft: rates?.secondsLeft ?? null,
    lastContact: peer.lastContact ?? null,
    lastInSync: peer.lastInSync ?? null,
    nextTryAt: nextTryOf(state),
    failure: state.kind === 'failing' ? state.reason : null,
    versions: state.kind === 'incompatible' ? { ours: state.ours, theirs: state.theirs } : null,
  };
}

function nextTryOf(state: PeerSyncStatus['state']): number | null {
  if (state.kind === 'failing') return state.nextTryAt;
  return state.kind === 'offline' ? (state.nextAt ?? null) : null;
}
