import { i18n, t } from '../i18n/i18n.svelte.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const formats = new Map<string, Intl.DateTimeFormat>();

/** Made once for each language: making one takes longer than using it a hundred times. */
function format(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${i18n.locale} ${JSON.stringify(options)}`;
  let made = formats.get(key);
  if (!made) {
    made = new Intl.DateTimeFormat(i18n.locale, options);
    formats.set(key, made);
  }
  return made;
}

/** “5 min. ago”; undefined for null, which is never. */
export function agoText(at: number | null, now: number): string | undefined {
  if (at === null) return undefined;
  const relative = new Intl.RelativeTimeFormat(i18n.locale, { numeric: 'auto', style: 'short' });
  const past = Math.max(0, now - at);
  if (past < MINUTE) return t('just-now');
  if (past < HOUR) return relative.format(-Math.floor(past / MINUTE), 'minute');
  if (past < DAY) return relative.format(-Math.floor(past / HOUR), 'hour');
  return relative.format(-Math.floor(past / DAY), 'day');
}

export const clockText = (at: number): string => format({ timeStyle: 'short' }).format(at);
export const momentText = (at: number): string =>
  format({ dateStyle: 'long', timeStyle: 'short' }).format(at);

/** “Today”, “Yesterday”, “Monday, 3 November”, and with the year where it is not this one. */
export function dayText(at: number, now: number): string {
  const days = Math.round((startOfDay(now) - startOfDay(at)) / DAY);
  if (days === 0 || days === 1) {
    const text = new Intl.RelativeTimeFormat(i18n.locale, { numeric: 'auto' }).format(-days, 'day');
    return text.charAt(0).toLocaleUpperCase() + text.slice(1);
  }
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return format(
    sameYear ? { weekday: 'long', day: 'numeric', month: 'long' } : { dateStyle: 'long' },
  ).format(at);
}

export function startOfDay(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}

/** The time of something in a list: today the clock, before that the day. */
export function listTimeText(at: number, now: number): string {
  if (startOfDay(at) === startOfDay(now)) return clockText(at);
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return format(sameYear ? { day: 'numeric', month: 'short' } : { dateStyle: 'short' }).format(at);
}

/** “4:05” */
export function countdownText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** “40 sec”, “3 min”, “2 hr”: as rough as an estimate is. */
export function durationText(seconds: number): string {
  const [value, unit] =
    seconds < 60
      ? ([seconds, 'second'] as const)
      : seconds < 3_600
        ? ([seconds / 60, 'minute'] as const)
        : ([seconds / 3_600, 'hour'] as const);
  const rough = new Intl.NumberFormat(i18n.locale, { style: 'unit', unit, unitDisplay: 'short' });
  return rough.format(Math.max(1, Math.ceil(value)));
}

/** As a date field has it: 2026-11-26, in local time. */
export function dateInputText(at: number): string {
  const date = new Date(at);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
