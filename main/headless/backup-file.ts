import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { BACKUP_FILE, extractBackup, isZip } from '../device/exchange/backup-archive.ts';
import { WORK_PREFIX } from '../device/exchange/backup.ts';
import { freeBytesOf } from '../device/files/free-space.ts';
import { ExpectedFailure } from './failures.ts';

/**
 * Gives `use` the backup that a person named: the file itself, or what is in the ZIP that the window saves, unpacked in the
 * data folder and deleted afterwards. What the recovery phrase needs lies beside it. Rejects with `ReunionError`, `ExpectedFailure`, and
 * as `use` does.
 */
export async function withBackup<T>(
  given: string,
  folder: string,
  use: (backup: string) => Promise<T>,
): Promise<T> {
  if (!statSync(given).isFile()) throw new ExpectedFailure(`${given} is no file.`);
  if (!(await isZip(given))) return use(given);
  const work = mkdtempSync(join(folder, WORK_PREFIX));
  try {
    await extractBackup(given, work, (await freeBytesOf(folder)) ?? Infinity);
    return await use(join(work, BACKUP_FILE));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
