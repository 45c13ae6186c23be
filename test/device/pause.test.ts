import { describe, expect, it } from 'vitest';
import { beginPause, pauseLeft } from '../../main/device/pause.ts';

const NOON = 1_700_000_000_000;
const HOUR = 60 * 60_000;

describe('a pause', () => {
  it('of so many minutes is over when they have passed', () => {
    const pause = beginPause(60, NOON);
    expect(pauseLeft(pause, NOON)).toBe(HOUR);
    expect(pauseLeft(pause, NOON + HOUR - 1)).toBe(1);
    expect(pauseLeft(pause, NOON + HOUR)).toBe(0);
    expect(pauseLeft(pause, NOON + 9 * HOUR)).toBe(0);
  });

  it('until it is resumed is never over by itself', () => {
    const pause = beginPause(undefined, NOON);
    expect(pauseLeft(pause, NOON + 1_000 * HOUR)).toBe(Infinity);
    expect(pauseLeft(pause, NOON - HOUR)).toBe(Infinity);
  });

  it('is over where the clock was set back to before it: nobody waits a year for the clock', () => {
    expect(pauseLeft(beginPause(60, NOON), NOON - 1)).toBe(0);
  });
});
