import {
  MISBEHAVING_FIRST_MS,
  MISBEHAVING_MAX_MS,
  RETRY_FIRST_MS,
  RETRY_MAX_MS,
  STALL_DOUBLINGS,
  STALL_MS,
} from './constants.ts';
import type { FailureReason } from './peer-state.ts';

/**
 * Whether `waitMs` have passed since `since`. A clock that was set back to before `since` ends every wait: waiting until it
 * has caught up could take a year.
 */
export function isOver(since: number, waitMs: number, now: number): boolean {
  return now < since || now - since >= waitMs;
}

/** When a wait that is not over ends; undefined where it is. */
export function endOf(since: number, waitMs: number, now: number): number | undefined {
  return isOver(since, waitMs, now) ? undefined : since + waitMs;
}

/** The earliest of some times; undefined where there is none. */
export function earliest(times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

/**
 * How long the next session waits after `failures` (1, 2, …) in a row, the last of which was for `reason`. `jitter` is in
 * [0, 1). Milliseconds.
 */
export function retryWait(failures: number, reason: FailureReason, jitter: number): number {
  const [first, most] =
    reason === 'misbehaving'
      ? [MISBEHAVING_FIRST_MS, MISBEHAVING_MAX_MS]
      : [RETRY_FIRST_MS, RETRY_MAX_MS];
  const waitMs = Math.min(most, first * 2 ** Math.min(failures - 1, 30));
  // Between half and the whole: two devices that failed together do not try together for ever.
  return Math.round(waitMs * (0.5 + jitter / 2));
}

/** How long a session may be silent while something is owed, after `stalls` in a row. Milliseconds. */
export function stallPatience(stalls: number): number {
  return STALL_MS * 2 ** Math.min(stalls, STALL_DOUBLINGS);
}
