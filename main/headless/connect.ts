import { WebSocket } from 'ws';
import { createApiClient } from '../api/client.ts';
import type { ApiClient } from '../api/client.ts';
import { readApiFile } from './api-file.ts';
import type { ApiFile } from './api-file.ts';
import { EXIT, ExpectedFailure } from './failures.ts';
import { socketChannel } from './socket-channel.ts';

/** The port may have gone to a program that says nothing. */
const HANDSHAKE_TIMEOUT_MS = 5_000;

/** Connects to the device that runs on a data folder. Rejects with `ExpectedFailure`, exit code 3, where none does. */
export async function connect(folder: string): Promise<ApiClient> {
  const api = runningApi(folder);
  const socket = new WebSocket(`ws://127.0.0.1:${api.port}/`, {
    headers: { Authorization: `Bearer ${api.token}` },
    handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', () => reject(notRunning(folder)));
  });
  return createApiClient(socketChannel(socket));
}

/** Runs `use` with a connection, and closes it. */
export async function withDevice<T>(
  folder: string,
  use: (client: ApiClient) => Promise<T>,
): Promise<T> {
  const client = await connect(folder);
  try {
    return await use(client);
  } finally {
    client.close();
  }
}

/** A new link to the page of the device that runs on a data folder. */
export async function newWebLink(folder: string): Promise<string> {
  const api = runningApi(folder);
  const response = await fetch(`http://127.0.0.1:${api.port}/link`, {
    headers: { Authorization: `Bearer ${api.token}` },
  }).catch(() => {
    throw notRunning(folder);
  });
  const link = response.ok ? await response.text() : '';
  if (link === '') throw new ExpectedFailure('This device runs without its web page (--web off).');
  return link;
}

/** Where the device that runs on a data folder is reached. Throws `ExpectedFailure`, exit code 3, where none does. */
export function runningApi(folder: string): ApiFile {
  const api = readApiFile(folder);
  if (!api) throw notRunning(folder);
  return api;
}

function notRunning(folder: string): ExpectedFailure {
  return new ExpectedFailure(
    `No device is running on ${folder}; start one with: reunion device --data ${folder}`,
    EXIT.notRunning,
  );
}
