import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { zipSync } from 'fflate';
import { expect, test } from 'vitest';
import { piecesOf } from '../../helpers/files.ts';
import { OwnDevice, relayHere } from '../../helpers/own-devices.ts';
import { temporaryFolder } from '../../helpers/processes.ts';

async function started(folder: string, options: { readonly onRestart?: () => void } = {}) {
  const told: string[] = [];
  const log = {
    error: (error: unknown) => told.push(String(error)),
    notice: (text: string) => told.push(text),
  };
  const device = await OwnDevice.start('Desk', await relayHere(), { folder, log, ...options });
  return { device, told };
}

async function backupOf({ exchange }: OwnDevice): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of (await exchange.backup()).content) parts.push(part);
  return Buffer.concat(parts);
}

const workFolders = (folder: string) =>
  readdirSync(folder).filter((name) => name.startsWith('.backup-under-way'));

test('a backup takes the place of the store once the device has been closed, and the store is kept', async () => {
  const folder = temporaryFolder();
  let restarts = 0;
  const { device, told } = await started(folder, { onRestart: () => (restarts += 1) });
  await device.send('before');
  const backup = await backupOf(device);
  await device.send('after');

  await device.exchange.restore(piecesOf(backup, 10_000));
  expect(restarts).toBe(1);
  // Until then everything goes on.
  await device.send('meanwhile');
  expect(await device.texts()).toEqual(['before', 'after', 'meanwhile']);
  await device.close();
  expect(told).toEqual([
    expect.stringMatching(/^A backup was put back; the store before is .*replaced/u),
  ]);
  expect(workFolders(folder)).toEqual([]);

  const again = await started(folder);
  expect(await again.device.texts()).toEqual(['before']);
  expect(again.told).toEqual([]);
});

test('what is no backup of this device is refused in words, and nothing is changed or left', async () => {
  const folder = temporaryFolder();
  let restarts = 0;
  const { device } = await started(folder, { onRestart: () => (restarts += 1) });
  await device.send('here');
  const backup = await backupOf(device);
  const { device: other } = await started(temporaryFolder());
  await other.send('elsewhere');

  const refused = [
    [new Uint8Array(), /no backup of Reunion/u],
    [Buffer.from('just some text'), /no backup of Reunion/u],
    [randomBytes(100_000), /no backup of Reunion|backup of another device/u],
    [zipSync({ 'holiday.jpg': randomBytes(100) }), /no backup of Reunion/u],
    [zipSync({ 'backup.db': randomBytes(50) }), /no backup of Reunion/u],
    [backup.subarray(0, backup.byteLength / 2), /no backup of Reunion/u],
    [await backupOf(other), /backup of another device/u],
  ] as const;
  for (const [content, words] of refused) {
    await expect(device.exchange.restore(piecesOf(content, 10_000))).rejects.toMatchObject({
      code: 'invalid-arguments',
      message: expect.stringMatching(words) as string,
    });
  }
  expect(restarts).toBe(0);
  expect(workFolders(folder)).toEqual([]);
  await device.close();
  expect(await (await started(folder)).device.texts()).toEqual(['here']);
});

test('a host that cannot start the device again refuses', async () => {
  const { device } = await started(temporaryFolder());
  await device.send('here');
  const backup = await backupOf(device);
  await expect(device.exchange.restore(piecesOf(backup, 10_000))).rejects.toMatchObject({
    code: 'not-found',
  });
});

test('a backup for which there is no room is refused before it fills the disk', async () => {
  const folder = temporaryFolder();
  const device = await OwnDevice.start('Desk', await relayHere(), {
    folder,
    onRestart: () => undefined,
    files: { freeBytes: async () => 64 * 1024 * 1024 + 5_000 },
  });
  await device.send('here');
  const backup = await backupOf(device);
  let taken = 0;
  async function* counted() {
    for await (const part of piecesOf(backup, 1_000)) {
      taken += part.byteLength;
      yield part;
    }
  }
  await expect(device.exchange.restore(counted())).rejects.toMatchObject({ code: 'no-space' });
  expect(taken).toBeLessThan(7_000);
  // The ZIP fits, and what is in it does not.
  const small = zipSync({ 'backup.db': new Uint8Array(4_000_000) });
  expect(small.byteLength).toBeLessThan(5_000);
  await expect(device.exchange.restore(piecesOf(small, 1_000))).rejects.toMatchObject({
    code: 'no-space',
  });
  expect(workFolders(folder)).toEqual([]);
});
