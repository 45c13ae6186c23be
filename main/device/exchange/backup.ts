import { createReadStream, existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { OutgoingFile } from '../../api/exchange-access.ts';
import { zipped } from './exporter.ts';

export interface BackupOptions {
  /** The data folder: a copy of the store has room there, or nowhere. */
  readonly folder: string;
  /** Copies the store, while it is in use, to a file. */
  readonly backUp: (path: string) => Promise<void>;
  /** What the recovery phrase needs: a file in the data folder. */
  readonly recoveryFile: string;
  readonly now: () => number;
}

/** The store and what the recovery phrase needs, in a ZIP; the copy is deleted once it was taken, or is not. */
export async function backupFile({
  folder,
  backUp,
  recoveryFile,
  now,
}: BackupOptions): Promise<OutgoingFile> {
  const work = await mkdtemp(join(folder, 'backup-'));
  const remove = () => rm(work, { recursive: true, force: true });
  const copy = join(work, 'backup.db');
  try {
    await backUp(copy);
  } catch (error) {
    await remove();
    throw error;
  }
  async function* files() {
    yield { path: 'backup.db', content: createReadStream(copy) as AsyncIterable<Uint8Array> };
    if (!existsSync(recoveryFile)) return;
    const content = createReadStream(recoveryFile) as AsyncIterable<Uint8Array>;
    yield { path: 'backup.db.recovery', content };
  }
  async function* content(): AsyncGenerator<Uint8Array> {
    try {
      // It is encrypted: there is nothing to be pressed out of it.
      yield* zipped(files(), 0);
    } finally {
      await remove();
    }
  }
  const day = new Date(now()).toISOString().slice(0, 10);
  return {
    name: `reunion-backup-${day}.zip`,
    mediaType: 'application/zip',
    bytes: undefined,
    content: content(),
  };
}
