import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { noise } from '@libp2p/noise';
import { yamux } from '@libp2p/yamux';
import { tcp } from '@libp2p/tcp';
import { createLibp2p } from 'libp2p';
import { multiaddr } from '@multiformats/multiaddr';
import { expect, onTestFinished, test } from 'vitest';
import { wholePackets } from '../../main/network/whole-packets.ts';

/** How many writes a message of `bytes` is for the socket below Noise, by what a server in between reads. */
async function readsOf(bytes: number, encrypter: typeof noise): Promise<number[]> {
  const node = (listen: string[]) =>
    createLibp2p({
      addresses: { listen },
      transports: [tcp()],
      connectionEncrypters: [encrypter()],
      streamMuxers: [yamux({ enableKeepAlive: false })],
      connectionMonitor: { enabled: false },
    });
  const [one, other] = await Promise.all([node([]), node(['/ip4/127.0.0.1/tcp/0'])]);
  const sizes: number[] = [];
  const sockets: Socket[] = [];
  const [target] = other.getMultiaddrs();
  const port = Number(target?.getComponents().find(({ name }) => name === 'tcp')?.value);
  const between = createServer((near) => {
    const far = connect(port, '127.0.0.1').setNoDelay(true);
    sockets.push(near, far);
    near.on('data', (data) => (sizes.push(data.byteLength), far.write(data)));
    far.on('data', (data) => near.write(data));
    for (const socket of [near, far]) socket.on('error', () => undefined);
  }).listen(0, '127.0.0.1');
  await once(between, 'listening');
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    between.close();
    await Promise.all([one.stop(), other.stop()]);
  });
  const arrivals = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
  await other.handle('/test', (stream) => {
    let left = bytes;
    stream.addEventListener('message', ({ data }) => {
      left -= data.byteLength;
      if (left > 0) return;
      left = bytes;
      arrivals.shift()?.resolve(undefined);
    });
  });
  const { port: proxy } = between.address() as AddressInfo;
  const address = multiaddr(`/ip4/127.0.0.1/tcp/${proxy}/p2p/${other.peerId.toString()}`);
  const stream = await one.dialProtocol(address, '/test');
  const [first, second] = arrivals;
  // What belongs to the opening of the stream goes with the first.
  stream.send(new Uint8Array(bytes));
  await first?.promise;
  const before = sizes.length;
  stream.send(new Uint8Array(bytes));
  await second?.promise;
  return sizes.slice(before);
}

/** Length of Noise (2) and its tag (16), header of Yamux (12). */
const AROUND = 2 + 16 + 12;

test('a small message is one packet', async () => {
  expect(await readsOf(5, (() => wholePackets(noise())) as typeof noise)).toEqual([5 + AROUND]);
});

test('a large message is not copied, and arrives whole', async () => {
  const sizes = await readsOf(60_000, (() => wholePackets(noise())) as typeof noise);
  expect(sizes.reduce((sum, size) => sum + size)).toBe(60_000 + AROUND);
});
