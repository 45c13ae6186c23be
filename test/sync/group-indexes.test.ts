import { expect, test } from 'vitest';
import { createMemorySyncStore } from '../../main/mvds/memory-store.ts';
import { GroupIndexes } from '../../main/sync/group-indexes.ts';
import { added, GROUP } from '../store/samples.ts';

test('an index is read anew after messages of its group were removed', async () => {
  const store = createMemorySyncStore();
  await store.commit({ addMessages: [added(1), added(2), added(3)] });
  const indexes = new GroupIndexes(store.messages);
  expect((await indexes.open(GROUP)).ids.size).toBe(3);
  await store.retention.expire({ groupId: GROUP, before: 3n, limit: 9 });
  indexes.removed(GROUP);
  expect((await indexes.open(GROUP)).ids.size).toBe(1);
});
