// Preloaded (`--import`) into the process that connects, in every system: counts what goes through its TCP connections, so
// that no proxy stands between the two and costs them time. At SIGUSR2 it writes what it has counted to a file.
import { subscribe } from 'node:diagnostics_channel';
import { renameSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { isMainThread } from 'node:worker_threads';

/** What is written, as JSON. */
export interface SocketCount {
  /** Unix milliseconds at which the first connection stood; null where none has. */
  readonly connectedAt: number | null;
  readonly bytesRead: number;
  readonly bytesWritten: number;
  readonly connections: number;
}

const file = process.env.REUNION_BENCH_SOCKETS;
if (file !== undefined && isMainThread) {
  const counted: Socket[] = [];
  let connectedAt: number | null = null;
  subscribe('net.client.socket', (message) => {
    const { socket } = message as { readonly socket: Socket };
    socket.prependOnceListener('connect', () => {
      // A socket in the file system has no address: the command line's way to its device.
      if (socket.remoteAddress === undefined) return;
      connectedAt ??= performance.timeOrigin + performance.now();
      counted.push(socket);
    });
  });
  process.on('SIGUSR2', () => {
    const sum = (of: (socket: Socket) => number): number =>
      counted.reduce((total, socket) => total + of(socket), 0);
    const count: SocketCount = {
      connectedAt,
      bytesRead: sum(({ bytesRead }) => bytesRead),
      bytesWritten: sum(({ bytesWritten }) => bytesWritten),
      connections: counted.length,
    };
    writeFileSync(`${file}.draft`, JSON.stringify(count));
    renameSync(`${file}.draft`, file);
  });
}
