import { createHmac, randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import type { Stats } from 'node:fs';
import { join, resolve } from 'node:path';
import { bytesOf } from '../../api/mutual-proof.ts';
import { debugLog } from '../../log/debug-log.ts';

const ignored = debugLog('headless:control:control-folder');

/*
 * Below the data folder, for this user alone: the socket that the command line reaches the device by, and the secret that each end
 * proves to the other. Made anew by each start of a device, which holds the lock of the data folder by then.
 */

const FOLDER = 'control';
const SOCKET = 'socket';
const SECRET = 'secret';
/** 256 random bits. */
const SECRET_BYTES = 32;
const FOR_OTHERS = 0o077;

export interface ControlPlace {
  /** What to listen on, or to connect to: a path on a Unix, the name of a pipe on Windows. */
  readonly address: string;
  /** 32 bytes. It never leaves this computer's files and memory. */
  readonly secret: Uint8Array<ArrayBuffer>;
}

/** Makes the folder with a new secret, in place of what an earlier device may have left. Throws Node's errors. */
export function makeControlPlace(dataFolder: string): ControlPlace {
  removeControlPlace(dataFolder);
  const folder = controlFolder(dataFolder);
  mkdirSync(folder, { mode: 0o700 });
  const secret = new Uint8Array(randomBytes(SECRET_BYTES));
  const hex = Buffer.from(secret).toString('hex');
  writeFileSync(join(folder, SECRET), hex, { mode: 0o600, flag: 'wx' });
  return { address: addressOf(folder, secret), secret };
}

/** Where a running device would answer; undefined where none has made its place, or somebody else has. */
export function findControlPlace(dataFolder: string): ControlPlace | undefined {
  const folder = controlFolder(dataFolder);
  try {
    const found = lstatSync(folder);
    if (!found.isDirectory() || !isOwn(found, dataFolder)) return undefined;
    const secret = readSecret(join(folder, SECRET), dataFolder);
    return secret && { address: addressOf(folder, secret), secret };
  } catch (error) {
    ignored(error);
    return undefined;
  }
}

export function removeControlPlace(dataFolder: string): void {
  rmSync(controlFolder(dataFolder), { recursive: true, force: true });
}

/** For this user alone, as long as a device runs: it is removed with everything in it. */
export function controlFolder(dataFolder: string): string {
  return join(resolve(dataFolder), FOLDER);
}

function readSecret(path: string, dataFolder: string): Uint8Array<ArrayBuffer> | undefined {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const found = fstatSync(descriptor);
    if (!found.isFile() || !isOwn(found, dataFolder)) return undefined;
    return bytesOf(readFileSync(descriptor, 'utf8'), SECRET_BYTES);
  } finally {
    closeSync(descriptor);
  }
}

/** Whether nobody but this user could have made it. The superuser may reach the device of whoever owns the data folder. */
function isOwn({ uid, mode }: Stats, dataFolder: string): boolean {
  if (process.platform === 'win32') return true;
  const own = process.getuid?.();
  const isOwner = uid === own || (own === 0 && uid === lstatSync(resolve(dataFolder)).uid);
  return isOwner && (mode & FOR_OTHERS) === 0;
}

/** A pipe of Windows is in no folder: its name is one that nobody can know, and so nobody can take. */
function addressOf(folder: string, secret: Uint8Array): string {
  if (process.platform !== 'win32') return join(folder, SOCKET);
  const name = createHmac('sha256', secret).update('reunion pipe\0').digest('hex');
  return `\\\\.\\pipe\\reunion-${name}`;
}
