import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { proveAsClient } from '../../api/mutual-proof.ts';
import { EXIT, ExpectedFailure } from '../failures.ts';
import { findControlPlace } from './control-folder.ts';
import { linePipe } from './line-pipe.ts';
import { withShortPath } from './short-path.ts';
import { debugLog } from '../../log/debug-log.ts';

const ignored = debugLog('headless:control:control-client');

/** A program that has taken the place of a device may say nothing, milliseconds. */
const PROOF_TIMEOUT_MS = 5_000;

/** The program on a data folder: as a person calls it, and the command that starts it. */
export interface ServerKind {
  readonly noun: string;
  readonly command: string;
}

export const DEVICE: ServerKind = { noun: 'device', command: 'reunion device' };

/**
 * A connection to the device or node that runs on a data folder, which has proven that it is that: nothing is sent to anything
 * else. Rejects with `ExpectedFailure`, exit code 3, where none runs.
 */
export async function connectToDevice(
  dataFolder: string,
  kind: ServerKind = DEVICE,
): Promise<Socket> {
  const place = findControlPlace(dataFolder);
  if (!place) throw notRunning(dataFolder, kind);
  const socket = await withShortPath(place.address, open).catch((error: unknown) => {
    ignored(error);
    throw notRunning(dataFolder, kind);
  });
  socket.on('error', () => socket.destroy());
  const late = setTimeout(() => socket.destroy(), PROOF_TIMEOUT_MS);
  const isProven = await proveAsClient(place.secret, linePipe(socket));
  clearTimeout(late);
  if (isProven) return socket;
  socket.destroy();
  throw notRunning(dataFolder, kind);
}

function open(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path });
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(socket);
    });
  });
}

/** The failure where no device or node runs on a data folder. */
export function notRunning(
  dataFolder: string,
  { noun, command }: ServerKind = DEVICE,
): ExpectedFailure {
  return new ExpectedFailure(
    `No ${noun} is running on ${dataFolder}; start one with: ${command} --data ${dataFolder}`,
    EXIT.notRunning,
  );
}
