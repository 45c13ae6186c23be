import type { FileSystem } from './file-backend/index.ts';
import { KEY_BYTES, opensWith, readFileEnvelope, writeFileEnvelope } from './file-backend/index.ts';
import { openValue, sealValue } from '../identity/sealed-value.ts';

/** The keys of a store, each of 32 bytes. */
export interface StoreKeys {
  /** Undefined: the store is not encrypted. */
  readonly key: Uint8Array | undefined;
  /** Keys that it had before, the latest first. Absent: none. */
  readonly earlierKeys?: readonly Uint8Array[];
}

const BACKUP_USE = 'backup key';

/** Puts the key of a backup into its header, sealed under the store's key. */
export function enclose(
  fileSystem: FileSystem,
  backup: string,
  storeKey: Uint8Array,
  backupKey: Uint8Array,
): void {
  writeFileEnvelope(fileSystem, backup, sealValue(storeKey, BACKUP_USE, backupKey));
}

/**
 * The key of a database file, be it a store or a backup: one of the store's keys, or the one in its envelope that they
 * open. Where none fits it is the store's key, for opening the file to tell why. Throws what the file system threw.
 */
export function keyOfFile(
  fileSystem: FileSystem,
  path: string,
  { key, earlierKeys = [] }: StoreKeys,
): Uint8Array | undefined {
  if (key === undefined) return undefined;
  const known = [key, ...earlierKeys];
  const isRight = (candidate: Uint8Array): boolean => {
    try {
      return opensWith(fileSystem, path, candidate);
    } catch {
      return false;
    }
  };
  const own = known.find(isRight);
  if (own) return own;
  const envelope = readFileEnvelope(fileSystem, path);
  if (!envelope) return key;
  const enclosed = known.map((each) => openValue(each, BACKUP_USE, envelope));
  return enclosed.find((each) => each?.byteLength === KEY_BYTES && isRight(each)) ?? key;
}
