import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ContentKeyring } from '../../main/identity/content-keyring.ts';
import { contentKeyGroup, deviceListGroup, deviceListOf } from '../../main/identity/device-list.ts';
import type { DeviceListId } from '../../main/identity/device-list.ts';
import { openKeys } from '../../main/identity/keys.ts';
import type { MessageStore } from '../../main/mvds/ports.ts';
import type { GroupId } from '../../main/helpers/ids.ts';
import { readGroup } from '../../main/device/read-group.ts';
import { piecesOf } from '../helpers/files.ts';
import { letIn, OwnDevice, relayHere } from '../helpers/own-devices.ts';
import { inStoreOf } from '../helpers/stored.ts';

async function backupOf({ exchange }: OwnDevice): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of (await exchange.backup()).content) parts.push(part);
  return Buffer.concat(parts);
}

const bodiesOf = async (messages: MessageStore, group: GroupId) =>
  (await readGroup(messages, group)).map(({ body }) => body);

/** The epoch that the device of one folder seals under, and whether the device of another one could open it. */
async function currentEpoch(folder: string, of: OwnDevice) {
  const [own, other] = [await openKeys(folder, true), await openKeys(of.folder, true)];
  return inStoreOf(folder, async ({ settings, sync }) => {
    const id = (await settings.get('device-list')) as DeviceListId;
    const list = deviceListOf(id, await bodiesOf(sync.messages, deviceListGroup(id)));
    const log = await bodiesOf(sync.messages, contentKeyGroup(id));
    if (!list) throw new Error('no list');
    const epoch = new ContentKeyring(own, list, log).current({
      now: Date.now(),
      messages: () => 0,
    })?.epoch;
    if (epoch === undefined) throw new Error('no epoch');
    return { epoch, isKnown: new ContentKeyring(other, list, log).get(epoch) !== undefined };
  });
}

/** A, B and C belong together; a backup of A; then C is removed. */
async function removedAfterBackup(relay: string, options: { onRestart?: () => void } = {}) {
  const a = await OwnDevice.start('A', relay, options);
  const b = await OwnDevice.start('B', relay);
  const c = await OwnDevice.start('Stolen laptop', relay);
  await letIn(a, b);
  await letIn(a, c);
  await a.send('before the backup');
  for (const device of [b, c]) await device.hasTexts('before the backup');
  const backup = await backupOf(a);
  // Away: nobody else can tell A of the removal again.
  await b.close();
  await c.close();
  await a.commands.removeDevice({ device: c.id });
  await a.send('after the removal');
  return { a, c, backup };
}

async function expectRemoved(again: OwnDevice, c: OwnDevice, relay: string): Promise<void> {
  const devices = await again.commands.devices({});
  expect(devices.find(({ id }) => id === c.id)).toMatchObject({ removed: { by: { name: 'A' } } });
  await again.send('written on the store that took the place');
  const stolen = await OwnDevice.start(undefined, relay, { folder: c.folder });
  await stolen.eventually(
    async () => (await stolen.commands.status({})).membership === 'removed',
    'C is refused',
  );
  expect(await stolen.texts()).toEqual(['before the backup']);
  await stolen.close();
  await again.close();
  expect(await currentEpoch(again.folder, c)).toMatchObject({ isKnown: false });
}

test('a backup that is put back brings no removed device back, and the person confirms the others', async () => {
  const relay = await relayHere();
  const { a, c, backup } = await removedAfterBackup(relay, { onRestart: () => undefined });
  await a.exchange.restore(piecesOf(backup, 10_000));
  await a.close();
  const before = await currentEpoch(a.folder, c);
  // What it knew of the removal is there before anybody is asked, and before another device could say so.
  expect(before.isKnown).toBe(false);
  const again = await OwnDevice.start(undefined, relay, { folder: a.folder });
  expect((await again.commands.devices({})).find(({ id }) => id === c.id)).toMatchObject({
    removed: { by: { name: 'A' } },
  });
  expect(await again.texts()).toEqual(['before the backup']);
  expect(await again.commands.status({})).toMatchObject({ confirmDevices: true });
  await expect(again.commands.confirmDevices({ keep: ['Nobody'] })).rejects.toMatchObject({
    code: 'not-found',
  });
  expect(await again.commands.confirmDevices({ keep: ['B'] })).toMatchObject({
    confirmDevices: false,
  });
  const members = (await again.commands.devices({})).filter(({ removed }) => removed === null);
  expect(members.map(({ name }) => name)).toEqual(['A', 'B']);
  await expectRemoved(again, c, relay);
  expect((await currentEpoch(again.folder, c)).epoch).not.toBe(before.epoch);
  // Once is enough.
  const third = await OwnDevice.start(undefined, relay, { folder: a.folder });
  expect(await third.commands.status({})).toMatchObject({ confirmDevices: false });
}, 120_000);

test('a store that is set aside as damaged takes no removal with it', async () => {
  const relay = await relayHere();
  const { a, c } = await removedAfterBackup(relay);
  await a.close();
  const file = join(a.folder, 'messages.db');
  const bytes = readFileSync(file);
  // Its last page, which is none of those that say who belongs: far fewer pages would do for it to be set aside.
  bytes.fill(0x5a, bytes.length - 4_124);
  writeFileSync(file, bytes);
  const notices: string[] = [];
  const log = { error: () => undefined, notice: (text: string) => void notices.push(text) };
  const again = await OwnDevice.start(undefined, relay, { folder: a.folder, log });
  expect(notices).toEqual([expect.stringMatching(/was damaged. It was set aside unchanged/u)]);
  expect(await again.texts()).toEqual([]);
  expect(await again.commands.status({})).toMatchObject({
    membership: 'member',
    confirmDevices: false,
  });
  await expectRemoved(again, c, relay);
}, 120_000);

test('what a device does not keep after a backup was put back is removed, on the others too', async () => {
  const relay = await relayHere();
  const a = await OwnDevice.start('A', relay, { onRestart: () => undefined });
  const b = await OwnDevice.start('B', relay);
  const c = await OwnDevice.start('C', relay);
  await letIn(a, b);
  await letIn(a, c);
  const backup = await backupOf(a);
  await a.exchange.restore(piecesOf(backup, 10_000));
  await a.close();
  const again = await OwnDevice.start(undefined, relay, { folder: a.folder });
  await again.commands.confirmDevices({ keep: [b.id] });
  for (const device of [b, c]) {
    await device.eventually(async () => {
      const devices = await device.commands.devices({});
      return devices.some(({ id, removed }) => id === c.id && removed !== null);
    }, 'it knows that C was removed');
  }
}, 120_000);
