import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { IndexUpkeep } from '../../main/store/index-upkeep.ts';
import { StoreService } from '../../main/store/service.ts';
import type { BareEngine } from './bare-engine.ts';
import { openBare } from './bare-engine.ts';
import { testFolder } from './folder.ts';
import { numberedEntries } from './numbered-entries.ts';

const MESSAGES = 3_000;

interface Behind extends BareEngine {
  readonly left: () => number;
}

/** An engine whose index has nothing of its entries. */
async function openBehind(count = MESSAGES): Promise<Behind> {
  const opened = await openBare(testFolder());
  const { conversations } = opened.engine;
  conversations.apply({ putEntries: numberedEntries(0, count), projectedThrough: count });
  return { ...opened, left: () => conversations.index.unindexed() };
}

/** Resolves once nothing is left to index, or `turns` turns of the event loop are over. Returns how many it took. */
async function turnsUntilIndexed(left: () => number, turns: number): Promise<number> {
  let turn = 0;
  for (; turn < turns && left() > 0; turn += 1) await nextTurn();
  return turn;
}

/** Upkeep whose clock and timers stand still, so that the test moves them. */
function upkeepOf(
  { engine }: Behind,
  state: { isFree?: boolean; isAwaited?: boolean } = {},
): IndexUpkeep {
  const upkeep = new IndexUpkeep(engine, {
    isFree: () => state.isFree ?? true,
    isAwaited: () => state.isAwaited ?? false,
    now: () => Date.now(),
  });
  onTestFinished(() => {
    upkeep.stop();
    engine.close();
  });
  return upkeep;
}

beforeEach(() => vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'], now: 0 }));
afterEach(() => vi.useRealTimers());

test('an index that is behind when the store is opened is brought up to it, a step in each turn', async () => {
  const behind = await openBehind();
  upkeepOf(behind);
  expect(await turnsUntilIndexed(behind.left, 1_000)).toBeGreaterThan(MESSAGES / 192);
  expect(behind.left()).toBe(0);
});

test('while calls write it takes one step a second, and goes on when they end', async () => {
  const behind = await openBehind();
  const upkeep = upkeepOf(behind);
  upkeep.called(true);
  let left = behind.left();
  let steps = 0;
  for (let at = 0; at < 2_500; at += 50) {
    upkeep.called(true);
    await vi.advanceTimersByTimeAsync(50);
    await nextTurn();
    if (behind.left() < left) steps += 1;
    left = behind.left();
  }
  expect(steps).toBeGreaterThan(1);
  expect(steps).toBeLessThan(5);
  expect(behind.left()).toBeGreaterThan(MESSAGES / 2);
  await vi.advanceTimersByTimeAsync(200);
  await turnsUntilIndexed(behind.left, 1_000);
  expect(behind.left()).toBe(0);
});

test('calls that only read do not hold it off', async () => {
  const behind = await openBehind();
  const upkeep = upkeepOf(behind);
  for (let turn = 0; turn < 1_000 && behind.left() > 0; turn += 1) {
    upkeep.called(false);
    await nextTurn();
  }
  expect(behind.left()).toBe(0);
});

test('calls that wait go first, and an engine that is not free is left alone', async () => {
  const behind = await openBehind();
  const state = { isFree: true, isAwaited: true };
  const upkeep = upkeepOf(behind, state);
  await turnsUntilIndexed(behind.left, 50);
  expect(behind.left()).toBe(MESSAGES);
  Object.assign(state, { isFree: false, isAwaited: false });
  await turnsUntilIndexed(behind.left, 50);
  expect(behind.left()).toBe(MESSAGES);
  state.isFree = true;
  upkeep.called(false);
  await turnsUntilIndexed(behind.left, 1_000);
  expect(behind.left()).toBe(0);
});

test('a message that comes to an idle store is indexed at once', async () => {
  const { engine, left } = await openBehind(0);
  const service = new StoreService(engine);
  onTestFinished(async () => {
    await service.call({ table: 'store', method: 'close', args: [] });
  });
  const args = [{ putEntries: numberedEntries(0, 1), projectedThrough: 1 }];
  await service.call({ table: 'conversations', method: 'apply', args });
  expect(await turnsUntilIndexed(left, 5)).toBeLessThan(5);
});
