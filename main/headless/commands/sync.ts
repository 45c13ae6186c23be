import type { ActivityLine, History, MailboxLimits } from '../../api/types.ts';
import { mostOf } from '../arguments.ts';
import { withDevice } from '../connect.ts';
import { EXIT, ExpectedFailure } from '../failures.ts';
import { printable, printJson, timeText } from '../output.ts';

interface DataOption {
  readonly data: string;
}

interface AllOption {
  readonly all?: boolean;
}

/** `reunion pause`: one device, or all of them for some minutes or until they are resumed. */
export async function pause(
  device: string | undefined,
  { data, all, minutes }: DataOption & AllOption & { readonly minutes?: number },
): Promise<void> {
  const one = oneOrAll(device, all);
  if (one !== undefined && minutes !== undefined) throw wrongUsage('--minutes goes with --all');
  await withDevice(data, (client) =>
    one === undefined
      ? client.call('pauseAll', minutes === undefined ? {} : { minutes })
      : client.call('pauseDevice', { device: one }),
  );
  console.log('paused');
}

/** `reunion resume`. */
export async function resume(
  device: string | undefined,
  { data, all }: DataOption & AllOption,
): Promise<void> {
  const one = oneOrAll(device, all);
  await withDevice(data, (client) =>
    one === undefined ? client.call('resumeAll', {}) : client.call('resumeDevice', { device: one }),
  );
  console.log('resumed');
}

/** Undefined for all. */
function oneOrAll(device: string | undefined, all = false): string | undefined {
  if ((device === undefined) !== all) throw wrongUsage('either a device or --all is wanted');
  return device;
}

function wrongUsage(text: string): ExpectedFailure {
  return new ExpectedFailure(`${text}.`, EXIT.usage);
}

/** `reunion interval`. */
export async function setInterval(
  device: string,
  interval: 'live' | number,
  { data }: DataOption,
): Promise<void> {
  await withDevice(data, (client) => client.call('setDeviceInterval', { device, interval }));
  console.log(interval === 'live' ? 'live' : `every ${interval} seconds`);
}

/** `reunion limits`: what is not given stays as it is. */
export async function setLimits(options: {
  readonly data: string;
  readonly days?: number | 'none';
  readonly megabytes?: number | 'none';
}): Promise<void> {
  await withDevice(options.data, async (client) => {
    const { mailboxLimits } = await client.call('status', {});
    const before = mailboxLimits ?? { days: null, megabytes: null };
    const { days = before.days, megabytes = before.megabytes } = {
      days: mostOf(options.days),
      megabytes: mostOf(options.megabytes),
    };
    const after = await client.call('setMailboxLimits', { days, megabytes });
    console.log(limitsText(after.mailboxLimits ?? before));
  });
}

/** How much a mailbox keeps. */
export function limitsText({ days, megabytes }: MailboxLimits): string {
  const limits = [
    ...(days === null ? [] : [`${days} days`]),
    ...(megabytes === null ? [] : [`${megabytes} MB of messages`]),
  ];
  return limits.length === 0 ? 'keeps everything' : `keeps ${limits.join(' and ')} at most`;
}

/** `reunion history`. */
export async function setHistory(history: History, { data }: DataOption): Promise<void> {
  await withDevice(data, (client) => client.call('setHistory', { history }));
  console.log(historyText(history));
}

function historyText(history: History): string {
  if (history === 'all') return 'everything that was written';
  return history === 'none'
    ? 'what is written from now on'
    : `what was written in the last ${history.days} days, and from now on`;
}

/** `reunion sync`: what waits for its time is tried now. */
export async function syncNow(device: string | undefined, { data }: DataOption): Promise<void> {
  const target = device === undefined ? {} : { device };
  await withDevice(data, (client) => client.call('syncNow', target));
}

/** `reunion activity`. */
export async function showActivity(
  device: string | undefined,
  options: DataOption & { readonly limit: number; readonly json?: boolean },
): Promise<void> {
  const { data, limit } = options;
  const target = device === undefined ? { limit } : { device, limit };
  const lines = await withDevice(data, (client) => client.call('activity', target));
  if (options.json) printJson(lines);
  else for (const line of lines) console.log(activityText(line));
}

function activityText({ at, device, kind, detail }: ActivityLine): string {
  const details = Object.entries(detail).map(([key, value]) =>
    key === 'messages' ? `${String(value)} messages` : `${key}: ${String(value)}`,
  );
  const name = device === null ? '' : device.name || device.id;
  return [timeText(at), printable(name), [kind, ...details].join(', ')].join('  ');
}
