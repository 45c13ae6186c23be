import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  linkSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { ed25519 } from '@noble/curves/ed25519.js';
import { z } from 'zod';
import type { PeerId } from '../mvds/types.ts';
import { peerIdOfPublicKey } from '../helpers/peer-id.ts';
import { fileProtection, KeyFileError, SECRET_BYTES, SECRETS_BYTES } from './key-protection.ts';
import type { KeyProtection } from './key-protection.ts';

export { KeyFileError };

const KEY_FILE = 'device.key';

/** The secrets of this device. They are made here and never leave it. */
export interface DeviceKeys {
  readonly peerId: PeerId;
  /** 32 bytes. */
  readonly seed: Uint8Array;
  /** 32 bytes: the store is encrypted at rest under it. */
  readonly storeKey: Uint8Array;
}

/** `backend` says what protects the secrets. Files without it are of the first version, which knew only one way. */
const keyFile = z.looseObject({ version: z.literal(1), backend: z.string().default('file') });

/**
 * The keys of a data folder, from its key file (mode 0600), which is made where there is none. A folder that holds
 * messages but no key is refused: a new key would start it on an empty store. `protection` must be the one that the file
 * was made with. Throws `KeyFileError`; nothing was changed then.
 */
export function openKeys(
  folder: string,
  holdsMessages: boolean,
  protection: KeyProtection = fileProtection,
): DeviceKeys {
  const path = join(folder, KEY_FILE);
  if (existsSync(path)) return readKeys(path, protection);
  if (holdsMessages) {
    throw new KeyFileError(
      `The messages in ${folder} are there, but their key ${KEY_FILE} is not. Put it back from a backup; nothing was changed.`,
    );
  }
  const fields = protection.protect(randomBytes(SECRETS_BYTES));
  writeWhole(path, JSON.stringify({ version: 1, backend: protection.backend, ...fields }));
  return readKeys(path, protection);
}

/** Deletes the key file: what was encrypted under its keys cannot be read from then on. */
export function eraseKeys(folder: string): void {
  rmSync(join(folder, KEY_FILE), { force: true });
}

function readKeys(path: string, protection: KeyProtection): DeviceKeys {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new KeyFileError(`The key file ${path} cannot be read: ${(error as Error).message}`);
  }
  const parsed = keyFile.safeParse(content);
  if (parsed.success && parsed.data.backend !== protection.backend) {
    throw new KeyFileError(
      `The key file ${path} is protected by "${parsed.data.backend}", and was to be opened by "${protection.backend}"; it was left as it is.`,
    );
  }
  const opened = parsed.success ? protection.unprotect(parsed.data) : 'damaged';
  if (opened === 'wrong-passphrase') {
    throw new KeyFileError(
      `The passphrase does not fit the key file ${path}; it was left as it is.`,
    );
  }
  if (opened === 'damaged') {
    throw new KeyFileError(
      `The key file ${path} is damaged or not a Reunion key file; it was left as it is.`,
    );
  }
  const seed = opened.slice(0, SECRET_BYTES);
  const storeKey = opened.slice(SECRET_BYTES);
  return { peerId: peerIdOfPublicKey(ed25519.getPublicKey(seed)), seed, storeKey };
}

/**
 * Written beside, synced, and only then given its name: a crash leaves either no key file or a whole one. Of two processes
 * that do this at once the first one's file stays.
 */
function writeWhole(path: string, content: string): void {
  const temporary = `${path}.${process.pid}.new`;
  const file = openSync(temporary, 'w', 0o600);
  try {
    writeSync(file, content);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  try {
    linkSync(temporary, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
}
