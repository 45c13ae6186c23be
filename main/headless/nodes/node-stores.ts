import { openKeys } from '../../identity/keys.ts';
import type { OpenedKeys } from '../../identity/keys.ts';
import type { NodeStore } from '../../node/node-store.ts';
import { lockFolder } from '../../store/index.ts';
import { openPostgresStore } from '../../store/postgres/index.ts';
import { makeDataFolder } from '../folders.ts';
import { keyWays } from '../key-ways.ts';
import type { KeyOptions } from '../key-ways.ts';
import { openNodeFolder } from './open-store.ts';
import type { NodeKind } from './open-store.ts';

export interface NodeStoreOptions extends KeyOptions {
  readonly data: string;
  /** postgres://…; without, the messages are in the data folder. */
  readonly store?: string;
  /** postgres://… of a server that follows the one of `store`. */
  readonly replica?: string;
}

export interface OpenedNode {
  readonly folder: string;
  readonly keys: OpenedKeys;
  readonly store: NodeStore;
}

/**
 * The keys and the store of a node: both in its data folder, or the store in a PostgreSQL database. Rejects with
 * `ExpectedFailure`, and as `openKeys` and the stores do.
 */
export async function openNode(
  options: NodeStoreOptions,
  kind: NodeKind,
  onError: (error: unknown) => void,
): Promise<OpenedNode> {
  const { store: url, replica } = options;
  if (url === undefined) return openNodeFolder(options.data, kind, options);
  const folder = makeDataFolder(options.data);
  const unlock = lockFolder(folder);
  try {
    const keys = await openKeys(folder, false, keyWays(options));
    const store = await openPostgresStore({
      ...{ url, nodeId: keys.peerId, onError },
      ...(replica !== undefined && { replicaUrl: replica }),
    });
    const close = async (): Promise<void> => {
      await store.close();
      unlock();
    };
    return { folder, keys, store: { ...store, close } };
  } catch (error) {
    unlock();
    throw error;
  }
}
