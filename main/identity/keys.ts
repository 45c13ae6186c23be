import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ed25519 } from '@noble/curves/ed25519.js';
import { z } from 'zod';
import { concatBytes } from '../helpers/bytes.ts';
import { peerIdOfPublicKey } from '../helpers/peer-id.ts';
import type { PeerId } from '../mvds/types.ts';
import { fileProtection, KeyFileError, SECRET_BYTES, SECRETS_BYTES } from './key-protection.ts';
import type { Backend, KeyProtection, NotOpened } from './key-protection.ts';
import { writeWhole } from './whole-file.ts';

export { KeyFileError };

const KEY_FILE = 'device.key';

/** What signs, and opens what is sealed to it. */
export interface SigningKeys {
  readonly peerId: PeerId;
  /** 32 bytes. */
  readonly seed: Uint8Array;
}

/** The secrets of this device. They are made here and never leave it. */
export interface DeviceKeys extends SigningKeys {
  /** 32 bytes: the store is encrypted at rest under it. */
  readonly storeKey: Uint8Array;
}

export interface OpenedKeys extends DeviceKeys {
  /** What protects them in their file. */
  readonly backend: Backend;
}

/** `backend` says what protects the secrets. Files without it are of the first version, which knew only one way. */
const keyFile = z.looseObject({ version: z.literal(1), backend: z.string().default('file') });

/**
 * The keys of a data folder, from its key file (mode 0600), which is made where there is none: with the first of
 * `protections`. A folder that holds messages but no key is refused: a new key would start it on an empty store. An
 * existing file is opened by whichever of `protections` it was made with. Rejects with `KeyFileError`; nothing was
 * changed then.
 */
export async function openKeys(
  folder: string,
  holdsMessages: boolean,
  protections: readonly KeyProtection[] = [fileProtection],
): Promise<OpenedKeys> {
  const path = join(folder, KEY_FILE);
  if (existsSync(path)) return readKeys(path, protections);
  if (holdsMessages) {
    throw new KeyFileError(
      `The messages in ${folder} are there, but their key ${KEY_FILE} is not. Put it back from a backup, or use the recovery phrase: reunion recover. Nothing was changed.`,
    );
  }
  const protection = firstOf(protections);
  const secrets = new Uint8Array(randomBytes(SECRETS_BYTES));
  const isFirst = await writeKeys(path, secrets, protection, 'new');
  return isFirst ? keysOf(secrets, protection) : readKeys(path, protections);
}

/** What protects the keys of a data folder, as its key file says; undefined where there is no such file. */
export function backendOf(folder: string): string | undefined {
  const path = join(folder, KEY_FILE);
  return existsSync(path) ? readFile(path).backend : undefined;
}

/**
 * Protects the keys of a data folder in another way. At every moment the whole file of before or the whole new one is
 * there, and what is written was opened again before it counts. Rejects with `KeyFileError`, with nothing changed.
 */
export async function protectKeys(
  folder: string,
  protections: readonly KeyProtection[],
  to: KeyProtection,
): Promise<void> {
  const path = join(folder, KEY_FILE);
  if (!existsSync(path)) throw new KeyFileError(`There is no key file in ${folder}.`);
  const { seed, storeKey } = await readKeys(path, protections);
  await writeKeys(path, concatBytes(seed, storeKey), to, 'replace');
}

/**
 * Writes the key file of a device that takes over a store: a new identity of its own, and the key of that store (32
 * bytes). A key file that is there is replaced.
 */
export async function takeOverStore(
  folder: string,
  storeKey: Uint8Array,
  protections: readonly KeyProtection[] = [fileProtection],
): Promise<OpenedKeys> {
  const path = join(folder, KEY_FILE);
  const secrets = concatBytes(randomBytes(SECRET_BYTES), storeKey);
  const protection = firstOf(protections);
  await writeKeys(path, secrets, protection, 'replace');
  return keysOf(secrets, protection);
}

/** Deletes the key file: what was encrypted under its keys cannot be read from then on. */
export function eraseKeys(folder: string): void {
  rmSync(join(folder, KEY_FILE), { force: true });
}

function firstOf([first]: readonly KeyProtection[]): KeyProtection {
  if (!first) throw new RangeError('no way of protecting keys');
  return first;
}

/** Resolves with false where `new` found a file there, which stays. */
async function writeKeys(
  path: string,
  secrets: Uint8Array,
  protection: KeyProtection,
  mode: 'new' | 'replace',
): Promise<boolean> {
  const fields = await protection.protect(secrets);
  const content = JSON.stringify({ version: 1, backend: protection.backend, ...fields });
  const again = await protection.unprotect(JSON.parse(content));
  if (!(again instanceof Uint8Array) || Buffer.compare(again, secrets) !== 0) {
    throw new KeyFileError(
      `What “${protection.backend}” was given to protect does not come back from it; nothing was changed.`,
    );
  }
  return writeWhole(path, content, mode);
}

function readFile(path: string): { readonly backend: string } & Record<string, unknown> {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new KeyFileError(`The key file ${path} cannot be read: ${(error as Error).message}`);
  }
  const parsed = keyFile.safeParse(content);
  if (!parsed.success) throw new KeyFileError(notOpenedText(path, 'damaged'));
  return parsed.data;
}

async function readKeys(path: string, protections: readonly KeyProtection[]): Promise<OpenedKeys> {
  const content = readFile(path);
  const protection = protections.find(({ backend }) => backend === content.backend);
  if (!protection) throw new KeyFileError(otherWayText(path, content.backend));
  const opened = await protection.unprotect(content);
  if (!(opened instanceof Uint8Array)) throw new KeyFileError(notOpenedText(path, opened));
  return keysOf(opened, protection);
}

function keysOf(secrets: Uint8Array, { backend }: KeyProtection): OpenedKeys {
  const seed = secrets.slice(0, SECRET_BYTES);
  const storeKey = secrets.slice(SECRET_BYTES);
  return { peerId: peerIdOfPublicKey(ed25519.getPublicKey(seed)), seed, storeKey, backend };
}

function notOpenedText(path: string, why: NotOpened): string {
  if (why === 'wrong-passphrase') {
    return `The passphrase does not fit the key file ${path}; it was left as it is.`;
  }
  if (why === 'damaged') {
    return `The key file ${path} is damaged or not a Reunion key file; it was left as it is.`;
  }
  return `${why.reason} The key file ${path} was left as it is.`;
}

/** What to do about a key file that was protected in another way than is at hand. */
const OTHER_WAYS: Readonly<Record<Backend, string>> = {
  file: 'are not protected by a passphrase. `reunion keys protect --with passphrase` puts them under one',
  passphrase:
    'are protected by a passphrase. Start with --passphrase-file, or in a terminal, where it is asked for',
  keychain:
    'are kept by the keychain of this computer’s desktop, which only the app can open. Start the app, or use the recovery phrase: reunion recover',
};

function otherWayText(path: string, backend: string): string {
  const known = (OTHER_WAYS as Readonly<Record<string, string>>)[backend];
  const what = known ?? `are protected by “${backend}”, which this version does not know`;
  return `The keys in ${path} ${what}. The file was left as it is.`;
}
