import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { expect, test } from 'vitest';
import { backupFile, removeLeftCopies } from '../../../main/device/exchange/backup.ts';
import { temporaryFolder } from '../../helpers/processes.ts';

function options(folder: string) {
  const backUp = async (path: string) => {
    writeFileSync(path, 'sealed');
    writeFileSync(`${path}.recovery`, '{}');
  };
  return { folder, backUp, now: () => 0 };
}

test('a backup has the store and what the phrase needs; the copy is gone when it was taken, given up, or never begun', async () => {
  const folder = temporaryFolder();
  const left = () => readdirSync(folder);
  const taken = await backupFile(options(folder));
  expect(taken.name).toBe('reunion-backup-1970-01-01.zip');
  const parts: Uint8Array[] = [];
  for await (const part of taken.content) parts.push(part);
  expect(Object.keys(unzipSync(Buffer.concat(parts)))).toEqual(['backup.db', 'backup.db.recovery']);
  expect(left()).toEqual([]);

  const given = (await backupFile(options(folder))).content[Symbol.asyncIterator]();
  await given.next();
  await given.return?.();
  const never = (await backupFile(options(folder))).content[Symbol.asyncIterator]();
  expect(left()).toHaveLength(1);
  await never.return?.();
  expect(left()).toEqual([]);
});

test('a copy that cannot be made leaves nothing; one that a killed device left goes at the next start', async () => {
  const folder = temporaryFolder();
  const failing = { ...options(folder), backUp: async () => Promise.reject(new Error('full')) };
  await expect(backupFile(failing)).rejects.toThrow('full');
  mkdirSync(join(folder, '.backup-under-way-x'));
  mkdirSync(join(folder, 'backup-of-mine'));
  removeLeftCopies(folder);
  expect(readdirSync(folder)).toEqual(['backup-of-mine']);
});
