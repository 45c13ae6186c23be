import { expect, test } from 'vitest';
import { RATE_BREAK_MS, STABLE_MS } from '../../main/sync/constants.ts';
import { bytesPerSecond, NO_RATE, sampled, secondsLeft } from '../../main/sync/rate.ts';
import { T0 } from './peer-events.ts';

/** A rate after `bytes` every `everyMs`, `count` times. */
function steady(bytes: number, everyMs: number, count: number) {
  let [rate, now] = [NO_RATE, T0];
  for (let index = 0; index < count; index += 1) {
    now += everyMs;
    rate = sampled(rate, bytes, now);
  }
  return { rate, now };
}

test('a steady flow has its rate, however it is cut into frames', () => {
  for (const everyMs of [10, 100, 500]) {
    const { rate, now } = steady(everyMs * 50, everyMs, Math.ceil(15_000 / everyMs));
    expect(bytesPerSecond(rate, now) / 50_000).toBeCloseTo(1, 0);
  }
});

test('the rate falls when nothing comes, and begins anew after a break', () => {
  const { rate, now } = steady(10_000, 100, 50);
  const before = bytesPerSecond(rate, now);
  expect(bytesPerSecond(rate, now + 3_000)).toBeLessThan(before / 2);
  expect(bytesPerSecond(rate, now + 60_000)).toBeLessThan(1);
  const anew = sampled(rate, 10, now + RATE_BREAK_MS + 1);
  expect(anew).toMatchObject({ samples: 1, since: now + RATE_BREAK_MS + 1 });
  expect(sampled(rate, 10, now - 5_000)).toMatchObject({ samples: 1 });
});

test('time left is that of the slower direction, and absent while either is not known', () => {
  const { rate, now } = steady(1_000, 100, 100);
  const fast = { left: 100, rate, bytes: 100_000, messages: 100 };
  const one = secondsLeft([fast], now) ?? 0;
  expect(one).toBeCloseTo(10, 0);
  expect(secondsLeft([fast, { ...fast, left: 300 }], now)).toBeCloseTo(3 * one, 5);
  expect(secondsLeft([fast, { ...fast, rate: NO_RATE }], now)).toBeUndefined();
  expect(secondsLeft([fast, { ...fast, left: 0, rate: NO_RATE }], now)).toBeCloseTo(one, 5);
  expect(secondsLeft([{ ...fast, messages: 0 }], now)).toBeUndefined();
  expect(secondsLeft([{ ...fast, left: 0 }], now)).toBeUndefined();
  const young = steady(1_000, 100, STABLE_MS / 100);
  expect(secondsLeft([{ ...fast, rate: young.rate }], young.now)).toBeUndefined();
  const seldom = steady(1_000, STABLE_MS, 2);
  expect(secondsLeft([{ ...fast, rate: seldom.rate }], seldom.now)).toBeUndefined();
});
