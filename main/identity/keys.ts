import { createPrivateKey, createPublicKey, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { concatBytes, fromHex } from '../helpers/bytes.ts';
import { peerIdOfPublicKey } from '../helpers/peer-id.ts';
import type { PeerId } from '../mvds/types.ts';
import { fileProtection, KeyFileError, SECRET_BYTES } from './key-protection.ts';
import type { Backend, KeyProtection, NotOpened } from './key-protection.ts';
import { openValue, sealValue } from './sealed-value.ts';
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
  /** Keys that the store had before, the latest first: they open the backups of that time. */
  readonly earlierStoreKeys: readonly Uint8Array[];
}

export interface OpenedKeys extends DeviceKeys {
  /** 32 bytes: the keys of the store are sealed under it in their file. */
  readonly wrappingKey: Uint8Array;
  /** What protects the seed and the wrapping key in their file. */
  readonly backend: Backend;
}

/**
 * A backup that is older than this many changes of the store's key needs the recovery phrase. A change is a new phrase or
 * another protection: hardly anybody makes that many, and the file stays a few kilobytes.
 */
const EARLIER_KEYS_MAX = 32;
const STORES_USE = 'store keys';

/**
 * `backend` says what protects the seed and the wrapping key; under that one the keys of the store are sealed, one after
 * another, the present one first. So the store gets another key without anybody typing a passphrase.
 */
const keyFile = z.looseObject({ version: z.literal(2), backend: z.string(), stores: z.string() });
const versionOne = z.looseObject({ version: z.literal(1) });

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
  const made = newKeys(firstOf(protections).backend);
  const isFirst = await writeKeys(path, made, firstOf(protections), 'new');
  return isFirst ? made : readKeys(path, protections);
}

/** What protects the keys of a data folder, as its key file says; undefined where there is no such file. */
export function backendOf(folder: string): string | undefined {
  const path = join(folder, KEY_FILE);
  return existsSync(path) ? readFile(path).backend : undefined;
}

/**
 * Protects the keys of a data folder in another way, and gives the store another key, which the store is to be encrypted
 * under next: a copy of the file of before then opens neither. At every moment the whole file of before or the whole new
 * one is there, and what is written was opened again before it counts. Rejects with `KeyFileError`, with nothing changed.
 */
export async function protectKeys(
  folder: string,
  protections: readonly KeyProtection[],
  to: KeyProtection,
): Promise<OpenedKeys> {
  const path = join(folder, KEY_FILE);
  if (!existsSync(path)) throw new KeyFileError(`There is no key file in ${folder}.`);
  const { backend } = to;
  const wrappingKey = newSecret();
  const keys = { ...withNewStoreKey(await readKeys(path, protections)), wrappingKey, backend };
  await writeKeys(path, keys, to, 'replace');
  return keys;
}

/**
 * Gives the store another key in the key file, beside those it had; the store itself is to be encrypted under it next.
 * Throws `KeyFileError` where the file is not the one that `keys` were read of, and Node's errors, with nothing changed.
 */
export function renewStoreKey(folder: string, keys: OpenedKeys): OpenedKeys {
  const path = join(folder, KEY_FILE);
  const content = readFile(path);
  if (!openStores(content.stores, keys.wrappingKey)) {
    throw new KeyFileError(`The key file ${path} was changed while it was in use.`);
  }
  const renewed = withNewStoreKey(keys);
  writeWhole(path, JSON.stringify({ ...content, stores: sealStores(renewed) }), 'replace');
  return renewed;
}

/**
 * Writes the key file of a device that takes over a store: a new identity of its own, and the keys of that store (32 bytes
 * each). A key file that is there is replaced.
 */
export async function takeOverStore(
  folder: string,
  store: Pick<DeviceKeys, 'storeKey' | 'earlierStoreKeys'>,
  protections: readonly KeyProtection[] = [fileProtection],
): Promise<OpenedKeys> {
  const protection = firstOf(protections);
  const { storeKey, earlierStoreKeys } = store;
  const keys = { ...newKeys(protection.backend), storeKey, earlierStoreKeys };
  await writeKeys(join(folder, KEY_FILE), keys, protection, 'replace');
  return keys;
}

/** Deletes the key file: what was encrypted under its keys cannot be read from then on. */
export function eraseKeys(folder: string): void {
  rmSync(join(folder, KEY_FILE), { force: true });
}

function firstOf([first]: readonly KeyProtection[]): KeyProtection {
  if (!first) throw new RangeError('no way of protecting keys');
  return first;
}

function newSecret(): Uint8Array {
  return new Uint8Array(randomBytes(SECRET_BYTES));
}

/** RFC 8410, section 7: a PKCS#8 structure around an Ed25519 seed, in front of the 32 bytes of the seed. */
const PKCS8_PREFIX = fromHex('302e020100300506032b657004220420');

/** The 32 bytes of the public key. By Node's own crypto: a start waits for it, and in JavaScript it takes some 35 ms. */
function publicKeyOfSeed(seed: Uint8Array): Uint8Array {
  const key = Buffer.from(concatBytes(PKCS8_PREFIX, seed));
  const privateKey = createPrivateKey({ key, format: 'der', type: 'pkcs8' });
  const { x = '' } = createPublicKey(privateKey).export({ format: 'jwk' });
  return new Uint8Array(Buffer.from(x, 'base64url'));
}

function newKeys(backend: Backend): OpenedKeys {
  const seed = newSecret();
  const peerId = peerIdOfPublicKey(publicKeyOfSeed(seed));
  return {
    ...{ peerId, seed, backend, wrappingKey: newSecret() },
    ...{ storeKey: newSecret(), earlierStoreKeys: [] },
  };
}

function withNewStoreKey(keys: OpenedKeys): OpenedKeys {
  const earlierStoreKeys = [keys.storeKey, ...keys.earlierStoreKeys].slice(0, EARLIER_KEYS_MAX);
  return { ...keys, storeKey: newSecret(), earlierStoreKeys };
}

function sealStores({ wrappingKey, storeKey, earlierStoreKeys }: OpenedKeys): string {
  const sealed = sealValue(wrappingKey, STORES_USE, concatBytes(storeKey, ...earlierStoreKeys));
  return Buffer.from(sealed).toString('base64url');
}

/** Undefined where they do not open. */
function openStores(stores: string, wrappingKey: Uint8Array): Uint8Array[] | undefined {
  const opened = openValue(wrappingKey, STORES_USE, Buffer.from(stores, 'base64url'));
  if (!opened || opened.byteLength === 0 || opened.byteLength % SECRET_BYTES !== 0)
    return undefined;
  const count = Math.min(opened.byteLength / SECRET_BYTES, 1 + EARLIER_KEYS_MAX);
  return Array.from({ length: count }, (_, at) =>
    opened.slice(at * SECRET_BYTES, (at + 1) * SECRET_BYTES),
  );
}

/** Resolves with false where `new` found a file there, which stays. */
async function writeKeys(
  path: string,
  keys: OpenedKeys,
  protection: KeyProtection,
  mode: 'new' | 'replace',
): Promise<boolean> {
  const secrets = concatBytes(keys.seed, keys.wrappingKey);
  const fields = await protection.protect(secrets);
  const { backend } = protection;
  const content = JSON.stringify({ version: 2, backend, ...fields, stores: sealStores(keys) });
  const again = await protection.unprotect(JSON.parse(content));
  if (!(again instanceof Uint8Array) || Buffer.compare(again, secrets) !== 0) {
    throw new KeyFileError(
      `What “${backend}” was given to protect does not come back from it; nothing was changed.`,
    );
  }
  return writeWhole(path, content, mode);
}

function readFile(path: string): z.infer<typeof keyFile> {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new KeyFileError(`The key file ${path} cannot be read: ${(error as Error).message}`);
  }
  if (versionOne.safeParse(content).success) {
    throw new KeyFileError(
      `The key file ${path} was made by a build of Reunion before 0.1.0, which this version does not read; it was left as it is.`,
    );
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
  const seed = opened.slice(0, SECRET_BYTES);
  const wrappingKey = opened.slice(SECRET_BYTES);
  const [storeKey, ...earlierStoreKeys] = openStores(content.stores, wrappingKey) ?? [];
  if (!storeKey) throw new KeyFileError(notOpenedText(path, 'damaged'));
  const peerId = peerIdOfPublicKey(publicKeyOfSeed(seed));
  return { peerId, seed, wrappingKey, storeKey, earlierStoreKeys, backend: protection.backend };
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
