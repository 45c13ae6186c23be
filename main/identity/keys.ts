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

const KEY_FILE = 'device.key';
/** An Ed25519 seed (RFC 8032) and the key of the store both have 32 bytes. */
const SECRET_BYTES = 32;

/** The secrets of this device. They are made here and never leave it. */
export interface DeviceKeys {
  readonly peerId: PeerId;
  /** 32 bytes. */
  readonly seed: Uint8Array;
  /** 32 bytes: the store is encrypted at rest under it. */
  readonly storeKey: Uint8Array;
}

/** The key file cannot be used. Nothing was changed. */
export class KeyFileError extends Error {
  override readonly name = 'KeyFileError';
}

const secret = z
  .string()
  .transform((text) => new Uint8Array(Buffer.from(text, 'base64url')))
  .refine((bytes) => bytes.byteLength === SECRET_BYTES);
const keyFile = z.object({ version: z.literal(1), seed: secret, storeKey: secret });

/**
 * The keys of a data folder, from its key file (mode 0600), which is made where there is none. A folder that holds
 * messages but no key is refused: a new key would start it on an empty store. Throws `KeyFileError`.
 */
export function openKeys(folder: string, holdsMessages: boolean): DeviceKeys {
  const path = join(folder, KEY_FILE);
  if (existsSync(path)) return readKeys(path);
  if (holdsMessages) {
    throw new KeyFileError(
      `The messages in ${folder} are there, but their key ${KEY_FILE} is not. Put it back from a backup; nothing was changed.`,
    );
  }
  const seed = randomBytes(SECRET_BYTES);
  const storeKey = randomBytes(SECRET_BYTES);
  writeWhole(
    path,
    JSON.stringify({
      version: 1,
      seed: seed.toString('base64url'),
      storeKey: storeKey.toString('base64url'),
    }),
  );
  return readKeys(path);
}

function readKeys(path: string): DeviceKeys {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new KeyFileError(`The key file ${path} cannot be read: ${(error as Error).message}`);
  }
  const parsed = keyFile.safeParse(content);
  if (!parsed.success) {
    throw new KeyFileError(
      `The key file ${path} is damaged or not a Reunion key file; it was left as it is.`,
    );
  }
  const { seed, storeKey } = parsed.data;
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
