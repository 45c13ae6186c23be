import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { tryLock } from 'fs-native-extensions';
import { StoreInUseError } from './errors.ts';

const LOCK_FILE = 'lock';
const OWNER_ONLY = 0o600;

/**
 * Takes the store in `folder` for this process. The lock is the kernel's: it ends with the process, however that ends, so
 * that none is ever left behind; the file itself stays. Throws `StoreInUseError` when it is taken.
 * @returns releases the lock
 */
export function lockStore(folder: string): () => void {
  const descriptor = openSync(join(folder, LOCK_FILE), 'a', OWNER_ONLY);
  try {
    if (!tryLock(descriptor)) {
      throw new StoreInUseError(`The data folder ${folder} is in use by another running Reunion.`);
    }
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
  let isHeld = true;
  return () => {
    if (isHeld) closeSync(descriptor);
    isHeld = false;
  };
}
