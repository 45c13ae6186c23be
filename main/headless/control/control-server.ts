import { once } from 'node:events';
import { chmodSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import { WebSocketServer } from 'ws';
import { isFilePath } from '../../api/file-requests.ts';
import { proveAsServer } from '../../api/mutual-proof.ts';
import { serveApi } from '../../api/server.ts';
import type { DeviceService } from '../../api/server.ts';
import { serveFile } from '../file-web.ts';
import { FRAME_BYTES_MAX, socketChannel } from '../socket-channel.ts';
import { makeControlPlace, removeControlPlace } from './control-folder.ts';
import { linePipe } from './line-pipe.ts';
import { withShortPath } from './short-path.ts';

/** Whoever has not proven by then that it knows the secret will not, milliseconds. */
const PROOF_TIMEOUT_MS = 5_000;

export interface ControlServer {
  /** The socket, its secret and their folder are gone then. */
  close(): Promise<void>;
}

/**
 * Answers the command line: over a socket in the data folder, by HTTP and WebSocket, and only after both ends have proven that they
 * know the secret that lies beside it. To be called by who holds the lock of the data folder. Rejects with Node's errors.
 */
export async function startControlServer(
  dataFolder: string,
  service: DeviceService,
): Promise<ControlServer> {
  const { address, secret } = makeControlPlace(dataFolder);
  const connections = new Set<Socket>();
  const sockets = new WebSocketServer({ noServer: true, maxPayload: FRAME_BYTES_MAX });
  // However long a file takes to come.
  const http = createHttpServer({ requestTimeout: 0 }, (request, response) => {
    if (isFilePath(pathOf(request.url))) void serveFile(service, request, response, true);
    else response.writeHead(404).end();
  });
  http.on('clientError', (_error, socket) => socket.destroy());
  http.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    sockets.handleUpgrade(request, socket, head, (connected) =>
      serveApi(service, socketChannel(connected)),
    );
  });
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    connections.add(socket);
    socket.on('close', () => connections.delete(socket));
    socket.on('error', () => socket.destroy());
    void admit(socket, secret, () => http.emit('connection', socket));
  });
  await withShortPath(address, async (path) => {
    server.listen(path);
    await once(server, 'listening');
  });
  // The folder keeps others out already.
  if (process.platform !== 'win32') chmodSync(address, 0o600);
  return {
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const connection of connections) connection.destroy();
      await closed;
      removeControlPlace(dataFolder);
    },
  };
}

async function admit(
  socket: Socket,
  secret: Uint8Array<ArrayBuffer>,
  serve: () => void,
): Promise<void> {
  const late = setTimeout(() => socket.destroy(), PROOF_TIMEOUT_MS);
  const isProven = await proveAsServer(secret, linePipe(socket));
  clearTimeout(late);
  if (!isProven) {
    socket.destroy();
    return;
  }
  serve();
  socket.resume();
}

function pathOf(url: string | undefined): string {
  return URL.parse(url ?? '/', 'http://localhost')?.pathname ?? '/';
}
