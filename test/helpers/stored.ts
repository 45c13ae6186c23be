import { openKeys } from '../../main/identity/keys.ts';
import type { StoredMessage } from '../../main/mvds/ports.ts';
import { openStore } from '../../main/store/index.ts';
import type { Store } from '../../main/store/index.ts';

/** Works on the store of a device that is not running. */
export async function inStoreOf<T>(folder: string, work: (store: Store) => Promise<T>): Promise<T> {
  const store = await openStore({
    folder,
    key: (await openKeys(folder, true)).storeKey,
    inThread: false,
  });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** Every message that a device which is not running holds, in order of arrival. */
export function messagesOf(folder: string): Promise<readonly StoredMessage[]> {
  return inStoreOf(folder, ({ sync }) => sync.messages.arrivedAfter(0, 100_000));
}
