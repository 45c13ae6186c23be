import { readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { storeFiles } from './store-files.ts';

/** Deletes the store in a folder, with everything that was ever set aside of it. It must not be open. */
export function eraseStore(folder: string): void {
  const name = basename(storeFiles(folder).database);
  for (const file of readdirSync(folder)) {
    if (file.startsWith(name)) rmSync(join(folder, file), { force: true });
  }
}
