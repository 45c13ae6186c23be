import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { PeerId } from '../mvds/types.ts';
import { openStoreKey, recoveryKeysIn, sealStoreKey } from './recovery.ts';
import type { SigningKeys } from './keys.ts';
import { writeWhole } from './whole-file.ts';

const RECOVERY_FILE = 'recovery.json';
/** Beside a backup, under its name with this. */
const BACKUP_SUFFIX = '.recovery';

/**
 * Keeps the store key (32 bytes) of a data folder for those who know a recovery phrase, and for nobody else; where there
 * is no phrase, there is no file. Throws Node's errors.
 */
export function keepForRecovery(
  folder: string,
  recovery: readonly PeerId[],
  storeKey: Uint8Array,
  random: (length: number) => Uint8Array,
): void {
  const path = join(folder, RECOVERY_FILE);
  const kept = contentOf(path);
  if (recovery.length === 0) {
    if (kept !== undefined) rmSync(path, { force: true });
    return;
  }
  const known = new Set(kept === undefined ? [] : recoveryKeysIn(kept));
  const isKept = known.size === recovery.length && recovery.every((peerId) => known.has(peerId));
  if (!isKept) writeWhole(path, sealStoreKey(recovery, storeKey, random), 'replace');
}

/** Puts what the recovery phrase needs beside a backup. False where the folder has no recovery phrase. Throws Node's errors. */
export function keepBesideBackup(folder: string, backup: string): boolean {
  const path = join(folder, RECOVERY_FILE);
  if (!existsSync(path)) return false;
  writeWhole(backup + BACKUP_SUFFIX, readFileSync(path, 'utf8'), 'replace');
  return true;
}

/** What `recoverStoreKey` needs for a backup, or, where none is given, for the store that is in the folder. */
export function recoveryFileOf(folder: string, backup: string | undefined): string {
  return backup === undefined ? join(folder, RECOVERY_FILE) : backup + BACKUP_SUFFIX;
}

/** The store key (32 bytes), by the recovery phrase's keys, or why it cannot be had. */
export function recoverStoreKey(
  path: string,
  recovery: SigningKeys,
): Uint8Array | 'no-file' | 'other-phrase' {
  const content = contentOf(path);
  if (content === undefined) return 'no-file';
  return openStoreKey(content, recovery) ?? 'other-phrase';
}

/** Deletes what was kept in a folder. */
export function eraseRecoveryFile(folder: string): void {
  rmSync(join(folder, RECOVERY_FILE), { force: true });
}

function contentOf(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}
