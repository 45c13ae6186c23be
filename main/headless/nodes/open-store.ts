import { storeKeysOf } from '../../device/store-key.ts';
import { openKeys } from '../../identity/keys.ts';
import type { OpenedKeys } from '../../identity/keys.ts';
import { holdsStore, openStore } from '../../store/index.ts';
import type { Store } from '../../store/index.ts';
import { ExpectedFailure } from '../failures.ts';
import { makeDataFolder } from '../folders.ts';
import { keyWays } from '../key-ways.ts';
import type { KeyOptions } from '../key-ways.ts';

/** The kinds of nodes in data folders. A device's folder names none. */
export type NodeKind = 'node' | 'store-node';

const KIND_SETTING = 'kind';
const NOUNS: Readonly<Record<string, string>> = {
  node: 'a node',
  'store-node': 'a store node',
  device: 'a device',
};

export interface OpenedFolder {
  readonly folder: string;
  readonly keys: OpenedKeys;
  readonly store: Store;
}

/**
 * The keys and the store of a node's data folder, made where there are none. Rejects with `ExpectedFailure` for the folder of a
 * device or of another kind of node, and as `openKeys` and `openStore` do.
 */
export async function openNodeFolder(
  path: string,
  kind: NodeKind,
  options: KeyOptions,
): Promise<OpenedFolder> {
  const folder = makeDataFolder(path);
  const keys = await openKeys(folder, holdsStore(folder), keyWays(options));
  const store = await openStore({
    folder,
    ...storeKeysOf(keys),
    onNotice: (notice) => console.error(`reunion: ${notice.message}`),
  });
  try {
    const found = (await store.settings.get(KIND_SETTING)) ?? (await ofDevice(store)) ?? kind;
    if (found !== kind) {
      throw new ExpectedFailure(
        `${folder} holds ${NOUNS[typeof found === 'string' ? found : ''] ?? 'something else'}. Choose another folder with --data.`,
      );
    }
    await store.settings.set(KIND_SETTING, kind);
    return { folder, keys, store };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** Every device has a name; a store that had to be set aside leaves one without. */
async function ofDevice({ settings }: Store): Promise<'device' | undefined> {
  return (await settings.get('name')) === undefined ? undefined : 'device';
}
