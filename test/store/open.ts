import { onTestFinished } from 'vitest';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Store, StoreOptions } from '../../main/store/index.ts';
import { openStore } from '../../main/store/index.ts';
import { testFolder } from './folder.ts';

export const KEY = new Uint8Array(32).fill(1);

/**
 * A store that is closed when the running test ends; in a folder of its own unless one is given. Its engine runs in the
 * test's thread, which starts faster, unless `inThread` says otherwise.
 */
export async function openTestStore(options: Partial<StoreOptions> = {}): Promise<Store> {
  const store = await openStore({
    folder: testFolder(),
    key: undefined,
    inThread: false,
    ...options,
  });
  onTestFinished(() => store.close());
  return store;
}

/** Resolves once the store's search index, which follows behind its entries, has all of them. */
export async function untilIndexed({ conversations }: Pick<Store, 'conversations'>): Promise<void> {
  while ((await conversations.search({ text: '', limit: 1 })).unindexed > 0) await nextTurn();
}
