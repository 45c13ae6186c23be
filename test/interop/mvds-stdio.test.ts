import { buildSync } from 'esbuild';
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readFrames, toFrame } from '../../main/mvds/frames.ts';
import { compactMessage, field, frame, frames, idOf } from './by-hand.ts';

const GROUP = Buffer.alloc(32, 7);
const folder = mkdtempSync(join(tmpdir(), 'mvds-stdio-'));
const program = join(folder, 'mvds-stdio.mjs');
const running: ChildProcessWithoutNullStreams[] = [];

beforeAll(() => {
  buildSync({
    entryPoints: [fileURLToPath(new URL('mvds-stdio.ts', import.meta.url))],
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile: program,
  });
});

afterAll(() => {
  for (const child of running) child.kill();
  rmSync(folder, { recursive: true });
});

function start(...more: string[]) {
  const args = [program, '--group', GROUP.toString('hex'), '--epoch', '200', ...more];
  const child = spawn(process.execPath, args);
  running.push(child);
  const said = { out: Buffer.alloc(0), err: '' };
  const waiting: (() => void)[] = [];
  const heard = (): void => waiting.splice(0).forEach((look) => look());
  child.stdout.on('data', (chunk: Buffer) => {
    said.out = Buffer.concat([said.out, chunk]);
    heard();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    said.err += chunk.toString();
    heard();
  });
  const until = async (isTrue: () => boolean): Promise<void> => {
    while (!isTrue()) await new Promise<void>((resolve) => waiting.push(resolve));
  };
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  return { child, said, until, ended };
}

test('a codec written by hand in the compact dialect is requested, delivered and acknowledged', async () => {
  const body = Buffer.from('from another implementation');
  const id = idOf(GROUP, 1_600_000_000n, body);
  const { child, said, until, ended } = start();

  child.stdin.write(frame(field(2, id)));
  await until(() => frames(said.out).length === 1);
  expect(frames(said.out)[0]).toEqual(field(3, id));

  child.stdin.write(frame(compactMessage(GROUP, 1_600_000_000n, body)));
  await until(() => frames(said.out).length === 2 && said.err.includes('\n'));
  expect(frames(said.out)[1]).toEqual(field(1, id));
  expect(JSON.parse(said.err)).toEqual({
    delivered: id.toString('hex'),
    timestamp: '1600000000',
    body: body.toString('hex'),
  });
  child.stdin.end();
  expect(await ended).toBe(0);
});

test('what it appends reaches a codec written by hand, again and again until it is acknowledged', async () => {
  const { child, said, until, ended } = start('--dialect', 'compact', '--append', 'hello');
  await until(() => frames(said.out).length === 3);
  const [first, second, third] = frames(said.out);
  // Until the peer has spoken, every second transmission is in the other dialect.
  expect(second?.subarray(0, 3).toString('hex')).toBe('e2b802');
  expect(third).toEqual(first);
  const { delivered, timestamp } = JSON.parse(said.err) as { delivered: string; timestamp: string };
  expect(first).toEqual(compactMessage(GROUP, BigInt(timestamp), Buffer.from('hello')));
  child.stdin.end(frame(field(1, Buffer.from(delivered, 'hex'))));
  expect(await ended).toBe(0);
});

test('two processes wired to each other end with the same messages', async () => {
  const a = start('--append', 'a1', '--append', 'a2', '--mode', 'interactive');
  const b = start('--append', 'b1');
  a.child.stdout.pipe(b.child.stdin);
  b.child.stdout.pipe(a.child.stdin);
  const lines = (said: { err: string }): string[] => said.err.split('\n').filter((it) => it !== '');
  await a.until(() => lines(a.said).length === 3);
  await b.until(() => lines(b.said).length === 3);
  expect(lines(a.said).sort()).toEqual(lines(b.said).sort());
  a.child.stdout.unpipe();
  b.child.stdout.unpipe();
  a.child.stdin.end();
  b.child.stdin.end();
  expect(await Promise.all([a.ended, b.ended])).toEqual([0, 0]);
});

test('a peer that knows the compact dialect alone is found out by its empty answer, without --dialect', async () => {
  const { child, said, until, ended } = start('--epoch', '60000', '--append', 'hello');
  await until(() => frames(said.out).length === 1);
  expect(frames(said.out)[0]?.subarray(0, 3).toString('hex')).toBe('e2b802');
  child.stdin.write(frame(Buffer.alloc(0)));
  await until(() => frames(said.out).length === 2);
  const { timestamp } = JSON.parse(said.err) as { timestamp: string };
  expect(frames(said.out)[1]).toEqual(
    compactMessage(GROUP, BigInt(timestamp), Buffer.from('hello')),
  );
  child.stdin.end();
  expect(await ended).toBe(0);
});

const parents = (...ids: readonly Buffer[]): Buffer =>
  field(4, Buffer.concat(ids.map((id) => field(1, id))));

function child(body: string, ...named: readonly Buffer[]): Buffer {
  return field(4, Buffer.concat([field(1, GROUP), field(3, Buffer.from(body)), parents(...named)]));
}

test('messages whose parents lie in a circle are delivered and named; with --delivery eventual nothing waits', async () => {
  const [a, b] = ['a', 'b'].map((body) => idOf(GROUP, 0n, Buffer.from(body)));
  if (a === undefined || b === undefined) throw new Error('no ids');
  const causal = start();
  causal.child.stdin.end(Buffer.concat([frame(child('a', b)), frame(child('b', a))]));
  expect(await causal.ended).toBe(0);
  const lines = causal.said.err
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as object);
  expect(lines).toMatchObject([
    { reason: 'circle', message: a.toString('hex'), unmetParents: [b.toString('hex')] },
    { delivered: a.toString('hex') },
    { delivered: b.toString('hex') },
  ]);
  const eventual = start('--delivery', 'eventual');
  eventual.child.stdin.end(frame(child('a', b)));
  expect(await eventual.ended).toBe(0);
  expect(JSON.parse(eventual.said.err)).toMatchObject({ delivered: a.toString('hex') });
});

test('twenty ephemeral messages written together all reach the other process', async () => {
  const typing = Array.from({ length: 20 }, (_, n) => `typing ${n}`);
  const a = start(...typing.flatMap((text) => ['--ephemeral', text]));
  const b = start();
  a.child.stdout.pipe(b.child.stdin);
  b.child.stdout.pipe(a.child.stdin);
  const delivered = (): string[] =>
    [...b.said.err.matchAll(/"body":"(\w+)"/g)].map(([, hex = '']) =>
      Buffer.from(hex, 'hex').toString(),
    );
  await b.until(() => delivered().length === typing.length);
  expect(delivered()).toEqual(typing);
  a.child.stdout.unpipe();
  b.child.stdout.unpipe();
  a.child.stdin.end();
  b.child.stdin.end();
  expect(await Promise.all([a.ended, b.ended])).toEqual([0, 0]);
});

test('a frame above 4 MiB is skipped and told of in one line, and what follows is delivered', async () => {
  const { child: process, said, ended } = start();
  const body = Buffer.from('after it');
  const id = idOf(GROUP, 5n, body);
  const [bytes, limit] = [5_200_000, 4 * 1024 * 1024];
  process.stdin.write(frame(Buffer.alloc(bytes, 7)));
  process.stdin.end(frame(compactMessage(GROUP, 5n, body)));
  expect(await ended).toBe(0);
  const [first, second, ...more] = said.err.trim().split('\n');
  expect(JSON.parse(first ?? '')).toEqual({
    rejected: { type: 'payload-too-large', bytes, limit },
  });
  expect(JSON.parse(second ?? '')).toMatchObject({ delivered: id.toString('hex') });
  expect(more).toEqual([]);
  expect(frames(said.out)).toEqual([field(1, id)]);
});

test('frames are read whatever their pieces, and those that are too large are skipped', async () => {
  const payloads = [3000, 0, 10_000, 3, 3001, 2999].map((size, n) => Buffer.alloc(size, n));
  const bytes = Buffer.concat(payloads.map(toFrame));
  for (const size of [1, 3, 1000, 4096, bytes.length]) {
    async function* pieces(): AsyncGenerator<Uint8Array> {
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
    }
    for (const limit of [3000, 2999]) {
      const read: Buffer[] = [];
      const skipped: number[] = [];
      for await (const payload of readFrames(pieces(), limit, (length) => skipped.push(length))) {
        read.push(Buffer.from(payload));
      }
      const isKept = ({ length }: Buffer): boolean => length <= limit;
      expect(read).toEqual(payloads.filter(isKept));
      expect(skipped).toEqual(payloads.filter((it) => !isKept(it)).map(({ length }) => length));
    }
  }
});

test('a frame of 4 GiB that never ends is skipped without being kept', async () => {
  const piece = new Uint8Array(1 << 20);
  const before = process.memoryUsage().arrayBuffers;
  let most = 0;
  async function* pieces(): AsyncGenerator<Uint8Array> {
    yield new Uint8Array([255, 255, 255, 255]);
    for (let n = 0; n < 3000; n += 1) {
      yield piece;
      most = Math.max(most, process.memoryUsage().arrayBuffers);
    }
  }
  const skipped: number[] = [];
  for await (const payload of readFrames(pieces(), 3000, (length) => skipped.push(length))) {
    expect(payload).toBeUndefined();
  }
  expect(skipped).toEqual([2 ** 32 - 1]);
  expect(most - before).toBeLessThan(16 << 20);
});
