import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { expect, test } from 'vitest';
import type { AttachmentView } from '../../main/api/types.ts';
import { pair, reunion, startDevice, temporaryFolder } from '../helpers/processes.ts';
import type { StartedDevice } from '../helpers/processes.ts';

const MEGABYTE = 1_000_000;
const FILE_BYTES = 300 * MEGABYTE;
/** What a device may need beyond what it needs without the file: a window each way, the store's log and what is garbage. */
const GROWTH_MAX = 250 * MEGABYTE;

/** The most memory that a process has had so far, bytes. */
function peakOf({ process }: StartedDevice): number {
  const status = readFileSync(`/proc/${process.child.pid}/status`, 'utf8');
  return Number(/VmHWM:\s*(\d+) kB/u.exec(status)?.[1]) * 1_024;
}

async function* noise(): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < FILE_BYTES; at += MEGABYTE) yield randomBytes(MEGABYTE);
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const bytes of createReadStream(path)) hash.update(bytes as Uint8Array);
  return hash.digest('hex');
}

test.runIf(process.platform === 'linux')(
  'a file of 300 MB goes to the other device and out of it with memory that does not depend on its size',
  async () => {
    const listen = ['--listen', '/ip4/127.0.0.1/tcp/0', '--web', 'off'];
    const [a, b] = [temporaryFolder(), temporaryFolder()];
    const devices = [await startDevice(a, listen), await startDevice(b, listen)];
    await pair(a, b);
    const before = devices.map(peakOf);
    const path = join(temporaryFolder(), 'large.bin');
    await pipeline(noise(), createWriteStream(path));
    const sent = await reunion(['send', '--data', a, '--conversation', 'Notes', '--file', path]);
    expect(sent.code).toBe(0);
    const file = async () => {
      const { stdout } = await reunion(['files', '--data', b, '--json']);
      return (JSON.parse(stdout) as AttachmentView[])[0];
    };
    const every = { timeout: 900_000, interval: 1_000 };
    await expect.poll(file, every).toMatchObject({ state: 'here', bytes: FILE_BYTES });
    const out = join(temporaryFolder(), 'out');
    const { id = '' } = (await file()) ?? {};
    expect((await reunion(['files', 'save', '--data', b, id, out])).code).toBe(0);
    expect(await hashOf(out)).toBe(await hashOf(path));
    const grown = devices.map((device, at) => peakOf(device) - (before[at] ?? 0));
    console.log(`grown by ${grown.map((bytes) => Math.round(bytes / MEGABYTE)).join(' and ')} MB`);
    for (const bytes of grown) expect(bytes).toBeLessThan(GROWTH_MAX);
  },
  1_200_000,
);
