import { expect, test } from 'vitest';
import { Retry } from '../../main/network/backoff.ts';
import { ManualClock } from '../helpers/manual-clock.ts';

/** Attempts and when they were made, in milliseconds since the start. */
function scene(outcomes: () => boolean): { clock: ManualClock; retry: Retry; at: number[] } {
  const clock = new ManualClock(0);
  const at: number[] = [];
  const retry = new Retry(clock, { next: () => 1 }, async () => {
    at.push(clock.now());
    return outcomes();
  });
  return { clock, retry, at };
}

/** Lets what was resolved run. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await Promise.resolve();
}

async function pass(clock: ManualClock, seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second++) {
    clock.advance(1_000);
    await settle();
  }
}

test('failures are tried again after 1, 2, 4, … and at most 30 seconds', async () => {
  const { clock, retry, at } = scene(() => false);
  retry.now();
  await settle();
  await pass(clock, 121);
  expect(at).toEqual([0, 1_000, 3_000, 7_000, 15_000, 31_000, 61_000, 91_000, 121_000]);
});

test('a wait that begins is as long as is allowed at that time', async () => {
  const clock = new ManualClock(0);
  const at: number[] = [];
  let maxMs = 300_000;
  const attempt = async () => at.push(clock.now()) < 0;
  const retry = new Retry(clock, { next: () => 1 }, attempt, () => maxMs);
  retry.now();
  await settle();
  await pass(clock, 127);
  expect(at.at(-1)).toBe(127_000);
  maxMs = 30_000;
  await pass(clock, 128 + 60);
  expect(at.slice(-3)).toEqual([255_000, 285_000, 315_000]);
});

test('a success ends it, until it is told that what had succeeded has ended', async () => {
  const { clock, retry, at } = scene(() => true);
  retry.now();
  await settle();
  await pass(clock, 100);
  expect(at).toEqual([0]);
  retry.later();
  await pass(clock, 100);
  expect(at).toEqual([0, 101_000]);
});

test('good news is acted on at once, and the waits are short again', async () => {
  const { clock, retry, at } = scene(() => false);
  retry.now();
  await settle();
  await pass(clock, 20);
  retry.now();
  await settle();
  await pass(clock, 3);
  expect(at).toEqual([0, 1_000, 3_000, 7_000, 15_000, 20_000, 21_000, 23_000]);
});

test('nothing runs after a stop', async () => {
  const { clock, retry, at } = scene(() => false);
  retry.now();
  await settle();
  retry.stop();
  await pass(clock, 100);
  retry.now();
  await settle();
  expect(at).toEqual([0]);
});

test('chance takes up to half of each wait away, and no more', async () => {
  const at = await Promise.all(
    [0, 0.5, 0.999_999].map(async (chance) => {
      const clock = new ManualClock(0);
      const made: number[] = [];
      const attempt = async (): Promise<boolean> => made.push(clock.now()) < 0;
      new Retry(clock, { next: () => chance }, attempt).now();
      await settle();
      for (let quarter = 0; quarter < 4 * 46; quarter++) {
        clock.advance(250);
        await settle();
      }
      return made.map(Math.round);
    }),
  );
  expect(at).toEqual([
    [0, 500, 1_500, 3_500, 7_500, 15_500, 30_500, 45_500],
    [0, 750, 2_250, 5_250, 11_250, 23_250, 45_750],
    [0, 1_000, 3_000, 7_000, 15_000, 31_000],
  ]);
});
