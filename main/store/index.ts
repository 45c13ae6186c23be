import { existsSync, mkdirSync } from 'node:fs';
import type {
  ConversationStore,
  ErasureStore,
  EventChanges,
  FileStore,
} from '../conversations/ports.ts';
import type { HistoryReader, Retention } from '../mvds/history.ts';
import type { SyncChanges, SyncStore } from '../mvds/ports.ts';
import type { CallableTable, StoreMethod, StorePorts } from './callable.ts';
import type { StoreStats } from './engine.ts';
import { openEngine } from './engine.ts';
import type { FileSystem } from './file-backend/index.ts';
import { nodeFileSystem } from './file-backend/index.ts';
import { lockStore } from './lock.ts';
import type { StoreNotice } from './opening.ts';
import type { ActivityLog, ProjectedCommit, SettingStore } from './ports.ts';
import type { StoreCall } from './service.ts';
import { StoreService } from './service.ts';
import { storeFiles } from './store-files.ts';
import type { StoreKeys } from './store-keys.ts';
import type { OpenEngine, ThreadOptions } from './thread.ts';
import { openInThread } from './thread.ts';

export * from './errors.ts';
export { eraseStore } from './erase.ts';
export { KEY_BYTES } from './file-backend/index.ts';
export { lockStore as lockFolder } from './lock.ts';
export type { StoreStats } from './engine.ts';
export type { StoreNotice } from './opening.ts';
export { OUTLIVING_SETTING } from './outliving.ts';
export type { Outliving } from './outliving.ts';
export { checkBackup, restoreStore } from './restore.ts';
export type { StoreKeys } from './store-keys.ts';

export interface StoreOptions extends StoreKeys {
  /** The store's own folder; made if it is missing. */
  readonly folder: string;
  /**
   * 32 bytes. Undefined: the store is not encrypted. One that is found under one of `earlierKeys` is encrypted anew under
   * this.
   */
  readonly key: Uint8Array | undefined;
  /** Settings of a store that takes the place of an unusable one, or turned out to be older than it should be. */
  readonly afterLoss?: Readonly<Record<string, unknown>>;
  /** False keeps the engine in the caller's thread, which then waits for the disk. */
  readonly inThread?: boolean;
  /** For tests; keeps the engine in the caller's thread. */
  readonly fileSystem?: FileSystem;
  /** Told what a person should know, such as that a damaged store was set aside. */
  readonly onNotice?: (notice: StoreNotice) => void;
  /**
   * For tests: how long the store is left alone before it is checked and its log moved, milliseconds. In the caller's
   * thread only.
   */
  readonly idleMs?: number;
  /** Throws why a store that is there cannot be used, rather than setting it aside. */
  readonly refuseUnusable?: boolean;
}

/** A device's messages and all that is kept with them. All methods reject with a `StoreError` for what can be expected. */
export interface Store {
  readonly sync: SyncStore;
  /**
   * As `sync.commit`, together with all that the new messages change in the conversations: both are stored, or neither. The second
   * part is left out where messages of before were not projected yet.
   */
  commitProjected(changes: SyncChanges, projection: EventChanges): Promise<ProjectedCommit>;
  readonly history: HistoryReader;
  readonly retention: Retention;
  readonly conversations: ConversationStore;
  readonly erasures: ErasureStore;
  readonly settings: SettingStore;
  readonly activity: ActivityLog;
  readonly files: FileStore;
  /** 16 random bytes as 32 hexadecimal characters, made with the store: another one after the store was lost. */
  readonly storeId: string;
  /** Whether it was found under an earlier key, and the disk had no room to encrypt it anew. */
  readonly isBehind: boolean;
  stats(): Promise<StoreStats>;
  /**
   * What is wrong with the store, in words; empty when nothing is.
   * @param full checks indexes against what they index as well
   */
  check(full: boolean): Promise<readonly string[]>;
  /** Gives back the disk space of what was deleted. */
  compact(): Promise<void>;
  /**
   * Copies the store to `path` while it is in use; a file there is replaced. The copy is encrypted under `key` (32 bytes),
   * which should be new and random, and carries it, sealed under the store's key.
   */
  backup(path: string, key: Uint8Array): Promise<void>;
  /** Encrypts the store anew under `key` (32 bytes). Wherever that ends, one of the two keys opens it. */
  rekey(key: Uint8Array): Promise<void>;
  /** Ends what runs and releases the store. Calls after it reject with `StoreClosedError`. */
  close(): Promise<void>;
}

/** Whether a folder holds a store, of whatever state. */
export function holdsStore(folder: string): boolean {
  return existsSync(storeFiles(folder).database);
}

/** Only the person may look inside. */
const FOLDER_MODE = 0o700;

/**
 * Opens the store in a folder, made new where there is none. Throws `StoreInUseError`, `StoreKeyError`, `StoreFullError` or
 * `StoreReadOnlyError`, or `StoreEarlierError` for one of a build before the first release, with nothing changed. A damaged, foreign or newer file is set aside (see `onNotice`) and a new store
 * takes its place; with `refuseUnusable`, `StoreDamagedError`, `StoreForeignError` or `StoreNewerError` is thrown instead.
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { folder, key, earlierKeys = [], refuseUnusable = false, afterLoss = {} } = options;
  mkdirSync(folder, { recursive: true, mode: FOLDER_MODE });
  const unlock = lockStore(folder);
  try {
    const files = storeFiles(folder);
    const engine = await openEngineFor(
      { files, key, earlierKeys, refuseUnusable, afterLoss },
      options,
    );
    return makeStore(engine, unlock);
  } catch (error) {
    unlock();
    throw error;
  }
}

/** In a thread of its own, because SQLite waits for the disk without letting anything else run. */
async function openEngineFor(
  opening: ThreadOptions,
  { inThread = true, fileSystem, idleMs, onNotice = () => undefined }: StoreOptions,
): Promise<OpenEngine> {
  if (inThread && fileSystem === undefined) return openInThread(opening, onNotice);
  const now = (): number => Date.now();
  const own = { fileSystem: fileSystem ?? nodeFileSystem, onNotice, now };
  const engine = await openEngine({ ...opening, ...own });
  const service = new StoreService(engine, idleMs);
  return { storeId: engine.storeId, isBehind: engine.isBehind, call: (call) => service.call(call) };
}

function makeStore({ storeId, isBehind, call }: OpenEngine, unlock: () => void): Store {
  const onStore = async <T>(method: StoreMethod, ...args: unknown[]): Promise<T> =>
    (await call({ table: 'store', method, args })) as T;
  let closing: Promise<void> | undefined;
  return {
    sync: {
      messages: port(call, 'messages'),
      records: port(call, 'records'),
      commit: (changes) => onStore('commit', changes),
    },
    commitProjected: (changes, projection) => onStore('commitProjected', changes, projection),
    history: port(call, 'history'),
    retention: port(call, 'history'),
    conversations: port(call, 'conversations'),
    erasures: port(call, 'erasures'),
    settings: port(call, 'settings'),
    activity: port(call, 'activity'),
    files: port(call, 'files'),
    storeId,
    isBehind,
    stats: () => onStore('stats'),
    check: (full) => onStore('check', full),
    compact: () => onStore('compact'),
    backup: (path, key) => onStore('backup', path, key),
    rekey: (key) => onStore('rekey', key),
    close() {
      closing ??= onStore<undefined>('close').finally(unlock);
      return closing;
    },
  };
}

/** An asynchronous port over a part of the engine: every method becomes a call. */
function port<Table extends CallableTable>(
  call: (call: StoreCall) => Promise<unknown>,
  table: Table,
): StorePorts[Table] {
  return new Proxy(Object.create(null) as StorePorts[Table], {
    get(_, method): unknown {
      // Awaiting a port must not take it for a promise.
      if (typeof method !== 'string' || method === 'then') return undefined;
      return (...args: unknown[]) => call({ table, method, args });
    },
  });
}
