import type { HistoryReader, Retention } from '../mvds/history.ts';
import type { SyncStore } from '../mvds/ports.ts';

/** What a node keeps: on sql.js or on PostgreSQL. All methods reject with a `StoreError` for what can be expected. */
export interface NodeStore {
  readonly sync: SyncStore;
  readonly history: HistoryReader;
  readonly retention: Retention;
  /** 16 random bytes as 32 hexadecimal characters, made with the store. */
  readonly storeId: string;
  close(): Promise<void>;
}
