import { createHash, randomBytes } from 'node:crypto';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { expect, test } from 'vitest';
import { readGroup } from '../../main/device/read-group.ts';
import { addDevice, deviceListGroup, timeOfEntry } from '../../main/identity/device-list.ts';
import type { DeviceListId } from '../../main/identity/device-list.ts';
import { openKeys } from '../../main/identity/keys.ts';
import { makeRecoveryFile } from '../../main/identity/recovery-file.ts';
import { messageIdOf } from '../../main/mvds/ids.ts';
import type { PeerId } from '../../main/mvds/types.ts';
import type { Store } from '../../main/store/index.ts';
import { letIn, OwnDevice, relayHere } from '../helpers/own-devices.ts';
import { reunion, temporaryFolder } from '../helpers/processes.ts';
import { inStoreOf } from '../helpers/stored.ts';

interface Phrase {
  readonly recovery: PeerId;
  readonly endorsement: string;
}
interface Body {
  readonly list: DeviceListId;
  readonly phrases: readonly Phrase[];
}

async function zipOf({ exchange }: OwnDevice): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of (await exchange.backup()).content) parts.push(part);
  return Buffer.concat(parts);
}

/** A file with the words of a new phrase. */
async function phraseFile({ commands }: OwnDevice): Promise<string> {
  const path = join(temporaryFolder(), 'phrase');
  writeFileSync(path, (await commands.createRecoveryPhrase({})).words.join(' '));
  return path;
}

const recover = (folder: string, phrase: string, ...rest: string[]) =>
  reunion(['recover', '--data', folder, '--phrase-file', phrase, ...rest]);

async function namesOf(folder: string, relay: string): Promise<string[]> {
  const device = await OwnDevice.start(undefined, relay, { folder });
  const devices = await device.commands.devices({});
  const status = await device.commands.status({});
  expect(status).toMatchObject({ confirmDevices: false });
  await device.close();
  return devices.flatMap(({ name, role, removed }) =>
    removed === null && role !== 'recovery' ? [name] : [],
  );
}

test('recover takes the ZIP that the window saves, and keeps the devices that it is told to', async () => {
  const relay = await relayHere();
  const a = await OwnDevice.start('Desk', relay);
  const b = await OwnDevice.start('Laptop', relay);
  await a.send('Rechnung 4711 bezahlen');
  await letIn(a, b);
  const phrase = await phraseFile(a);
  const zip = join(temporaryFolder(), 'reunion-backup.zip');
  writeFileSync(zip, await zipOf(a));
  await a.close();
  await b.close();

  const cases = [
    { args: [], kept: [] },
    { args: ['--keep', 'Laptop'], kept: ['Laptop'] },
    { args: ['--keep', b.id, '--keep', 'Desk'], kept: ['Desk', 'Laptop'] },
    { args: ['--keep-all'], kept: ['Desk', 'Laptop'] },
  ];
  for (const { args, kept } of cases) {
    const folder = temporaryFolder();
    const done = await recover(folder, phrase, zip, '--name', 'New', ...args);
    expect(done).toMatchObject({ code: 0, stderr: '' });
    expect((await namesOf(folder, relay)).sort()).toEqual([...kept, 'New'].sort());
    expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual([]);
  }
  const folder = temporaryFolder();
  expect(await recover(folder, phrase, zip, '--keep', 'Desk', '--keep-all')).toMatchObject({
    code: 2,
  });
  expect(readdirSync(folder)).toEqual([]);
}, 120_000);

test('a backup made by whoever keeps the file is refused, and nothing is written', async () => {
  const relay = await relayHere();
  const victim = await OwnDevice.start('Desk', relay);
  await victim.send('my own words');
  const phrase = await phraseFile(victim);
  // What whoever keeps the backup sees: an id, an entry and a list.
  const found = unzipSync(await zipOf(victim))['backup.db.recovery'] ?? new Uint8Array();
  const file = JSON.parse(Buffer.from(found).toString()) as { body: string };
  const { list, phrases } = JSON.parse(file.body) as Body;
  const [{ recovery, endorsement } = { recovery: '' as PeerId, endorsement: '' }] = phrases;
  const own = { peerId: recovery, endorsement: Buffer.from(endorsement, 'base64url') };
  await victim.close();
  const entries = await inStoreOf(victim.folder, (store) => entriesOf(store, list));

  const mac = await OwnDevice.start('MacBook', relay);
  await mac.send('some words that look like yours');
  await mac.close();
  const keys = await openKeys(mac.folder, true);
  const theirList = await inStoreOf(mac.folder, async ({ settings }) => {
    return (await settings.get('device-list')) as DeviceListId;
  });
  await inStoreOf(mac.folder, async (store) => {
    const known = await entriesOf(store, theirList);
    const described = {
      name: 'Recovery phrase',
      system: '',
      role: 'recovery',
      at: Date.now(),
    } as const;
    const entry = addDevice(keys, theirList, known, { peerId: recovery, ...described });
    await addEntries(store, theirList, [entry]);
  });
  const forgeries: {
    name: string;
    list: DeviceListId;
    change?: (store: Store) => Promise<void>;
  }[] = [
    { name: 'a list of their own', list: theirList },
    { name: 'the list of the phrase beside a store of another', list },
    {
      name: 'the entries of the list, as a mailbox has them, in a store of their own',
      list,
      change: async (store) => {
        await addEntries(store, list, entries);
        await store.settings.set('device-list', list);
      },
    },
  ];
  for (const { name, list: claimed, change } of forgeries) {
    const folder = join(temporaryFolder(), 'mac');
    cpSync(mac.folder, folder, { recursive: true });
    const place = temporaryFolder();
    const key = new Uint8Array(randomBytes(32));
    await inStoreOf(folder, async (store) => {
      await change?.(store);
      await store.backup(join(place, 'backup.db'), key);
    });
    writeFileSync(
      join(place, 'backup.db.recovery'),
      makeRecoveryFile({ maker: keys, list: claimed, key }, [own], (length) => randomBytes(length)),
    );
    const target = temporaryFolder();
    const done = await recover(target, phrase, join(place, 'backup.db'), '--keep-all');
    expect(done, name).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/None of your devices made this backup/u) as string,
    });
    expect(readdirSync(target), name).toEqual([]);
  }
}, 120_000);

test('what the phrase needs of one backup opens no other', async () => {
  const device = await OwnDevice.start('Desk', await relayHere());
  await device.send('one');
  const phrase = await phraseFile(device);
  const places = [];
  for (const text of ['two', 'three']) {
    const place = temporaryFolder();
    const files = unzipSync(await zipOf(device));
    for (const [name, content] of Object.entries(files)) writeFileSync(join(place, name), content);
    places.push(place);
    await device.send(text);
  }
  await device.close();
  const [first = '', second = ''] = places;
  cpSync(join(first, 'backup.db.recovery'), join(second, 'backup.db.recovery'));
  const target = temporaryFolder();
  expect(await recover(target, phrase, join(second, 'backup.db'))).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/This key does not open the store/u) as string,
  });
  expect(readdirSync(target)).toEqual([]);
  const digest = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');
  const before = digest(join(first, 'backup.db'));
  expect(await recover(target, phrase, join(first, 'backup.db'))).toMatchObject({ code: 0 });
  expect(digest(join(first, 'backup.db'))).toBe(before);
}, 60_000);

async function entriesOf({ sync }: Store, list: DeviceListId): Promise<Uint8Array[]> {
  return (await readGroup(sync.messages, deviceListGroup(list))).map(({ body }) => body);
}

async function addEntries(
  { sync }: Store,
  list: DeviceListId,
  entries: readonly Uint8Array[],
): Promise<void> {
  const groupId = deviceListGroup(list);
  const addMessages = entries.map((body) => {
    const timestamp = BigInt(timeOfEntry(body));
    const id = messageIdOf(groupId, timestamp, body);
    const metadata = { parents: [], ephemeral: false };
    const message = { id, groupId, timestamp, body, metadata };
    return { message, delivered: true, source: undefined };
  });
  await sync.commit({ addMessages });
}
