import { createMemorySyncStore } from '../../main/mvds/memory-store.ts';
import { historySuite } from './history-suite.ts';
import { openTestStore } from './open.ts';

historySuite('store', () => openTestStore());
historySuite('store in a thread', () => openTestStore({ inThread: true }));
historySuite('memory', async () => {
  const store = createMemorySyncStore();
  return { sync: store, history: store.history, retention: store.retention };
});
