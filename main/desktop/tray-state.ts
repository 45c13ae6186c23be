import type { PeerStatus, Status } from '../api/types.ts';

/** Each has a picture of its own shape and colour: main/desktop/icons/, drawn by scripts/icons.mjs. */
export type TrayState = 'ok' | 'syncing' | 'paused' | 'offline' | 'alone' | 'problem';

export interface TrayText {
  readonly state: TrayState;
  /** One line for the menu and the tooltip. */
  readonly line: string;
}

/** What the tray says of the device. It never says more than the status can prove. */
export function trayText(status: Status): TrayText {
  const { membership, pausedUntil, peers } = status;
  if (membership === 'removed') {
    return { state: 'problem', line: 'This device was removed from your devices' };
  }
  const problem = problemOf(peers);
  if (problem !== undefined) return { state: 'problem', line: problem };
  if (pausedUntil !== null) return { state: 'paused', line: pausedText(pausedUntil) };
  if (peers.length === 0) return { state: 'alone', line: 'No other devices yet' };
  if (peers.every(({ state }) => state === 'paused' || state === 'paused-there')) {
    return { state: 'paused', line: 'Paused' };
  }
  const moving = peers.filter(({ state }) => state === 'transferring' || state === 'reconciling');
  if (moving.length > 0) return { state: 'syncing', line: movingText(moving) };
  const level = peers.filter(({ state }) => state === 'up-to-date');
  if (level.length === 0) return { state: 'offline', line: 'No other device can be reached' };
  return { state: 'ok', line: levelText(level, peers.length) };
}

function problemOf(peers: readonly PeerStatus[]): string | undefined {
  const unwritable = peers.find(({ failure }) => failure === 'store');
  if (unwritable) return 'Messages cannot be written on this device';
  const other = peers.find(({ state }) => state === 'incompatible');
  return other && `${other.name} has another version of Reunion`;
}

function pausedText(until: number | 'resumed'): string {
  if (until === 'resumed') return 'Paused until you resume';
  const time = new Date(until).toLocaleTimeString(undefined, { timeStyle: 'short' });
  return `Paused until ${time}`;
}

function movingText(peers: readonly PeerStatus[]): string {
  const sum = (count: (peer: PeerStatus) => number) =>
    peers.reduce((total, peer) => total + count(peer), 0);
  const [send, receive] = [sum(({ toSend }) => toSend), sum((peer) => peer.toReceive ?? 0)];
  if (send === 0 && receive === 0) return 'Comparing with your other devices';
  return `Syncing: ${send} to send, ${receive} to receive`;
}

function levelText(level: readonly PeerStatus[], all: number): string {
  if (all > 1) return `Up to date with ${level.length} of ${all} devices`;
  return `Up to date with ${level[0]?.name ?? ''}`;
}
