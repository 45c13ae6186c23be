import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { AFTER_RESTORE } from '../../device/after-loss.ts';
import { deviceListIdOf, LIST_SETTING } from '../../device/device-list-keeper.ts';
import { readGroup } from '../../device/read-group.ts';
import { RecoveryCopies } from '../../device/recovery-copies.ts';
import { StoreKey, storeKeysOf } from '../../device/store-key.ts';
import { deviceListGroup, deviceListOf } from '../../identity/device-list.ts';
import { openKeys } from '../../identity/keys.ts';
import type { OpenedKeys } from '../../identity/keys.ts';
import { RECOVERY_SUFFIX } from '../../identity/recovery-file.ts';
import type { Store } from '../../store/index.ts';
import { holdsStore, openStore, restoreStore } from '../../store/index.ts';
import { withBackup } from '../backup-file.ts';
import { EXIT, ExpectedFailure } from '../failures.ts';
import { keyWays } from '../key-ways.ts';
import type { KeyOptions } from '../key-ways.ts';
import { settleDevices, withOfflineDevice } from '../offline-device.ts';
import { sizeText } from '../output.ts';
import type { StayOptions } from '../stay.ts';

interface StoreCommandOptions extends KeyOptions {
  readonly data: string;
}

/** `reunion store check`: what is wrong with the store, and exit code 1 if anything is. */
export async function checkStore(
  options: StoreCommandOptions & { readonly full?: boolean },
): Promise<void> {
  const problems = await withStore(options, (store) => store.check(options.full === true));
  console.log(problems.length === 0 ? 'sound' : problems.join('\n'));
  if (problems.length > 0) process.exitCode = EXIT.failure;
}

/** `reunion store compact`. */
export async function compactStore(options: StoreCommandOptions): Promise<void> {
  await withStore(options, async (store) => {
    const before = await store.stats();
    await store.compact();
    const after = await store.stats();
    console.log(`${sizeText(before.bytes)} before, ${sizeText(after.bytes)} after`);
  });
}

/** `reunion store backup`. A file that is there is replaced only by `--force`, and only by a whole backup. */
export async function backUpStore(
  file: string,
  options: StoreCommandOptions & { readonly force?: boolean },
): Promise<void> {
  const path = resolve(file);
  if (!existsSync(dirname(path))) {
    throw new ExpectedFailure(`There is no folder ${dirname(path)}.`);
  }
  if (existsSync(path) && options.force !== true) {
    throw new ExpectedFailure(`${path} is there already; --force replaces it.`);
  }
  const hasPhrase = await withKeys(options, async (store, keys) => {
    const listId = deviceListIdOf(await store.settings.get(LIST_SETTING));
    const { messages } = store.sync;
    const stored = listId ? await readGroup(messages, deviceListGroup(listId)) : [];
    const entries = stored.map(({ body }) => body);
    const list = listId && deviceListOf(listId, entries);
    const folder = resolve(options.data);
    const storeKey = new StoreKey(folder, keys, store);
    const copies = {
      folder,
      keys,
      store,
      storeKey,
      list: () => list,
      entries: async () => entries,
    };
    return new RecoveryCopies(copies).backUp(path);
  });
  console.log(`The store was copied to ${path}.`);
  console.log(
    hasPhrase
      ? `Keep ${path}${RECOVERY_SUFFIX} with it: by that and the recovery phrase it can be read anywhere (reunion recover).`
      : `It can be read with the key in ${resolve(options.data)} alone: keep that, too, or make a recovery phrase (reunion keys phrase) and then another backup.`,
  );
}

/** `reunion store restore`: of a backup, or of the ZIP with one that the window saves. */
export async function restoreFromBackup(
  file: string,
  options: StoreCommandOptions & StayOptions,
): Promise<void> {
  const folder = resolve(options.data);
  const given = resolve(file);
  if (!existsSync(given)) throw new ExpectedFailure(`There is no file ${given}.`);
  // The key that the backup was made with must be there: a new one would not open it.
  const ways = keyWays(options);
  const keys = storeKeysOf(await openKeys(folder, true, ways));
  await withBackup(given, folder, async (backup) => {
    const aside = await restoreStore({ folder, ...keys, backup, settings: AFTER_RESTORE });
    console.log(`The store is now that of ${given}.`);
    if (aside !== undefined) console.log(`The one before is kept as ${aside}.`);
  });
  await withOfflineDevice({ folder, protections: ways }, (device) =>
    settleDevices(device, options, 'later'),
  );
}
/**
 * Opens the store of a data folder on which no device runs. One that cannot be used is left where it is: to set it aside and
 * begin another is for the device to do.
 */
async function withStore<T>(
  options: StoreCommandOptions,
  use: (store: Store) => Promise<T>,
): Promise<T> {
  return withKeys(options, (store) => use(store));
}

async function withKeys<T>(
  options: StoreCommandOptions,
  use: (store: Store, keys: OpenedKeys) => Promise<T>,
): Promise<T> {
  const folder = resolve(options.data);
  if (!holdsStore(folder)) throw new ExpectedFailure(`There is no store in ${folder}.`);
  const keys = await openKeys(folder, true, keyWays(options));
  const store = await openStore({ folder, ...storeKeysOf(keys), refuseUnusable: true });
  try {
    return await use(store, keys);
  } finally {
    await store.close();
  }
}
