import { copyFileSync, existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { read } from 'read';
import { Device } from '../../device/device.ts';
import { systemClock, systemRandom } from '../../helpers/clock.ts';
import { backendOf, takeOverStore } from '../../identity/keys.ts';
import type { SigningKeys } from '../../identity/keys.ts';
import { recoveryKeysOf } from '../../identity/recovery.ts';
import { recoveryFileOf, recoverStoreKey } from '../../identity/recovery-file.ts';
import { holdsStore, lockFolder, restoreStore } from '../../store/index.ts';
import { ExpectedFailure } from '../failures.ts';
import { makeDataFolder } from '../folders.ts';
import { keyWays } from '../key-ways.ts';
import type { KeyOptions } from '../key-ways.ts';
import { printable } from '../output.ts';
import { secretFile } from '../secret-text.ts';

interface RecoverOptions extends KeyOptions {
  readonly data: string;
  readonly name?: string;
  readonly phraseFile?: string;
}

/**
 * `reunion recover`: from a backup into an empty data folder, or, without one, of the messages in a data folder whose key
 * is lost. What is there becomes that of a new device. Cut off in the middle it is begun again without the backup.
 */
export async function recover(backup: string | undefined, options: RecoverOptions): Promise<void> {
  const folder = makeDataFolder(options.data);
  const source = backup === undefined ? undefined : resolve(backup);
  checkPlace(folder, source);
  const recovery = recoveryOf(await phraseOf(options));
  const storeKey = storeKeyOf(recoveryFileOf(folder, source), recovery);
  const ways = keyWays(options);
  if (source !== undefined) {
    copyFileSync(recoveryFileOf(folder, source), recoveryFileOf(folder, undefined));
    await restoreStore({ folder, key: storeKey, backup: source });
  }
  const unlock = lockFolder(folder);
  try {
    await takeOverStore(folder, storeKey, ways);
  } finally {
    unlock();
  }
  await begin(folder, ways, recovery, options.name);
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

function storeKeyOf(path: string, recovery: SigningKeys): Uint8Array {
  const key = recoverStoreKey(path, recovery);
  if (key === 'no-file') {
    throw new ExpectedFailure(
      `${path} is not there, which the recovery phrase needs: it is written beside every backup that is made after the phrase.`,
    );
  }
  if (key === 'other-phrase') {
    throw new ExpectedFailure('This recovery phrase belongs to other messages than these.');
  }
  return key;
}

/** Puts the new device on the list, connected to nobody. */
async function begin(
  folder: string,
  protections: ReturnType<typeof keyWays>,
  recovery: SigningKeys,
  name: string | undefined,
): Promise<void> {
  const device = await Device.open({
    folder,
    protections,
    recovery,
    ...(name === undefined ? {} : { name }),
    relays: [],
    listen: [],
    lan: false,
    clock: systemClock,
    random: systemRandom,
    log: { error: (error) => console.error(error), notice: (text) => console.error(text) },
  });
  try {
    const { storage } = await device.service.commands.status({});
    const devices = await device.service.commands.devices({});
    console.log(
      `recovered ${storage.messages} messages, as a new device: ${printable(device.name)}`,
    );
    const others = devices.filter(
      ({ own, role, removed }) => !own && role !== 'recovery' && !removed,
    );
    if (others.length === 0) return;
    console.log(
      'These devices are still on your list; remove those that are lost (`reunion devices remove`):',
    );
    for (const { name: other, id } of others) console.log(`  ${printable(other)}  ${id}`);
  } finally {
    await device.close();
  }
}
