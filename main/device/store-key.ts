import { renewStoreKey } from '../identity/keys.ts';
import type { OpenedKeys } from '../identity/keys.ts';
import type { Store, StoreKeys } from '../store/index.ts';

/** The key that the store is encrypted under: what it is now, and how it becomes another. */
export class StoreKey {
  readonly #folder: string;
  readonly #store: Pick<Store, 'rekey'>;
  #keys: OpenedKeys;

  constructor(folder: string, keys: OpenedKeys, store: Pick<Store, 'rekey'>) {
    this.#folder = folder;
    this.#keys = keys;
    this.#store = store;
  }

  get keys(): StoreKeys & { readonly key: Uint8Array } {
    return storeKeysOf(this.#keys);
  }

  /**
   * Encrypts the store under another key: what was given the one of before opens nothing that is written from then on. The
   * key file knows both before the store is touched, so a crash at any point leaves a store that opens, and the next
   * opening goes on. Rejects with `KeyFileError` and the store's errors.
   */
  async rotate(): Promise<void> {
    this.#keys = renewStoreKey(this.#folder, this.#keys);
    await this.#store.rekey(this.#keys.storeKey);
  }
}

/** The keys as the store takes them. */
export function storeKeysOf({
  storeKey,
  earlierStoreKeys,
}: Pick<OpenedKeys, 'storeKey' | 'earlierStoreKeys'>): StoreKeys & { readonly key: Uint8Array } {
  return { key: storeKey, earlierKeys: earlierStoreKeys };
}
