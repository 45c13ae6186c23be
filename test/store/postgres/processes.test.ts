import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { toPeerId } from '../../../main/mvds/ids.ts';
import { createMemorySyncStore } from '../../../main/mvds/memory-store.ts';
import type { Reply, Request } from './node-process.ts';
import { serverOfFile } from './open.ts';
import { idOf, isInStep, startNode, textOf, type TestNode } from './store-node.ts';

const PROGRAM = fileURLToPath(new URL('node-process.ts', import.meta.url));
/** The generated code of the wire format has namespaces, which Node has to translate. */
const EXEC_ARGV = ['--experimental-transform-types', '--no-warnings'];

const server = serverOfFile();

class NodeProcess {
  readonly name: string;
  readonly child: ChildProcess;
  readonly written: number[] = [];
  port = 0;
  #answered: (pages: readonly (readonly string[])[]) => void = () => undefined;
  #wrote: () => void = () => undefined;

  private constructor(name: string, child: ChildProcess) {
    this.name = name;
    this.child = child;
    child.on('message', (reply: Reply) => {
      if ('written' in reply) {
        this.written.push(reply.written);
        this.#wrote();
      }
      if ('done' in reply) this.#answered(reply.done);
    });
  }

  static async start(url: string, name: string, peers: readonly string[]): Promise<NodeProcess> {
    const child = fork(PROGRAM, [url, name, ...peers], { execArgv: EXEC_ARGV });
    onTestFinished(() => void child.kill('SIGKILL'));
    const node = new NodeProcess(name, child);
    const ended = once(child, 'exit').then(() => Promise.reject(new Error(`${name} has ended`)));
    // It may also end when nobody waits for it any longer.
    ended.catch(() => undefined);
    const [reply] = (await Promise.race([once(child, 'message'), ended])) as [Reply];
    if ('ready' in reply) node.port = reply.ready;
    return node;
  }

  ask(request: Request): Promise<readonly (readonly string[])[]> {
    this.child.send(request);
    return new Promise((resolve) => (this.#answered = resolve));
  }

  /** Resolves once this many messages of `write` are committed. */
  async wrote(count: number): Promise<void> {
    while (this.written.length < count) {
      await new Promise<void>((resolve) => (this.#wrote = resolve));
    }
  }

  async kill(): Promise<void> {
    const ended = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await ended;
  }
}

/** A device of its own, with a store in memory, that synchronizes with one of the processes. */
async function peerOf(name: string, { name: of, port }: NodeProcess): Promise<TestNode> {
  const sync = createMemorySyncStore();
  const storeId = Buffer.from(name.padEnd(16)).toString('hex');
  const peer = await startNode({ name, peers: [of], sync, storeId });
  onTestFinished(() => peer.stop());
  peer.transport.setAddress(toPeerId(of), port);
  return peer;
}

async function holdsAll(peer: TestNode, numbers: readonly number[]): Promise<void> {
  await peer.until(() => peer.delivered.length >= numbers.length);
  await peer.until(isInStep);
  expect(peer.delivered.map(({ id }) => id).sort()).toEqual(numbers.map(idOf).sort());
}

test('two processes that write to one database serve the same pages, and whoever synchronizes with either gets all', async () => {
  const url = await server().database();
  const a = await NodeProcess.start(url, 'a', ['p', 'late']);
  const b = await NodeProcess.start(url, 'b', ['q']);
  const [p, q] = [await peerOf('p', a), await peerOf('q', b)];
  const TOTAL = 600;
  await Promise.all([
    a.ask({ do: 'write', from: 0, to: TOTAL, step: 4 }),
    b.ask({ do: 'write', from: 1, to: TOTAL, step: 4 }),
    ...Array.from({ length: TOTAL / 4 }, (_, at) => p.write(4 * at + 2)),
    ...Array.from({ length: TOTAL / 4 }, (_, at) => q.write(4 * at + 3)),
  ]);
  const all = Array.from({ length: TOTAL }, (_, number) => number);
  await holdsAll(p, all);
  await holdsAll(q, all);
  await holdsAll(await peerOf('late', a), all);

  const [pagesOfA, pagesOfB] = await Promise.all(
    [a, b].map((node) => node.ask({ do: 'pages', limit: 70 })),
  );
  expect(pagesOfA).toEqual(pagesOfB);
  expect(pagesOfA?.flat()).toEqual(all.map((number) => `${idOf(number)} ${textOf(number)}`));
  for (const node of [a, b]) {
    const [delivered] = await node.ask({ do: 'held' });
    expect([...(delivered ?? [])].sort()).toEqual(all.map(idOf).sort());
  }
});

test('a process that is killed loses nothing it had confirmed, the other goes on, and it comes back to all', async () => {
  const url = await server().database();
  const a = await NodeProcess.start(url, 'a', ['p']);
  const b = await NodeProcess.start(url, 'b', ['q']);
  const q = await peerOf('q', b);
  void a.ask({ do: 'write', from: 0, to: 100_000, step: 2 });
  await a.wrote(50);
  await a.kill();
  const confirmed = [...a.written];
  await b.ask({ do: 'write', from: 1, to: 100, step: 2 });
  const [stored = []] = await b.ask({ do: 'pages', limit: 1_000 });
  const ids = stored.map((line) => line.split(' ')[0]);
  expect(ids).toEqual(expect.arrayContaining([...confirmed, ...b.written].map(idOf)));
  await q.until(() => q.delivered.length >= ids.length);
  expect(q.delivered.map(({ id }) => id).sort()).toEqual([...ids].sort());

  const again = await NodeProcess.start(url, 'a', ['p']);
  const p = await peerOf('p', again);
  await p.until(() => p.delivered.length >= ids.length);
  expect(p.delivered.map(({ id }) => id).sort()).toEqual([...ids].sort());
  expect(await again.ask({ do: 'pages', limit: 1_000 })).toEqual([stored]);
});
