import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { AttachmentView, MessageView, Status } from '../../main/api/types.ts';
import { fileGroup } from '../../main/identity/device-list.ts';
import type { DeviceListId } from '../../main/identity/device-list.ts';
import { pair, reunion, startDevice, startRelay, temporaryFolder } from '../helpers/processes.ts';
import { sha256 } from '../helpers/files.ts';
import { inStoreOf } from '../helpers/stored.ts';

const TIMEOUT_MS = 120_000;
const MEGABYTE = 1_000_000;

async function json<T>(...args: string[]): Promise<T> {
  const { code, stdout, stderr } = await reunion([...args, '--json']);
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as T;
}

async function fileOn(data: string, id: string): Promise<AttachmentView | undefined> {
  const files = await json<AttachmentView[]>('files', '--data', data);
  return files.find((file) => file.id === id);
}

/** Chunks of files that a device which is not running holds. */
function chunksIn(data: string): Promise<number> {
  return inStoreOf(data, async ({ settings, sync }) => {
    const group = fileGroup((await settings.get('device-list')) as DeviceListId);
    return (await sync.messages.arrivedAfter(0, 1_000, [group])).length;
  });
}

async function twoDevices() {
  const relay = await startRelay();
  const options = ['--relay', relay.address, '--web', 'off'];
  const [a, b] = [temporaryFolder(), temporaryFolder()];
  const devices = { a: await startDevice(a, options), b: await startDevice(b, options) };
  await pair(a, b);
  return { a, b, ...{ options, devices } };
}

test(
  'the command line sends a file, lists it, gets it on demand, and saves it under its name',
  async () => {
    const { a, b } = await twoDevices();
    const policy = ['files', 'policy', '--data', b];
    expect((await reunion([...policy, 'on-demand'])).stdout).toBe(
      'gets the files that are asked for',
    );
    expect((await reunion([...policy, 'recent'])).code).toBe(1);
    const content = randomBytes(300_000);
    const path = join(temporaryFolder(), 'holiday photo.png');
    writeFileSync(path, content);
    const send = ['send', '--data', a, '--conversation', 'Notes', '--file', path];
    const sent = await json<MessageView>(...send, 'look');
    const [attachment] = sent.attachments;
    expect(attachment).toMatchObject({
      ...{ id: sha256(content), name: 'holiday photo.png', mediaType: 'image/png' },
      ...{ bytes: 300_000, state: 'here' },
    });
    const id = attachment?.id ?? '';
    await expect.poll(() => fileOn(b, id), { timeout: 30_000 }).toMatchObject({ state: 'absent' });
    const folder = temporaryFolder();
    const save = ['files', 'save', '--data', b, id, folder];
    expect(await reunion(save)).toMatchObject({
      code: 1,
      stderr: 'reunion: This file is not here.\n',
    });
    expect(readdirSync(folder)).toEqual([]);
    expect((await reunion(['files', 'fetch', '--data', b, id])).stdout).toBe('arriving');
    await expect.poll(() => fileOn(b, id), { timeout: 30_000 }).toMatchObject({ state: 'here' });
    expect((await reunion(save)).code).toBe(0);
    expect(readFileSync(join(folder, 'holiday photo.png')).equals(content)).toBe(true);
    const again = await reunion(save);
    expect(again.code).toBe(1);
    expect(again.stderr).toContain('--force');
    expect((await reunion([...save, '--force'])).code).toBe(0);
    const listed = await reunion(['files', '--data', b, '--conversation', 'Notes']);
    expect(listed.stdout).toContain('here  holiday photo.png');
    const shown = await reunion(['messages', '--data', b, '--conversation', 'Notes']);
    expect(shown.stdout).toContain('look [holiday photo.png]');
    expect((await reunion(['send', '--data', a, '--conversation', 'Notes'])).code).toBe(2);
    const missing = await reunion([...send.slice(0, -1), join(folder, 'none')]);
    expect(missing).toMatchObject({ code: 1 });
  },
  TIMEOUT_MS,
);

test(
  'transfer says what synchronizing may cost, and it holds after a restart',
  async () => {
    const data = temporaryFolder();
    const device = await startDevice(data, ['--web', 'off']);
    const set = ['transfer', '--data', data, '--metered', '--send-limit', '200'];
    expect((await reunion(set)).stdout).toBe(
      'metered: files wait; sends 200 kB/s at most, receives as fast as it can',
    );
    await device.process.kill('SIGTERM');
    await startDevice(data, ['--web', 'off']);
    const { files } = await json<Status>('status', '--data', data);
    expect(files).toMatchObject({
      ...{ metered: true, deferred: 'metered', sendLimit: 200, receiveLimit: null },
    });
    const unset = ['transfer', '--data', data, '--unmetered', '--send-limit', 'none'];
    expect((await reunion(unset)).stdout).toBe(
      'sends as fast as it can, receives as fast as it can',
    );
    expect((await reunion(['transfer', '--data', data, '--send-limit', '3'])).code).toBe(2);
  },
  TIMEOUT_MS,
);

test(
  'a transfer that is cut by kill -9, on either side, goes on where it was and sends nothing twice',
  async () => {
    const { a, b, options, devices } = await twoDevices();
    const content = randomBytes(24 * MEGABYTE);
    const id = sha256(content);
    const path = join(temporaryFolder(), 'big.bin');
    writeFileSync(path, content);
    // Slow enough to be cut in the middle of it.
    await reunion(['transfer', '--data', b, '--receive-limit', '3000']);
    const sent = await reunion(['send', '--data', a, '--conversation', 'Notes', '--file', path]);
    expect(sent.code).toBe(0);
    const received = async () => (await fileOn(b, id))?.received ?? 0;
    await expect.poll(received, { timeout: 30_000 }).toBeGreaterThan(4 * MEGABYTE);
    await devices.b.process.kill('SIGKILL');
    const second = await startDevice(b, options);
    const held = await received();
    expect(held).toBeGreaterThan(4 * MEGABYTE);
    expect(held).toBeLessThan(content.byteLength);
    await expect.poll(received, { timeout: 30_000 }).toBeGreaterThan(held + 4 * MEGABYTE);
    const heldThen = await received();
    await devices.a.process.kill('SIGKILL');
    await startDevice(a, options);
    await reunion(['transfer', '--data', b, '--receive-limit', 'none']);
    await expect.poll(() => fileOn(b, id), { timeout: 60_000 }).toMatchObject({ state: 'here' });
    const { peers } = await json<Status>('status', '--data', b);
    // What the last session brought, and nothing that was there: a window's worth may have been on its way.
    const rest = content.byteLength - heldThen;
    expect(peers[0]?.bytesReceived).toBeLessThan(rest + 3 * MEGABYTE);
    const out = join(temporaryFolder(), 'out');
    expect((await reunion(['files', 'save', '--data', b, id, out])).code).toBe(0);
    expect(readFileSync(out).equals(content)).toBe(true);
    expect(second.process.child.exitCode).toBeNull();
  },
  TIMEOUT_MS,
);

test(
  'a device that is killed while it begins to send a file leaves no chunks of it, there or elsewhere',
  async () => {
    const { a, b, options, devices } = await twoDevices();
    const path = join(temporaryFolder(), 'big.bin');
    writeFileSync(path, randomBytes(30 * MEGABYTE));
    const sending = reunion(['send', '--data', a, '--conversation', 'Notes', '--file', path]);
    const staged = join(a, 'added-files');
    const hasBegun = () => readdirSync(staged).some((name) => name.endsWith('.json'));
    await expect.poll(hasBegun, { timeout: 30_000, interval: 5 }).toBe(true);
    await devices.a.process.kill('SIGKILL');
    expect((await sending).code).not.toBe(0);
    const again = await startDevice(a, options);
    expect(readdirSync(staged)).toEqual([]);
    for (const data of [a, b]) {
      const settled = async () => {
        const { peers, files } = await json<Status>('status', '--data', data);
        return { state: peers[0]?.state, toSend: peers[0]?.toSend, files: files.files };
      };
      await expect
        .poll(settled, { timeout: 60_000 })
        .toEqual({ state: 'up-to-date', toSend: 0, files: 0 });
      expect(await json<unknown[]>('files', '--data', data)).toEqual([]);
    }
    for (const { process } of [again, devices.b]) await process.kill('SIGTERM');
    for (const data of [a, b]) expect(await chunksIn(data)).toBe(0);
  },
  TIMEOUT_MS,
);
