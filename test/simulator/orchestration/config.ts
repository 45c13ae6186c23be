import type { PeerSyncState } from '../../../main/sync/status.ts';
import { SeededRandom } from '../random.ts';

const SECOND = 1_000;
const DAY = 24 * 60 * 60 * SECOND;
const YEAR = 365 * DAY;

export interface WorldConfig {
  readonly seed: number;
  readonly devices: number;
  /** What each device's clock shows beyond the world's time, milliseconds. */
  readonly clockOffsetsMs: readonly number[];
  /** Messages written at random times of the troubled period, and on how many of them others follow at once. */
  readonly messages: number;
  readonly bodyBytes: number;
  readonly troubledMs: number;
  /** Crashes at any moment, and crashes of a device as soon as it is in a state towards another. */
  readonly crashes: number;
  readonly crashesIn: readonly PeerSyncState['kind'][];
  readonly partitions: number;
  readonly cuts: number;
  readonly stalls: number;
  /** Times that a device pauses another, and resumes it. */
  readonly pauses: number;
  /** Pairs of which one side is set to an interval of so many seconds. */
  readonly intervals: readonly number[];
  readonly clockJumps: number;
  /** Milliseconds for which one device is out of reach, running (so that it writes) or switched off; 0: none is. */
  readonly absenceMs: number;
  readonly isOffWhileAbsent: boolean;
  readonly removals: number;
}

/** What a device can be in towards another in these worlds. */
export const STATES = [
  'connecting',
  'failing',
  'offline',
  'paused',
  'paused-there',
  'reconciling',
  'removed',
  'transferring',
  'up-to-date',
] as const;

/** A world drawn from its seed. */
export function worldOf(seed: number): WorldConfig {
  const random = new SeededRandom(seed);
  const devices = 2 + random.below(random.pick([1, 2, 3, 7]));
  const crashIn = random.chance(0.5) ? random.pick(STATES) : undefined;
  const absenceMs = random.chance(0.25) ? 90 * DAY : 0;
  return {
    seed,
    devices,
    // Days count from 2023: a virtual clock that starts at 0 would hide what a clock set back does.
    clockOffsetsMs: Array.from(
      { length: devices },
      (_, index) => 1_700_000_000_000 + (index === 0 ? random.pick([0, YEAR, -YEAR]) : 0),
    ),
    messages: 1 + random.below(16),
    bodyBytes: random.pick([20, 300, 300, 20_000]),
    troubledMs: 120 * SECOND,
    crashes: random.below(3),
    crashesIn: crashIn === undefined ? [] : [crashIn],
    partitions: random.below(3),
    cuts: random.below(4),
    // What fails does so for a second or two only: where that is waited for, there is more of it.
    stalls: random.below(3) + (crashIn === 'failing' ? 4 : 0),
    pauses: random.below(3),
    intervals: Array.from({ length: random.below(3) }, () =>
      absenceMs > 0 ? DAY / SECOND : random.pick([10, 60, 300]),
    ),
    clockJumps: random.below(3),
    absenceMs,
    isOffWhileAbsent: random.chance(0.5),
    removals: devices > 2 && random.chance(0.3) ? 1 : 0,
  };
}

export const YEAR_MS = YEAR;
