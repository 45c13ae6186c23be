import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SearchHitView } from '../../../main/api/types.ts';
import { Search } from '../../../renderer/src/state/search.svelte.ts';
import { message, ScriptedDevice } from './scripted-device.ts';

const PAUSED_MS = 30;

let device: ScriptedDevice;
let search: Search;

beforeEach(() => {
  vi.useFakeTimers();
  device = new ScriptedDevice();
  search = new Search(device.call);
});

afterEach(() => vi.useRealTimers());

async function typed(text: string): Promise<void> {
  search.text = text;
  search.typed();
  await vi.advanceTimersByTimeAsync(PAUSED_MS);
}

function hits(...numbers: number[]): SearchHitView[] {
  const place = { id: 'shopping', name: 'Einkauf' };
  return numbers.map((one) => ({ message: message(one), conversation: place, snippet: [] }));
}

describe('a search', () => {
  it('shows the hits of what was asked last, in whatever order the answers come', async () => {
    await typed('Brot');
    await typed('Brot und');
    const [early, late] = [device.take('search'), device.take('search')];
    await late.answer({ hits: hits(2), unindexed: 0 });
    await early.answer({ hits: hits(1, 2, 3), unindexed: 0 });
    expect(search.hits.map(({ message: { order } }) => order)).toEqual([2]);
    expect(search.isCurrent).toBe(true);
  });

  it('does not call hits current whose text was typed on', async () => {
    await typed('Brot');
    search.text = 'Brot und';
    search.typed();
    await device.take('search').answer({ hits: hits(1, 2), unindexed: 0 });
    expect(search.isCurrent).toBe(false);
    await vi.advanceTimersByTimeAsync(PAUSED_MS);
    await device.take('search').answer({ hits: hits(2), unindexed: 0 });
    expect(search.isCurrent).toBe(true);
  });

  it('that was cleared stays empty when its answer comes', async () => {
    await typed('Brot');
    search.clear();
    await device.take('search').answer({ hits: hits(1), unindexed: 0 });
    expect([search.hits, search.isOpen]).toEqual([[], false]);
  });

  it('is repeated until the index has everything', async () => {
    await typed('Brot');
    await device.take('search').answer({ hits: hits(1), unindexed: 400 });
    await vi.advanceTimersByTimeAsync(1_100);
    await device.take('search').answer({ hits: hits(1, 2), unindexed: 0 });
    await vi.advanceTimersByTimeAsync(5_000);
    expect(device.count('search')).toBe(0);
    expect(search.hits).toHaveLength(2);
  });
});
