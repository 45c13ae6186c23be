import { copyFileSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { expect, test } from 'vitest';
import { openKeys } from '../../main/identity/keys.ts';
import { recoveryKeysOf } from '../../main/identity/recovery.ts';
import { readRecoveryFile } from '../../main/identity/recovery-file.ts';
import { openStore, restoreStore, StoreKeyError } from '../../main/store/index.ts';
import { inStep, letIn, OwnDevice, relayHere } from '../helpers/own-devices.ts';
import { temporaryFolder } from '../helpers/processes.ts';

interface Copied {
  readonly backup: string;
  readonly recovery: string;
  /** Of the data folder. */
  readonly folder: string;
}

/** What somebody has who copies a backup and the data folder at some time. */
async function copied(device: OwnDevice): Promise<Copied> {
  const folder = join(temporaryFolder(), 'data');
  cpSync(device.folder, folder, { recursive: true });
  const parts: Uint8Array[] = [];
  for await (const part of (await device.exchange.backup()).content) parts.push(part);
  const files = unzipSync(Buffer.concat(parts));
  const place = temporaryFolder();
  for (const [name, content] of Object.entries(files)) writeFileSync(join(place, name), content);
  const backup = join(place, 'backup.db');
  return { backup, recovery: `${backup}.recovery`, folder };
}

const phraseOf = async ({ commands }: OwnDevice) =>
  (await commands.createRecoveryPhrase({})).words.join(' ');

/** Every key that a phrase, and the key file of a folder, give of what was copied. */
async function keysOf(phrase: string, ...copies: readonly Copied[]): Promise<Uint8Array[]> {
  const recovery = recoveryKeysOf(phrase);
  if (!recovery) throw new Error('no phrase');
  const keys: Uint8Array[] = [];
  for (const { recovery: file, folder } of copies) {
    for (const path of [file, join(folder, 'recovery.json')]) {
      const found = readRecoveryFile(path, recovery);
      if (typeof found !== 'string') keys.push(found.key);
    }
    const own = await openKeys(folder, true);
    keys.push(own.storeKey, own.wrappingKey, own.seed, ...own.earlierStoreKeys);
  }
  return keys;
}

/** Whether one of the keys opens a store or a backup, in any of the ways there are. */
async function opensBackup(backup: string, keys: readonly Uint8Array[]): Promise<boolean> {
  for (const key of keys) {
    for (const options of [
      { key: keys[0], earlierKeys: keys },
      { key, backupKey: key },
    ]) {
      try {
        await restoreStore({ folder: temporaryFolder(), backup, ...options });
        return true;
      } catch (error) {
        expect(error).toBeInstanceOf(StoreKeyError);
      }
    }
  }
  return false;
}

async function opensStore(folder: string, keys: readonly Uint8Array[]): Promise<boolean> {
  const copy = join(temporaryFolder(), 'copy');
  mkdirSync(copy);
  for (const name of ['messages.db', 'messages.db.session']) {
    copyFileSync(join(folder, name), join(copy, name));
  }
  try {
    const key = keys[0];
    const store = await openStore({
      ...{ folder: copy, key, earlierKeys: keys, inThread: false },
      refuseUnusable: true,
    });
    await store.close();
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(StoreKeyError);
    return false;
  }
}

test('a phrase that was replaced opens nothing that was made later, on any of the devices', async () => {
  const relay = await relayHere();
  const a = await OwnDevice.start('Desk', relay);
  const b = await OwnDevice.start('Laptop', relay);
  await a.send('Zahnarzt am Dienstag, halb neun');
  await letIn(a, b);
  const first = await phraseOf(a);
  const isKept = async (device: OwnDevice, phrase: string) => {
    const recovery = recoveryKeysOf(phrase);
    const path = join(device.folder, 'recovery.json');
    return recovery !== undefined && typeof readRecoveryFile(path, recovery) !== 'string';
  };
  await b.eventually(() => isKept(b, first), 'B keeps its key for the first phrase');
  await inStep(a, b);
  const early = [await copied(a), await copied(b)];

  const second = await phraseOf(a);
  await a.send('the new phrase is in the safe');
  await b.hasTexts('Zahnarzt am Dienstag, halb neun', 'the new phrase is in the safe');
  await b.eventually(() => isKept(b, second), 'B keeps its key for the second phrase');
  const late = [await copied(a), await copied(b)];
  await a.close();
  await b.close();

  const known = await keysOf(first, ...early);
  // Of each device the key of a backup and the key of the store, and what is in its key file.
  expect(known.length).toBeGreaterThanOrEqual(10);
  for (const { backup } of early) expect(await opensBackup(backup, known)).toBe(true);
  for (const { backup } of late) expect(await opensBackup(backup, known)).toBe(false);
  expect(await keysOf(first, ...late)).toHaveLength(2 * 3 + 2);
  for (const { folder } of [a, b]) expect(await opensStore(folder, known)).toBe(false);
  // The devices themselves open everything still, and so does the second phrase.
  for (const [index, { folder }] of [a, b].entries()) {
    const { storeKey: key, earlierStoreKeys: earlierKeys } = await openKeys(folder, true);
    for (const copies of [early, late]) {
      const backup = copies[index]?.backup ?? '';
      await restoreStore({ folder: temporaryFolder(), key, earlierKeys, backup });
    }
  }
  const latest = await keysOf(second, ...late);
  for (const { backup } of late) expect(await opensBackup(backup, latest)).toBe(true);
  const again = await OwnDevice.start(undefined, relay, { folder: a.folder });
  expect(await again.texts()).toHaveLength(2);
}, 120_000);

test('the phrase that is removed from the devices opens nothing that was made later', async () => {
  const a = await OwnDevice.start('Desk', await relayHere());
  await a.send('one');
  const words = await phraseOf(a);
  const early = await copied(a);
  const [phrase] = (await a.commands.devices({})).filter(({ role }) => role === 'recovery');
  await a.commands.removeDevice({ device: phrase?.id ?? '' });
  await a.send('two');
  const late = await copied(a);
  expect(readFileSync(join(a.folder, 'device.key'), 'utf8')).not.toBe(
    readFileSync(join(early.folder, 'device.key'), 'utf8'),
  );
  await a.close();
  const known = await keysOf(words, early);
  expect(await opensBackup(early.backup, known)).toBe(true);
  expect(await opensBackup(late.backup, known)).toBe(false);
  expect(await opensStore(a.folder, known)).toBe(false);
  const again = await OwnDevice.start(undefined, await relayHere(), { folder: a.folder });
  expect(await again.texts()).toEqual(['one', 'two']);
}, 60_000);
