import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Runs `use` with a new folder below `parent`, which is deleted afterwards. */
export async function inFolder<T>(parent: string, use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(parent, 'reunion-bench-'));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
