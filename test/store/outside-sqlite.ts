import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Whether another build of SQLite, the system's own command, is there to judge what ours wrote. */
export const hasOutsideSqlite = spawnSync('sqlite3', ['--version']).status === 0;

/**
 * What the system's `sqlite3` says of a copy of the unencrypted store in `folder`, log included: `ok` when nothing is
 * wrong. Undefined where there is no such command.
 */
export function outsideVerdict(folder: string): string | undefined {
  if (!hasOutsideSqlite) return undefined;
  const copies = mkdtempSync(join(tmpdir(), 'reunion-outside-'));
  try {
    // A copy: it moves the log into the database that it opens, and ours is to be found as the crash left it.
    for (const name of ['messages.db', 'messages.db-wal']) {
      if (existsSync(join(folder, name))) copyFileSync(join(folder, name), join(copies, name));
    }
    const args = [join(copies, 'messages.db'), 'PRAGMA integrity_check'];
    const { stdout, stderr } = spawnSync('sqlite3', args, { encoding: 'utf8' });
    return (stdout + stderr).trim();
  } finally {
    rmSync(copies, { recursive: true, force: true });
  }
}

/** For the output of a test: whether the other SQLite took part in it. */
export function outsideSqliteText(verdicts: number): string {
  return hasOutsideSqlite
    ? `the system's sqlite3 found ${verdicts} of them sound`
    : "NOT checked with the system's sqlite3, which is not installed";
}
