const MS_PER_MINUTE = 60_000;

/** That everything is paused. Times are Unix milliseconds. */
export interface Pause {
  readonly since: number;
  /** `resumed`: until a person says so. */
  readonly until: number | 'resumed';
}

/** A pause that begins now, for so many minutes or, without them, until it is ended by hand. */
export function beginPause(minutes: number | undefined, now: number): Pause {
  return { since: now, until: minutes === undefined ? 'resumed' : now + minutes * MS_PER_MINUTE };
}

/**
 * Milliseconds until the pause is over; 0 where it is, Infinity where only a person ends it. A clock that was set back to
 * before its beginning ends it: waiting until it has caught up could take a year.
 */
export function pauseLeft({ since, until }: Pause, now: number): number {
  if (until === 'resumed') return Infinity;
  return now < since ? 0 : Math.max(0, until - now);
}
