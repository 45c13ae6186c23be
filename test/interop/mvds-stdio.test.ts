import { buildSync } from 'esbuild';
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FrameTooLargeError, readFrames, toFrame } from '../../main/mvds/frames.ts';
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
  await until(() => frames(said.out).length === 2);
  const [first, second] = frames(said.out);
  expect(second).toEqual(first);
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

test('frames are read whatever their pieces, and one that is too large is refused', async () => {
  const payloads = [Buffer.from('one'), Buffer.alloc(0), Buffer.alloc(3000, 1)];
  const bytes = Buffer.concat(payloads.map(toFrame));
  for (const size of [1, 3, 1000, bytes.length]) {
    async function* pieces(): AsyncGenerator<Uint8Array> {
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
    }
    const read: Buffer[] = [];
    for await (const payload of readFrames(pieces(), 3000)) read.push(Buffer.from(payload));
    expect(read).toEqual(payloads);
    const refused = async (): Promise<void> => {
      for await (const payload of readFrames(pieces(), 2999)) read.push(Buffer.from(payload));
    };
    await expect(refused()).rejects.toThrow(FrameTooLargeError);
  }
});
