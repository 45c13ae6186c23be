import { randomBytes } from 'node:crypto';
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { read } from 'read';
import { AFTER_RESTORE } from '../../device/after-loss.ts';
import { deviceListIdOf, LIST_SETTING } from '../../device/device-list-keeper.ts';
import { WORK_PREFIX } from '../../device/exchange/backup.ts';
import { readGroup } from '../../device/read-group.ts';
import { recoveryKeysOn } from '../../device/recovery-copies.ts';
import { deviceListGroup, deviceListOf } from '../../identity/device-list.ts';
import { backendOf, eraseKeys, takeOverStore } from '../../identity/keys.ts';
import type { SigningKeys } from '../../identity/keys.ts';
import { recoveryKeysOf } from '../../identity/recovery.ts';
import { readRecoveryFile, RECOVERY_SUFFIX, recoveryFileOf } from '../../identity/recovery-file.ts';
import type { NotRecovered, RecoveredKey } from '../../identity/recovery-file.ts';
import { holdsStore, KEY_BYTES, lockFolder, openStore, restoreStore } from '../../store/index.ts';
import type { Store } from '../../store/index.ts';
import { storeFiles } from '../../store/store-files.ts';
import { withBackup } from '../backup-file.ts';
import { ExpectedFailure } from '../failures.ts';
import { makeDataFolder } from '../folders.ts';
import { keyWays } from '../key-ways.ts';
import type { KeyOptions } from '../key-ways.ts';
import { settleDevices, withOfflineDevice } from '../offline-device.ts';
import { printable } from '../output.ts';
import { secretFile } from '../secret-text.ts';
import type { StayOptions } from '../stay.ts';

interface RecoverOptions extends KeyOptions, StayOptions {
  readonly data: string;
  readonly name?: string;
  readonly phraseFile?: string;
}

/**
 * `reunion recover`: from a backup into an empty data folder, or, without one, of the messages in a data folder whose key
 * is lost. It becomes that of a new device; of the others those stay which the person keeps.
 */
export async function recover(backup: string | undefined, options: RecoverOptions): Promise<void> {
  const folder = makeDataFolder(options.data);
  const source = backup === undefined ? undefined : resolve(backup);
  checkPlace(folder, source);
  const recovery = recoveryOf(await phraseOf(options));
  const ways = keyWays(options);
  if (source === undefined) await takeOver(folder, recovery, ways);
  else await withBackup(source, folder, (found) => putBack(folder, found, recovery, ways));
  await begin(folder, ways, recovery, options);
}

type Ways = ReturnType<typeof keyWays>;

/** The messages in the folder become those of a new device. */
async function takeOver(folder: string, recovery: SigningKeys, ways: Ways): Promise<void> {
  const recovered = opened(recoveryFileOf(folder), recovery);
  const { key } = recovered;
  const store = await openStore({ folder, key, refuseUnusable: true });
  try {
    await checkOrigin(store, recovered, recovery);
    for (const [name, value] of Object.entries(AFTER_RESTORE))
      await store.settings.set(name, value);
  } finally {
    await store.close();
  }
  const unlock = lockFolder(folder);
  try {
    // The store is encrypted anew when it is opened next: whoever had the phrase had this key.
    await takeOverStore(folder, { storeKey: newKey(), earlierStoreKeys: [key] }, ways);
  } finally {
    unlock();
  }
}

/** Puts a backup into the empty folder of a new device, after it was looked into elsewhere. */
async function putBack(
  folder: string,
  backup: string,
  recovery: SigningKeys,
  ways: Ways,
): Promise<void> {
  const recovered = opened(backup + RECOVERY_SUFFIX, recovery);
  await inCopy(folder, backup, async (copy) => {
    const store = await openStore({ folder: copy, key: recovered.key, refuseUnusable: true });
    try {
      await checkOrigin(store, recovered, recovery);
    } finally {
      await store.close();
    }
  });
  const key = newKey();
  await takeOverStore(folder, { storeKey: key, earlierStoreKeys: [] }, ways);
  try {
    const backupKey = recovered.key;
    await restoreStore({ folder, key, backup, backupKey, settings: AFTER_RESTORE });
  } catch (error) {
    eraseKeys(folder);
    throw error;
  }
}

/** To open a store is to write to it, which a backup is spared. */
async function inCopy(
  folder: string,
  backup: string,
  use: (copy: string) => Promise<void>,
): Promise<void> {
  const work = mkdtempSync(join(folder, WORK_PREFIX));
  try {
    copyFileSync(backup, storeFiles(work).database);
    await use(work);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Whether a store is of the list that the phrase belongs to, and was written by one of its devices. */
async function checkOrigin(
  store: Store,
  { list: id, maker }: RecoveredKey,
  recovery: SigningKeys,
): Promise<void> {
  const stored = await readGroup(store.sync.messages, deviceListGroup(id));
  const entries = stored.map(({ body }) => body);
  const list = deviceListOf(id, entries);
  const named = deviceListIdOf(await store.settings.get(LIST_SETTING));
  if (named !== id || !list || !(list.members.has(maker) || list.removed.has(maker))) {
    throw new ExpectedFailure(NOT_RECOVERED['not-authentic']);
  }
  if (!recoveryKeysOn(list).includes(recovery.peerId)) {
    throw new ExpectedFailure(
      'This recovery phrase does not belong to these messages any more: another one took its place before the backup was made.',
    );
  }
}

function newKey(): Uint8Array {
  return new Uint8Array(randomBytes(KEY_BYTES));
}

function checkPlace(folder: string, backup: string | undefined): void {
  if (backup === undefined) {
    if (holdsStore(folder)) return;
    throw new ExpectedFailure(`There are no messages in ${folder}; name a backup to recover.`);
  }
  if (!existsSync(backup)) throw new ExpectedFailure(`There is no file ${backup}.`);
  if (holdsStore(folder) || backendOf(folder) !== undefined) {
    throw new ExpectedFailure(
      `There is a device in ${folder} already. Choose an empty folder with --data; nothing was changed.`,
    );
  }
}

async function phraseOf({ phraseFile }: RecoverOptions): Promise<string> {
  if (phraseFile !== undefined) return secretFile(phraseFile);
  if (!process.stdin.isTTY) {
    throw new ExpectedFailure('Without a terminal to type the phrase in, --phrase-file is needed.');
  }
  const phrase = await read({
    prompt: 'The 24 words of the recovery phrase (not shown): ',
    silent: true,
    output: process.stderr,
  });
  process.stderr.write('\n');
  return phrase;
}

function recoveryOf(phrase: string): SigningKeys {
  const keys = recoveryKeysOf(phrase);
  if (keys) return keys;
  throw new ExpectedFailure(
    'These are not the 24 words of a recovery phrase: one is missing, misspelt or in another place.',
  );
}

const NOT_RECOVERED: Readonly<Record<Exclude<NotRecovered, 'no-file'>, string>> = {
  unreadable:
    'The file beside the backup, which the recovery phrase needs, is damaged. Nothing was changed.',
  'other-phrase': 'This recovery phrase belongs to other messages than these. Nothing was changed.',
  'not-authentic':
    'None of your devices made this backup: somebody else did, or changed it. Nothing was changed.',
};

function opened(path: string, recovery: SigningKeys): RecoveredKey {
  const found = readRecoveryFile(path, recovery);
  if (typeof found !== 'string') return found;
  throw new ExpectedFailure(
    found === 'no-file'
      ? `${path} is not there, which the recovery phrase needs: it is written beside every backup that is made after the phrase.`
      : NOT_RECOVERED[found],
  );
}

/** Puts the new device on the list, connected to nobody, and removes those that do not stay. */
async function begin(
  folder: string,
  protections: Ways,
  recovery: SigningKeys,
  { name, ...options }: RecoverOptions,
): Promise<void> {
  const given = { folder, protections, recovery, ...(name === undefined ? {} : { name }) };
  await withOfflineDevice(given, async (device) => {
    const { storage } = await device.service.commands.status({});
    console.log(
      `recovered ${storage.messages} messages, as a new device: ${printable(device.name)}`,
    );
    await settleDevices(device, options, 'none');
  });
}
