import type {
  MailboxLimits,
  PeerState,
  PeerStatus,
  RelayStatus,
  Status,
} from '../../../main/api/types.ts';
import { t } from '../i18n/i18n.svelte.ts';
import type { MessageKey } from '../i18n/i18n.svelte.ts';
import { numberText, sizeText } from './numbers.ts';
import { durationText } from './times.ts';

const DAY = 24 * 60 * 60 * 1_000;
/** A device that was away for so many days is said to be so, rather than to be offline. */
const STALE_DAYS = 7;

export const stateText = (state: PeerState): string => t(`state.${state}` as MessageKey);
export const pathText = (path: NonNullable<PeerStatus['path']>): string => t(`path.${path}`);

/** “12 to send, 3 to receive”; undefined where there is nothing to say. */
export function countsText({ toSend, toReceive, state }: PeerStatus): string | undefined {
  const parts = [
    ...(toSend > 0 ? [t('to-send', { count: toSend })] : []),
    ...(toReceive !== null && toReceive > 0 ? [t('to-receive', { count: toReceive })] : []),
  ];
  if (parts.length > 0) return parts.join(', ');
  return state === 'up-to-date' ? t('nothing-waiting') : undefined;
}

/** What a person may want to know beyond the state; undefined where there is nothing. */
export function reasonText({ failure, versions, secondsLeft }: PeerStatus): string | undefined {
  if (failure !== null) return t(`failure.${failure}`);
  if (versions !== null) {
    return versions.theirs > versions.ours ? t('update-here') : t('update-there');
  }
  return secondsLeft === null ? undefined : t('time-left', { duration: durationText(secondsLeft) });
}

/** Days since the last contact, where those are many; undefined otherwise. */
export function staleDays({ lastContact, path }: PeerStatus, now: number): number | undefined {
  if (path !== null || lastContact === null) return undefined;
  const days = Math.floor((now - lastContact) / DAY);
  return days >= STALE_DAYS ? days : undefined;
}

/** What a person may want to know of a relay; undefined where it works, or is just being connected to. */
export function relayTrouble({
  state,
  limits,
}: Pick<RelayStatus, 'state' | 'limits'>): string | undefined {
  if (state === 'connected' || state === 'connecting') return undefined;
  return limits === null ? t(`relay.${state}`) : relayLimitsText(limits);
}

/** After how much a relay cuts, and what helps. */
function relayLimitsText({ bytes, seconds }: NonNullable<RelayStatus['limits']>): string {
  // A limit of 128 KiB is no 131.1 kB to a person.
  const size = bytes === null ? '' : sizeText(Math.max(1, Math.round(bytes / 1_000)) * 1_000);
  const duration = seconds === null ? '' : durationText(seconds);
  if (seconds === null) return t('relay.limiting-size', { size });
  return bytes === null
    ? t('relay.limiting-duration', { duration })
    : t('relay.limiting-both', { size, duration });
}

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
  if (peers.length === 0 || status.pausedUntil !== null) return 'paused';
  if (peers.some(isBusy)) return 'syncing';
  const inStep = peers.filter(({ state }) => state === 'up-to-date').length;
  if (inStep === 0) return 'unreachable';
  return inStep === peers.length ? 'in-step' : 'partly';
}

/** “Up to date” is said only of all devices; else of how many. */
export function overallText(overall: Overall, { peers }: Status): string {
  if (overall !== 'partly') return t(`overall.${overall}`);
  const inStep = peers.filter(({ state }) => state === 'up-to-date').length;
  return t('overall.partly', { count: inStep, all: peers.filter(isActive).length });
}

/** How much a mailbox keeps; empty where it keeps everything. */
export function limitsText({ days, megabytes }: MailboxLimits): string {
  const limits = [
    ...(days === null ? [] : [t('limit-days', { count: days })]),
    ...(megabytes === null ? [] : [t('limit-megabytes', { size: numberText(megabytes) })]),
  ];
  return limits.join(', ');
}
