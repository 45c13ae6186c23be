import { RATE_BREAK_MS, RATE_TAU_MS, STABLE_MS, STABLE_SAMPLES } from './constants.ts';

/** Bytes per second in one direction, smoothed exponentially. A value; nothing in here is changed. */
export interface Rate {
  /** Weighted bytes per second at `at`: each byte's weight falls by 1/e every three seconds. */
  readonly value: number;
  readonly at: number;
  /** When this transfer began: with its first frame, or with the first after a break. */
  readonly since: number;
  readonly samples: number;
}

const MS_PER_SECOND = 1_000;
/** So young a transfer is counted as this old, or its first frame would look like a flood. */
const AGE_MIN_MS = 1_000;

export const NO_RATE: Rate = { value: 0, at: 0, since: 0, samples: 0 };

/** The rate after `bytes` have moved at `now`. */
export function sampled(rate: Rate, bytes: number, now: number): Rate {
  const isNew = rate.samples === 0 || now < rate.at || now - rate.at > RATE_BREAK_MS;
  const before = isNew ? { ...NO_RATE, at: now, since: now } : rate;
  return {
    value: decayed(before, now) + (bytes * MS_PER_SECOND) / RATE_TAU_MS,
    at: now,
    since: before.since,
    samples: before.samples + 1,
  };
}

/** Bytes per second at `now`. */
export function bytesPerSecond(rate: Rate, now: number): number {
  if (rate.samples === 0 || now < rate.at) return 0;
  const age = Math.max(AGE_MIN_MS, now - rate.since);
  // The weights of a transfer that is younger than the memory do not add up to one yet.
  return decayed(rate, now) / (1 - Math.exp(-age / RATE_TAU_MS));
}

export interface Direction {
  /** Messages still to be moved. */
  readonly left: number;
  readonly rate: Rate;
  /** What has been moved in this session. */
  readonly bytes: number;
  readonly messages: number;
}

/**
 * Seconds until nothing is left in any direction, by the mean size of what was moved so far. Undefined until each direction
 * in which something is left has a rate that can be trusted.
 */
export function secondsLeft(directions: readonly Direction[], now: number): number | undefined {
  let longest: number | undefined;
  for (const { left, rate, bytes, messages } of directions) {
    if (left === 0) continue;
    const perSecond = bytesPerSecond(rate, now);
    const isStable =
      rate.samples >= STABLE_SAMPLES && now - rate.since >= STABLE_MS && perSecond >= 1;
    if (!isStable || messages === 0) return undefined;
    longest = Math.max(longest ?? 0, (left * (bytes / messages)) / perSecond);
  }
  return longest;
}

function decayed({ value, at }: Rate, now: number): number {
  return value * Math.exp(-Math.max(0, now - at) / RATE_TAU_MS);
}
