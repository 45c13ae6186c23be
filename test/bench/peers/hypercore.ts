// One core for each writing device, replicated over a Noise-encrypted TCP stream; RocksDB at both ends.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { OpenReplica, Side } from './replica.ts';

interface Core {
  readonly key: Uint8Array;
  readonly length: number;
  readonly peers: readonly unknown[];
  ready(): Promise<void>;
  close(): Promise<void>;
  append(blocks: readonly unknown[]): Promise<unknown>;
  update(options: { readonly wait: boolean }): Promise<unknown>;
  download(range: { readonly start: number; readonly end: number }): { done(): Promise<void> };
  replicate(way: boolean | NodeJS.ReadWriteStream): NodeJS.ReadWriteStream;
}
type CoreClass = new (folder: string, ...rest: readonly unknown[]) => Core;

/** How often a core is looked at for what it has, milliseconds: it has no event for it. */
const LOOK_MS = 1;
const OPTIONS = { valueEncoding: 'json' };

export const openHypercore: OpenReplica = async (load, folder, side) => {
  const Hypercore = load('hypercore') as CoreClass;
  const keyFile = (of: Side): string => join(folder, `key-${of}`);
  const openOwn = async (of: Side): Promise<Core> => {
    const core = new Hypercore(join(folder, `${of}-own`), OPTIONS);
    await core.ready();
    if (!existsSync(keyFile(of))) writeFileSync(keyFile(of), core.key);
    return core;
  };
  const mine = await openOwn(side);
  const other = side === 'a' ? 'b' : 'a';
  // The key of the other one has to be known before it is replicated.
  if (!existsSync(keyFile(other))) await (await openOwn(other)).close();
  const theirs = new Hypercore(join(folder, `${side}-copy`), readFileSync(keyFile(other)), OPTIONS);
  await theirs.ready();

  const complete = async (expected: number): Promise<void> => {
    while (theirs.peers.length === 0) await delay(LOOK_MS);
    await theirs.update({ wait: true });
    while (mine.length + theirs.length < expected) {
      await delay(LOOK_MS);
      await theirs.update({ wait: true });
    }
    await theirs.download({ start: 0, end: theirs.length }).done();
  };
  const replicate = (socket: Socket, isInitiator: boolean): void => {
    socket.setNoDelay(true);
    const stream = mine.replicate(isInitiator);
    theirs.replicate(stream);
    stream.on('error', () => socket.destroy());
    socket.on('error', () => socket.destroy());
    socket.pipe(stream).pipe(socket);
  };
  return {
    add: async (messages) => {
      await mine.append(messages);
    },
    serve: async (port, expected) => {
      const connected = Promise.withResolvers<Socket>();
      const server = createServer((socket) => {
        replicate(socket, false);
        connected.resolve(socket);
      });
      await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
      return { complete: connected.promise.then(() => complete(expected)) };
    },
    pull: async (port, expected) => {
      replicate(connect(port, '127.0.0.1'), true);
      await complete(expected);
    },
    close: async () => {
      await mine.close();
      await theirs.close();
    },
  };
};
