/** Text from elsewhere must not steer the terminal: control and bidirectional-override characters go. */
export function printable(text: string): string {
  return text.replace(/[^\P{Cc}\n\t]|[\u202a-\u202e\u2066-\u2069]/gu, '');
}

/** A path as it is typed in a shell. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./~-]+$/u.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

export function printJson(value: unknown): void {
  console.log(JSON.stringify(value, null, 2));
}

const times = new Intl.DateTimeFormat(undefined, { dateStyle: 'short', timeStyle: 'medium' });

/** A time for a person; `never` for null. */
export function timeText(at: number | null): string {
  return at === null ? 'never' : times.format(at);
}

const SIZE_UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];

export function sizeText(bytes: number): string {
  const power = Math.min(SIZE_UNITS.length - 1, bytes > 0 ? Math.floor(Math.log2(bytes) / 10) : 0);
  const value = bytes / 1024 ** power;
  return `${power === 0 ? value : value.toFixed(1)} ${SIZE_UNITS[power] ?? ''}`;
}

/** The end of a device's id, where one differs from another. */
export function shortId(id: string): string {
  return `…${id.slice(-8)}`;
}
