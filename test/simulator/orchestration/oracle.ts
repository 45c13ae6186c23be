import type { PeerId } from '../../../main/mvds/types.ts';
import type { PeerSyncState, PeerSyncStatus } from '../../../main/sync/status.ts';
import type { SimulatedDevice } from './device.ts';
import type { WireEnd } from './wire.ts';

const CONNECTED: ReadonlySet<PeerSyncState['kind']> = new Set([
  'reconciling',
  'transferring',
  'up-to-date',
]);

/** Compares what the devices of a world say with what is so. */
export class Oracle {
  private readonly deviceOf: (peerId: PeerId) => SimulatedDevice | undefined;
  /** What the last look at each pair saw: the messages are gone through only where something has changed since. */
  private readonly looks = new Map<string, string>();

  /** `deviceOf` knows the devices, running or not. */
  constructor(deviceOf: (peerId: PeerId) => SimulatedDevice | undefined) {
    this.deviceOf = deviceOf;
  }

  /** What a device's status says that is not so, in words. */
  async liesOf(device: SimulatedDevice, statuses: readonly PeerSyncStatus[]): Promise<string[]> {
    const lies: string[] = [];
    for (const status of statuses) {
      const other = this.deviceOf(status.peerId);
      if (!other) continue;
      const said = device.members.has(status.peerId)
        ? await this.liesAboutMember(device, other, status)
        : liesAboutRemoved(status);
      lies.push(...said.map((lie) => `${device.peerId} of ${status.peerId}: ${lie}`));
    }
    return lies;
  }

  private async liesAboutMember(
    device: SimulatedDevice,
    other: SimulatedDevice,
    status: PeerSyncStatus,
  ): Promise<string[]> {
    const { peerId } = status;
    const { offers, messages } = await device.storage.store.records.counts(peerId);
    const look = [device, other].map(({ delivered }) => delivered.size);
    const seen = [...look, offers, messages, status.toSend, status.state.kind].join(' ');
    const pair = `${device.peerId} ${peerId}`;
    const lies = liesAboutSession(device, other, status);
    if (this.looks.get(pair) === seen) return lies;
    this.looks.set(pair, seen);
    return [...lies, ...(await liesAboutMessages(device, other, status))];
  }
}

function liesAboutRemoved({ state, toSend }: PeerSyncStatus): string[] {
  if (state.kind !== 'removed') return [`${state.kind}, and it is removed`];
  return toSend === 0 ? [] : [`${toSend} to send, and it is removed`];
}

async function liesAboutMessages(
  device: SimulatedDevice,
  other: SimulatedDevice,
  { peerId, toSend }: PeerSyncStatus,
): Promise<string[]> {
  const { records } = device.storage.store;
  const recorded = await records.records(peerId, [...device.delivered]);
  // Without a cursor it is not known what the other holds, and no total is claimed.
  const isCovered = (await records.cursors(peerId)).size > 0;
  const uncounted = [...device.delivered]
    .filter((id) => isCovered && !recorded.has(id) && !other.delivered.has(id))
    .map((id) => `does not count ${id}`);
  if (toSend === recorded.size) return uncounted;
  return [`${toSend} to send, in truth ${recorded.size}`, ...uncounted];
}

function liesAboutSession(
  device: SimulatedDevice,
  other: SimulatedDevice,
  status: PeerSyncStatus,
): string[] {
  const { state, toSend, toReceive, peerId } = status;
  const end = device.ends.get(peerId);
  const live = end?.isOpen === true ? end : undefined;
  const lies: string[] = [];
  const claim = (holds: boolean, lie: string): void => {
    if (!holds) lies.push(lie);
  };

  claim(toReceive === live?.heard, `${toReceive} to receive`);
  if (end) {
    claim(status.bytesSent === end.bytesSent, `${status.bytesSent} of ${end.bytesSent} sent`);
    const { bytesReceived } = end;
    claim(status.bytesReceived === bytesReceived, `${status.bytesReceived} of ${bytesReceived} in`);
  }
  const isPaused = device.settings.get(peerId)?.paused === true;
  claim((state.kind === 'paused') === isPaused, `${state.kind}, paused: ${isPaused}`);
  if (isPaused) return lies;
  claim(live !== undefined || !CONNECTED.has(state.kind), `${state.kind} without a session`);
  if (!live) return lies;
  claim(live.frames > 0 === CONNECTED.has(state.kind), `${state.kind} after ${live.frames} frames`);
  const agree = toSend === 0 && live.said === 0 && live.heard === 0;
  // Before it says so, it is proven.
  const allowed: readonly string[] = agree ? ['up-to-date', 'reconciling'] : [...CONNECTED];
  const isAllowed = allowed.includes(state.kind) || !CONNECTED.has(state.kind);
  claim(isAllowed, `${state.kind} at ${toSend} and ${toReceive}`);
  claim(state.kind !== 'up-to-date' || agree, `up to date at ${toSend} and ${toReceive}`);
  if (state.kind === 'up-to-date') lies.push(...differences(device, other, live));
  return lies;
}

/** What contradicts "up to date": a message that one of the two has, and the other had not when it last spoke. */
function differences(device: SimulatedDevice, other: SimulatedDevice, end: WireEnd): string[] {
  return [
    ...[...device.delivered].filter((id) => !other.delivered.has(id)),
    ...[...other.delivered].slice(0, end.heldThere).filter((id) => !device.delivered.has(id)),
  ].map((id) => `up to date without ${id}`);
}
