import type { HistoryReader, Retention } from '../mvds/history.ts';
import type { SyncStore } from '../mvds/ports.ts';
import type { SettingStore } from '../store/ports.ts';
import type { ChangesElsewhere } from '../sync/ports.ts';

/** The store of a node: on sql.js or on PostgreSQL. All methods reject with a `StoreError` for what can be expected. */
export interface NodeStore {
  readonly sync: SyncStore;
  readonly history: HistoryReader;
  readonly retention: Retention;
  readonly settings: SettingStore;
  /** Messages that other processes add, where several share the store. */
  readonly elsewhere?: ChangesElsewhere;
  /** 16 random bytes as 32 hexadecimal characters, made with the store. */
  readonly storeId: string;
  /** Messages that are held, waiting and deleted ones included, and bytes on the disk: all that several nodes share. */
  stats(): Promise<{ readonly messages: number; readonly bytes: number }>;
  close(): Promise<void>;
}
