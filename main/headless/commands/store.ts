import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { openKeys } from '../../identity/keys.ts';
import { keepBesideBackup, recoveryFileOf } from '../../identity/recovery-file.ts';
import type { Store } from '../../store/index.ts';
import { holdsStore, openStore, restoreStore } from '../../store/index.ts';
import { EXIT, ExpectedFailure } from '../failures.ts';
import { keyWays } from '../key-ways.ts';
import type { KeyOptions } from '../key-ways.ts';
import { sizeText } from '../output.ts';

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
  await withStore(options, (store) => store.backup(path));
  const folder = resolve(options.data);
  console.log(`The store was copied to ${path}.`);
  console.log(
    keepBesideBackup(folder, path)
      ? `Keep ${recoveryFileOf(folder, path)} with it: by that and the recovery phrase it can be read anywhere (reunion recover).`
      : `It can be read with the key in ${folder} alone: keep that, too, or make a recovery phrase (reunion keys phrase) and then another backup.`,
  );
}

/** `reunion store restore`. */
export async function restoreFromBackup(file: string, options: StoreCommandOptions): Promise<void> {
  const folder = resolve(options.data);
  const backup = resolve(file);
  if (!existsSync(backup)) throw new ExpectedFailure(`There is no file ${backup}.`);
  // The key that the backup was made with must be there: a new one would not open it.
  const { storeKey } = await openKeys(folder, true, keyWays(options));
  const aside = await restoreStore({ folder, key: storeKey, backup });
  console.log(`The store is now that of ${backup}.`);
  if (aside !== undefined) console.log(`The one before is kept as ${aside}.`);
}

/**
 * Opens the store of a data folder on which no device runs. One that cannot be used is left where it is: to set it aside and
 * begin another is for the device to do.
 */
async function withStore<T>(
  options: StoreCommandOptions,
  use: (store: Store) => Promise<T>,
): Promise<T> {
  const folder = resolve(options.data);
  if (!holdsStore(folder)) throw new ExpectedFailure(`There is no store in ${folder}.`);
  const { storeKey } = await openKeys(folder, true, keyWays(options));
  const store = await openStore({ folder, key: storeKey, refuseUnusable: true });
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}
