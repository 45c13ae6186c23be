import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMemorySyncStore, type MemorySyncStore } from '../../main/mvds/memory-store.ts';
import type { SyncStore } from '../../main/mvds/ports.ts';
import { openStore } from '../../main/store/index.ts';

/** What a node keeps on, beyond the life of the process that uses it. */
export interface Disk {
  readonly sync: SyncStore;
  /** As the next process finds it: everything that was committed, and nothing else. */
  reopen(): Promise<Disk>;
  close(): Promise<void>;
}

export type OpenDisk = () => Promise<Disk>;

export const STORES = ['memory', 'sqlite'] as const;
export type StoreKind = (typeof STORES)[number];

/** `memory` is quick; `sqlite` is the real store, on real files. Both give the same trace. */
export const openDisk: Readonly<Record<StoreKind, OpenDisk>> = {
  memory: async () => memoryDisk(createMemorySyncStore()),
  sqlite: async () => sqliteDisk(mkdtempSync(join(tmpdir(), 'reunion-simulator-'))),
};

function memoryDisk(store: MemorySyncStore): Disk {
  return {
    sync: store,
    reopen: async () => memoryDisk(createMemorySyncStore(store.snapshot())),
    close: async () => undefined,
  };
}

async function sqliteDisk(folder: string): Promise<Disk> {
  const store = await openStore({ folder, key: undefined, inThread: false });
  return {
    sync: store.sync,
    async reopen() {
      await store.close();
      return sqliteDisk(folder);
    },
    async close() {
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
