import { onTestFinished } from 'vitest';
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
