import type {
  MailboxLimits,
  PeerFailure,
  PeerState,
  PeerStatus,
  RelayStatus,
  Status,
} from '../../main/api/types.ts';

const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto', style: 'short' });
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' });
const day = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' });
const dayOfYear = new Intl.DateTimeFormat(undefined, { dateStyle: 'long' });
const moment = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'medium' });

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** “5 min. ago”; “never” for null. */
export function agoText(at: number | null, now: number): string {
  if (at === null) return 'never';
  const past = Math.max(0, now - at);
  if (past < MINUTE) return 'just now';
  if (past < HOUR) return relative.format(-Math.floor(past / MINUTE), 'minute');
  if (past < DAY) return relative.format(-Math.floor(past / HOUR), 'hour');
  return relative.format(-Math.floor(past / DAY), 'day');
}

export const clockText = (at: number): string => clock.format(at);
export const momentText = (at: number): string => moment.format(at);

/** “Today”, “Yesterday”, “Monday, 3 November”, and with the year where it is not this one. */
export function dayText(at: number, now: number): string {
  const days = Math.round((startOfDay(now) - startOfDay(at)) / DAY);
  if (days === 0 || days === 1) {
    const text = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' }).format(-days, 'day');
    return text.charAt(0).toLocaleUpperCase() + text.slice(1);
  }
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return (sameYear ? day : dayOfYear).format(at);
}

export function startOfDay(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}

/** The time of something in a list: today the clock, before that the day. */
export function listTimeText(at: number, now: number): string {
  if (startOfDay(at) === startOfDay(now)) return clockText(at);
  return new Date(at).toLocaleDateString(undefined, { day: 'numeric', month: 'short' });
}

/** “4:05” */
export function countdownText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

const SIZE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

export function sizeText(bytes: number): string {
  const power = Math.min(SIZE_UNITS.length - 1, bytes < 1 ? 0 : Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1_000 ** power;
  return `${power === 0 ? value : value.toFixed(1)} ${SIZE_UNITS[power] ?? ''}`;
}

export const STATE_TEXT: Readonly<Record<PeerState, string>> = {
  paused: 'Paused',
  'paused-there': 'Paused on that device',
  connecting: 'Looking for it',
  offline: 'Offline',
  reconciling: 'Comparing',
  transferring: 'Syncing',
  'up-to-date': 'Up to date',
  failing: 'Trouble syncing',
  incompatible: 'Needs the same version',
  removed: 'Removed',
};

export const PATH_TEXT = { lan: 'Local network', direct: 'Direct', relay: 'Relay' } as const;

/** “12 to send, 3 to receive”; undefined where there is nothing to say. */
export function countsText({ toSend, toReceive, state }: PeerStatus): string | undefined {
  const send = toSend > 0 ? `${toSend.toLocaleString()} to send` : undefined;
  const receive =
    toReceive !== null && toReceive > 0 ? `${toReceive.toLocaleString()} to receive` : undefined;
  const counts = [send, receive].filter((part) => part !== undefined).join(', ');
  if (counts !== '') return counts;
  return state === 'up-to-date' ? 'Nothing waiting on either side' : undefined;
}

const FAILURE_TEXT: Readonly<Record<PeerFailure, string>> = {
  stalled: 'The connection went silent.',
  refused: 'It ended the connection before it said anything.',
  protocol: 'It sent something that this device does not understand.',
  store: 'This device could not read or write its storage.',
};

/** What a person may want to know beyond the state; undefined where there is nothing. */
export function reasonText({ failure, versions, secondsLeft }: PeerStatus): string | undefined {
  if (failure !== null) return `${FAILURE_TEXT[failure]} Trying again.`;
  if (versions !== null) {
    return versions.theirs > versions.ours
      ? 'Update Reunion on this device.'
      : 'Update Reunion on that device.';
  }
  return secondsLeft === null ? undefined : `About ${durationText(secondsLeft)} left`;
}

/** “40 sec”, “3 min”, “2 hr”: as rough as an estimate is. */
function durationText(seconds: number): string {
  const [value, unit] =
    seconds < 60
      ? ([seconds, 'second'] as const)
      : seconds < 3_600
        ? ([seconds / 60, 'minute'] as const)
        : ([seconds / 3_600, 'hour'] as const);
  const format = new Intl.NumberFormat(undefined, { style: 'unit', unit, unitDisplay: 'short' });
  return format.format(Math.max(1, Math.ceil(value)));
}

/** What a person may want to know of a relay; nothing where it works, or is just being connected to. */
export const RELAY_TROUBLE: Readonly<Partial<Record<RelayStatus['state'], string>>> = {
  unreachable: 'A relay cannot be reached; trying again.',
  full: 'A relay is full: this device cannot be reached through it. Trying again.',
  refused: 'A relay does not let this device use it.',
  limiting: 'A relay cuts long transfers; they go on, slowly.',
};

const isBusy = ({ state }: PeerStatus): boolean =>
  state === 'transferring' || state === 'reconciling';
/** A device that is paused or removed says nothing of how the others do. */
const isActive = ({ state }: PeerStatus): boolean =>
  state !== 'removed' && state !== 'paused' && state !== 'paused-there';

export type Overall =
  'alone' | 'paused' | 'in-step' | 'partly' | 'syncing' | 'unreachable' | 'lost';

/** How the device is doing as a whole. */
export function overallOf(status: Status): Overall {
  const members = status.peers.filter(({ state }) => state !== 'removed');
  const peers = members.filter(isActive);
  if (members.length === 0) return 'alone';
  if (peers.length === 0) return 'paused';
  if (peers.some(isBusy)) return 'syncing';
  const inStep = peers.filter(({ state }) => state === 'up-to-date').length;
  if (inStep === 0) return 'unreachable';
  return inStep === peers.length ? 'in-step' : 'partly';
}

const OVERALL_TEXT: Readonly<Record<Exclude<Overall, 'partly'>, string>> = {
  alone: 'Only on this device',
  paused: 'Paused',
  'in-step': 'Up to date',
  syncing: 'Syncing',
  unreachable: 'No device reachable',
  lost: 'Not running',
};

/** “Up to date” is said only of all devices; else of how many. */
export function overallText(overall: Overall, { peers }: Status): string {
  if (overall !== 'partly') return OVERALL_TEXT[overall];
  const inStep = peers.filter(({ state }) => state === 'up-to-date').length;
  return `${inStep} of ${peers.filter(isActive).length} up to date`;
}

/** How much a mailbox keeps; empty where it keeps everything. */
export function limitsText({ days, megabytes }: MailboxLimits): string {
  const limits = [
    ...(days === null ? [] : [days === 1 ? 'the last day' : `the last ${days} days`]),
    ...(megabytes === null ? [] : [`${megabytes.toLocaleString()} MB`]),
  ];
  return limits.length === 0 ? '' : `It keeps ${limits.join(' and ')} at most.`;
}
