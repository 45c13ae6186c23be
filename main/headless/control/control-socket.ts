import { once } from 'node:events';
import { chmodSync } from 'node:fs';
import type { Server } from 'node:http';
import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import { proveAsServer } from '../../api/mutual-proof.ts';
import { makeControlPlace, removeControlPlace } from './control-folder.ts';
import { linePipe } from './line-pipe.ts';
import { withShortPath } from './short-path.ts';

/** A client that has not proven by then that it knows the secret will not, milliseconds. */
const PROOF_TIMEOUT_MS = 5_000;

export interface ControlServer {
  /** The socket, its secret and their folder are gone then. */
  close(): Promise<void>;
}

/**
 * Hands `http` the connections to a socket in the data folder, each after both ends have proven that they know the secret that
 * lies beside it. To be called by who holds the lock of the data folder. Rejects with Node's errors.
 */
export async function serveControl(dataFolder: string, http: Server): Promise<ControlServer> {
  const { address, secret } = makeControlPlace(dataFolder);
  const connections = new Set<Socket>();
  http.on('clientError', (_error, socket) => socket.destroy());
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
