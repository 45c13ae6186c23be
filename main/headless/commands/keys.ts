import { resolve } from 'node:path';
import { storeKeysOf } from '../../device/store-key.ts';
import { backendOf, protectKeys } from '../../identity/keys.ts';
import type { OpenedKeys } from '../../identity/keys.ts';
import { fileProtection } from '../../identity/key-protection.ts';
import { holdsStore, lockFolder, openStore } from '../../store/index.ts';
import { ask } from '../ask.ts';
import { withDevice } from '../connect.ts';
import { ExpectedFailure } from '../failures.ts';
import { newPassphrase, presentWays } from '../key-ways.ts';
import type { KeyOptions } from '../key-ways.ts';

interface DataOption {
  readonly data: string;
}

const DESCRIPTIONS: Readonly<Record<string, string>> = {
  file: 'file: whoever can read your files can read the key',
  passphrase: 'passphrase: asked for at every start',
  keychain: 'keychain: kept by this computer’s desktop, and opened by the app alone',
};

/** `reunion keys`: what protects the keys of a data folder, whether or not a device runs on it. */
export function showKeys({ data }: DataOption): void {
  const backend = backendOf(resolve(data));
  if (backend === undefined) throw new ExpectedFailure(`There is no key file in ${resolve(data)}.`);
  console.log(DESCRIPTIONS[backend] ?? `${backend}: not known to this version`);
}

/**
 * `reunion keys protect`. The store is encrypted under another key as well, so that a copy of the key file of before opens
 * nothing that is written from now on; no device may run meanwhile.
 */
export async function changeProtection(
  options: DataOption & KeyOptions & { readonly with: 'file' | 'passphrase' },
): Promise<void> {
  const folder = resolve(options.data);
  if (backendOf(folder) === undefined) {
    throw new ExpectedFailure(`There is no key file in ${folder}.`);
  }
  const ways = presentWays(folder, options);
  const to = options.with === 'file' ? fileProtection : newPassphrase(options);
  const unlock = lockFolder(folder);
  let keys: OpenedKeys;
  try {
    keys = await protectKeys(folder, ways, to);
  } finally {
    unlock();
  }
  showKeys(options);
  if (!holdsStore(folder)) return;
  // It is under the key of before, and gets the new one as it is opened.
  const store = await openStore({ folder, ...storeKeysOf(keys), refuseUnusable: true });
  const { isBehind } = store;
  await store.close();
  if (isBehind) {
    console.error(
      'The disk has no room to encrypt the messages under a new key. Reunion does so at its next start.',
    );
  }
}

/** `reunion keys phrase`: makes a recovery phrase, and prints it this one time. */
export async function makePhrase(options: DataOption & { readonly yes?: boolean }): Promise<void> {
  await withDevice(options.data, async (client) => {
    const { hasRecoveryPhrase } = await client.call('status', {});
    const question =
      'There is a recovery phrase already, which would no longer work. Make another?';
    if (hasRecoveryPhrase && !options.yes && !(await ask(question))) {
      throw new ExpectedFailure('The recovery phrase stays as it is.');
    }
    const { words } = await client.call('createRecoveryPhrase', {});
    console.log(words.join(' '));
    console.error(
      'Write these 24 words down, and keep them where nobody else reads them: they are shown only now. With them and a backup (`reunion store backup`) you get your messages back even if every device is lost: reunion recover BACKUP.',
    );
  });
}
