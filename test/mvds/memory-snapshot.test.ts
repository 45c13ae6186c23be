import { expect, test } from 'vitest';
import { createMemorySyncStore } from '../../main/mvds/memory-store.ts';
import { added, GROUP } from '../store/samples.ts';

test('a snapshot keeps the sequences, those of expired messages included', async () => {
  const store = createMemorySyncStore();
  await store.commit({ addMessages: [added(1), added(5), added(2), added(3)] });
  await store.retention.expire({ groupId: GROUP, before: 4n, limit: 9 });
  const again = createMemorySyncStore(store.snapshot());
  expect((await again.messages.arrivedAfter(0, 9)).map(({ sequence }) => sequence)).toEqual([2]);
  await again.commit({ addMessages: [added(7)] });
  expect(await again.messages.lastSequence()).toBe(5);
});
