import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { AGREEMENT_INTERVAL_MS, STATUS_INTERVAL_MS } from '../../main/sync/constants.ts';
import { StatusFeed } from '../../main/sync/status-feed.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { TestDevices } from './devices.ts';

const START = 1_700_000_000_000;
let clock: ManualClock;
let feed: StatusFeed;
let toldAt: number[];

beforeEach(() => {
  clock = new ManualClock(START);
  toldAt = [];
  feed = new StatusFeed(clock, () => []);
  feed.subscribe(() => toldAt.push(clock.now() - START));
});

describe('a status', () => {
  test('goes out once for many changes, and no more often than it may', () => {
    for (let at = 0; at < 3 * STATUS_INTERVAL_MS; at += 1) {
      feed.changed();
      clock.advance(1);
    }
    expect(toldAt).toEqual([200, 400, 600]);
  });

  test('goes out at once when a peer begins or ceases to agree, and takes other changes along', () => {
    feed.changed();
    clock.advance(10);
    feed.agreementChanged();
    clock.advance(0);
    expect(toldAt).toEqual([10]);
    clock.advance(STATUS_INTERVAL_MS);
    expect(toldAt).toEqual([10]);
  });

  test('of a peer that agrees and disagrees all the time is told of at a rate that costs nothing', () => {
    for (let at = 0; at < 3 * AGREEMENT_INTERVAL_MS; at += 1) {
      feed.agreementChanged();
      clock.advance(1);
    }
    expect(toldAt).toEqual([0, 20, 40, 60]);
  });

  test('is not told after the end', () => {
    feed.changed();
    feed.close();
    feed.agreementChanged();
    clock.advance(STATUS_INTERVAL_MS);
    expect(toldAt).toEqual([]);
  });
});

test('two devices are shown as up to date at once when they agree', async () => {
  const devices = new TestDevices();
  const a = await devices.open('a', ['b']);
  const shown: string[] = [];
  const end = a.orchestrator.subscribe(([peer]) => shown.push(peer?.state.kind ?? 'nobody'));
  onTestFinished(end);
  await devices.open('b', ['a']);
  while (a.orchestrator.peers()[0]?.state.kind !== 'up-to-date') await devices.pass(1, 1);
  await devices.pass(AGREEMENT_INTERVAL_MS, 1);
  expect(shown.at(-1)).toBe('up-to-date');
});
