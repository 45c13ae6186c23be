import type { RelayLimits } from './device-types.ts';

const KIB = 1024;
const MINUTE = 60;
const HOUR = 60 * MINUTE;

/** “128 KiB or 2 minutes”, for the command line; the page has words of its own. */
export function relayLimitsText({ bytes, seconds }: RelayLimits): string {
  return [
    ...(bytes === null ? [] : [bytesText(bytes)]),
    ...(seconds === null ? [] : [secondsText(seconds)]),
  ].join(' or ');
}

function bytesText(bytes: number): string {
  const [value, unit] = bytes < KIB * KIB ? [bytes / KIB, 'KiB'] : [bytes / KIB / KIB, 'MiB'];
  return `${rounded(value)} ${unit}`;
}

function secondsText(seconds: number): string {
  if (seconds < 2 * MINUTE && seconds !== MINUTE) return plural(seconds, 'second');
  return seconds < 2 * HOUR && seconds !== HOUR
    ? plural(seconds / MINUTE, 'minute')
    : plural(seconds / HOUR, 'hour');
}

function plural(value: number, unit: string): string {
  const text = rounded(value);
  return `${text} ${unit}${text === '1' ? '' : 's'}`;
}

/** With at most one decimal place. */
const rounded = (value: number): string => String(Math.round(value * 10) / 10);
