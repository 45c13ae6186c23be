import { request as httpRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { WebSocket } from 'ws';
import { createApiClient } from '../api/client.ts';
import type { ApiClient } from '../api/client.ts';
import { connectToDevice, DEVICE } from './control/control-client.ts';
import type { ServerKind } from './control/control-client.ts';
import { ExpectedFailure } from './failures.ts';
import { socketChannel } from './socket-channel.ts';

/** Stands in requests for the device at the other end of the socket; it is looked up nowhere. */
const HOST = 'reunion';

/** Connects to the device that runs on a data folder. Rejects with `ExpectedFailure`, exit code 3, where none does. */
export async function connect(folder: string): Promise<ApiClient> {
  const connection = await connectToDevice(folder);
  const socket = new WebSocket(`ws://${HOST}/`, { createConnection: () => connection });
  connection.resume();
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', () => reject(unreachable(DEVICE)));
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
  const { link } = await withDevice(folder, (client) => client.call('createWebLink', {}));
  return link;
}

export interface ContentRequest {
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Readable | string;
  /** Default: a device. */
  readonly kind?: ServerKind;
}

/** One HTTP request to the device or node that runs on a data folder. Rejects with `ExpectedFailure`. */
export async function requestOf(
  folder: string,
  path: string,
  { method = 'GET', headers = {}, body, kind = DEVICE }: ContentRequest,
): Promise<IncomingMessage> {
  const connection = await connectToDevice(folder, kind);
  return new Promise((resolve, reject) => {
    const request = httpRequest({
      ...{ host: HOST, path, method },
      // Else the device would close it with its answer, which is lost then where more is still being sent.
      headers: { ...headers, Connection: 'keep-alive' },
      createConnection: () => connection,
    });
    connection.resume();
    request.once('response', (response) => {
      response.once('close', () => connection.destroy());
      resolve(response);
    });
    // Also when the device has answered before it had read everything: the answer has come by then.
    request.on('error', () => reject(unreachable(kind)));
    if (body === undefined || typeof body === 'string') {
      request.end(body);
      return;
    }
    body.on('error', (error) => {
      request.destroy();
      reject(error);
    });
    request.once('response', () => body.unpipe(request));
    body.pipe(request);
  });
}

function unreachable({ noun }: ServerKind): ExpectedFailure {
  return new ExpectedFailure(`The ${noun} could not be reached, or has ended meanwhile.`);
}
