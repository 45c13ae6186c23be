import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export interface Tap {
  /** The relay's address, by way of the tap. */
  readonly address: string;
  /** Every byte that went through, one way and the other. */
  bytes(): { readonly sent: Buffer; readonly received: Buffer };
  /** From now on nothing goes through any more, and neither side is told. */
  freeze(): void;
}

/** Sits on the wire between a device and its relay, and keeps what it sees. `relay` is a multiaddr on loopback. */
export async function tapOn(relay: string): Promise<Tap> {
  const [, port = '', peer = ''] = /\/tcp\/(\d+)\/p2p\/(\S+)$/u.exec(relay) ?? [];
  const [sent, received]: [Buffer[], Buffer[]] = [[], []];
  const sockets = new Set<Socket>();
  const server = createServer((device) => {
    const onward = connect(Number(port), '127.0.0.1');
    device.on('data', (data) => sent.push(data));
    onward.on('data', (data) => received.push(data));
    for (const socket of [device, onward]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
    }
    device.pipe(onward).pipe(device);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port: own } = server.address() as AddressInfo;
  return {
    address: `/ip4/127.0.0.1/tcp/${own}/p2p/${peer}`,
    freeze: () => {
      for (const socket of sockets) socket.unpipe().removeAllListeners('end').pause();
    },
    bytes: () => ({ sent: Buffer.concat(sent), received: Buffer.concat(received) }),
  };
}
