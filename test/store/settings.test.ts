import { describe, expect, test } from 'vitest';
import { ACTIVITY_LIMIT } from '../../main/store/settings.ts';
import { testFolder } from './folder.ts';
import { openTestStore } from './open.ts';
import { ALICE, BOB } from './samples.ts';

describe('settings', () => {
  test('any JSON value is kept under its key, and replaced', async () => {
    const folder = testFolder();
    const store = await openTestStore({ folder });
    const values = { a: { list: [1, 'two', null, { deep: true }] }, b: 'text', c: null, d: 0.5 };
    for (const [key, value] of Object.entries(values)) await store.settings.set(key, value);
    await store.settings.set('b', 'other');
    await store.close();
    const { settings } = await openTestStore({ folder });
    expect(await settings.get('a')).toEqual(values.a);
    expect(await settings.get('b')).toBe('other');
    expect(await settings.get('c')).toBeNull();
    expect(await settings.get('d')).toBe(0.5);
    expect(await settings.get('unknown')).toBeUndefined();
    await settings.set('a', undefined);
    expect(await settings.get('a')).toBeUndefined();
  });
});

describe('activity', () => {
  test('the newest comes first, of all or of one peer', async () => {
    const { activity } = await openTestStore();
    const events = [
      { at: 1_700_000_000_001, peerId: ALICE, kind: 'connected', detail: { path: 'lan' } },
      { at: 1_700_000_000_002, peerId: undefined, kind: 'started', detail: {} },
      { at: 1_700_000_000_003, peerId: BOB, kind: 'received', detail: { count: 3, all: null } },
    ];
    await activity.add(events);
    expect(await activity.newest(10)).toEqual([...events].reverse());
    expect(await activity.newest(1)).toEqual([events[2]]);
    expect(await activity.newest(10, ALICE)).toEqual([events[0]]);
  });

  test('the oldest go when there are too many', async () => {
    const { activity } = await openTestStore();
    const events = Array.from({ length: ACTIVITY_LIMIT + 5 }, (_, at) => ({
      at,
      peerId: undefined,
      kind: 'tick',
      detail: {},
    }));
    await activity.add(events);
    const kept = await activity.newest(Infinity);
    expect(kept).toHaveLength(ACTIVITY_LIMIT);
    expect(kept.at(-1)?.at).toBe(5);
  });
});
