import { expect, test } from 'vitest';
import { AskPace } from '../../main/network/peers/ask-pace.ts';
import { MESH_ASK_MS, MESH_LOOK_MS } from '../../main/network/peers/constants.ts';

/** How often a node asks within an hour, looking every `MESH_LOOK_MS`; `known` says how many peers it knows at that time. */
function asksInAnHour(known: (at: number) => number, isShort: boolean): number[] {
  const pace = new AskPace();
  const asks: number[] = [];
  for (let at = 0; at < 60 * 60_000; at += MESH_LOOK_MS) {
    if (!pace.isDue(at, known(at), isShort)) continue;
    pace.asked(at, known(at));
    asks.push(at);
  }
  return asks;
}

test('a node that learns of others with each reply asks at every look', () => {
  const asks = asksInAnHour((at) => at, true);
  expect(asks).toHaveLength((60 * 60_000) / MESH_LOOK_MS);
});

test('a network with too few nodes is not asked for more for ever', () => {
  const asks = asksInAnHour(() => 4, true);
  expect(asks.slice(0, 3)).toEqual([0, MESH_LOOK_MS, 2 * MESH_LOOK_MS]);
  expect(asks.length).toBeLessThan(20);
});

test('somebody new makes a node that knows few ask at once again', () => {
  const newsAt = 30 * 60_000;
  const asks = asksInAnHour((at) => (at < newsAt ? 4 : 5), true);
  expect(asks).toContain(newsAt);
  expect(asks).toContain(newsAt + MESH_LOOK_MS);
});

test('a node that knows enough asks now and then, and at once after its clock was set back', () => {
  expect(asksInAnHour(() => 100, false)).toHaveLength((60 * 60_000) / MESH_ASK_MS);
  const pace = new AskPace();
  pace.asked(1_000_000, 100);
  expect(pace.isDue(1_000_001, 100, false)).toBe(false);
  expect(pace.isDue(5, 100, false)).toBe(true);
});
