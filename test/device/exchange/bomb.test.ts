import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { zipSync } from 'fflate';
import { expect, test } from 'vitest';
import { zipped } from '../../../main/device/exchange/exporter.ts';
import { reunion, startDevice, temporaryFolder } from '../../helpers/processes.ts';
import { apiOf } from '../../helpers/watch.ts';

const MiB = 1024 * 1024;
const RSS_MAX = 1024 * MiB;

/** A ZIP of some kilobytes with a text of so many MiB. */
async function smallZip(path: string, mebibytes: number): Promise<Buffer> {
  async function* zeros() {
    for (let at = 0; at < mebibytes; at += 1) yield new Uint8Array(MiB).fill(0x61);
  }
  async function* files() {
    yield { path, content: zeros() };
  }
  const parts: Uint8Array[] = [];
  for await (const part of zipped(files())) parts.push(part);
  return Buffer.concat(parts);
}

/** Bytes that the process has in memory, from the kernel. */
function rssOf(pid: number): number {
  const found = /^VmRSS:\s+(\d+) kB$/mu.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(found?.[1] ?? 0) * 1024;
}

test('a ZIP that is a thousand times as large inside, on any level, is too large; the device answers meanwhile', async () => {
  const folder = temporaryFolder();
  const device = await startDevice(folder, ['--web', 'off']);
  const api = await apiOf(folder);
  const inner = await smallZip('chat.txt', 150);
  const levels = Object.fromEntries(
    Array.from({ length: 60 }, (_, at) => [`chat ${at}.txt`, new Uint8Array(inner)]),
  );
  const nested = zipSync(levels, { level: 9 });
  expect(nested.byteLength).toBeLessThan(20 * MiB);
  const deeper = zipSync({ 'a.txt': zipSync({ 'b.txt': nested }, { level: 9 }), 'c.md': nested });
  // 250 MiB of one line of JSON, which is within the budget and beyond the memory of the thread.
  const json = await smallZip('result.json', 250);
  const files = {
    'nested.zip': nested,
    'deeper.zip': deeper,
    'flat.zip': await smallZip('chat.txt', 300),
    'liar.zip': liar(),
    'long.zip': json,
  };
  let largest = 0;
  let slowest = 0;
  for (const [name, content] of Object.entries(files)) {
    const path = join(temporaryFolder(), name);
    writeFileSync(path, content);
    const done = reunion(['import', '--data', folder, path]);
    const ended = new AbortController();
    void done.finally(() => ended.abort());
    while (!ended.signal.aborted) {
      const started = performance.now();
      await api.call('status', {});
      slowest = Math.max(slowest, performance.now() - started);
      largest = Math.max(largest, rssOf(device.process.child.pid ?? 0));
      await new Promise((resolve) => setImmediate(resolve));
    }
    const { code, stderr } = await done;
    expect(code, name).toBe(1);
    const isLarge = name !== 'liar.zip' && name !== 'long.zip' && name !== 'deeper.zip';
    if (isLarge) expect(stderr, name).toMatch(/The file is too large to be imported/u);
  }
  console.log(`largest ${Math.round(largest / MiB)} MiB, slowest answer ${Math.round(slowest)} ms`);
  expect(largest).toBeLessThan(RSS_MAX);
  expect(slowest).toBeLessThan(1_000);
  expect(await api.call('importState', {})).toEqual({ kind: 'idle' });
}, 120_000);

/** Says that its one text has ten bytes; it has 400 MiB. */
function liar(): Uint8Array {
  const honest = zipSync({ 'chat.txt': new Uint8Array(10).fill(0x61) }, { level: 0 });
  const packed = deflateRawSync(Buffer.alloc(400 * MiB, 0x61));
  const view = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset);
  const [head, tail] = [honest.slice(0, 38), honest.slice(48)];
  view(head).setUint16(8, 8, true);
  view(head).setUint32(18, packed.byteLength, true);
  view(tail).setUint16(10, 8, true);
  view(tail).setUint32(20, packed.byteLength, true);
  const end = tail.byteLength - 22;
  view(tail).setUint32(end + 16, head.byteLength + packed.byteLength, true);
  return Buffer.concat([head, packed, tail]);
}
