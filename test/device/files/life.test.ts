import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fileGroup } from '../../../main/identity/device-list.ts';
import type { DeviceListId } from '../../../main/identity/device-list.ts';
import {
  bytesOf,
  chunks,
  contentOf,
  filesOf,
  piecesOf,
  sendFile,
  sha256,
  shows,
} from '../../helpers/files.ts';
import { inStep, letIn, OwnDevice, relayHere } from '../../helpers/own-devices.ts';
import { inStoreOf } from '../../helpers/stored.ts';

const TIMEOUT_MS = 90_000;

/** Chunks that a device holds, once it is stopped: with their bodies, and all that have a place. */
async function chunksHeld(device: OwnDevice): Promise<{ bodies: number; places: number }> {
  await device.close();
  return inStoreOf(device.folder, async ({ settings, sync }) => {
    const group = fileGroup((await settings.get('device-list')) as DeviceListId);
    const bodies = await sync.messages.arrivedAfter(0, 100_000, [group]);
    return { bodies: bodies.length, places: await sync.messages.count(group) };
  });
}

test(
  'the same content is stored once and sent once, whatever it is called',
  async () => {
    const relay = await relayHere();
    const a = await OwnDevice.start('A', relay);
    const b = await OwnDevice.start('B', relay);
    await letIn(a, b);
    const content = bytesOf(chunks(2) + 1);
    await sendFile(a, content, 'one');
    await shows(b, sha256(content), 'here');
    await sendFile(b, content, 'two');
    await sendFile(a, content, 'three');
    await a.eventually(async () => (await filesOf(a)).length === 3, 'three messages');
    await inStep(a, b);
    expect((await filesOf(a)).map(({ state }) => state)).toEqual(['here', 'here', 'here']);
    expect((await a.commands.status({})).files).toMatchObject({
      files: 1,
      bytes: content.byteLength,
    });
    expect(readdirSync(join(a.folder, 'added-files'))).toEqual([]);
    expect(await chunksHeld(a)).toEqual({ bodies: 3, places: 3 });
    expect(await chunksHeld(b)).toEqual({ bodies: 3, places: 3 });
  },
  TIMEOUT_MS,
);

test(
  'the last message with a file takes its chunks along, on every device; an edit keeps them',
  async () => {
    const relay = await relayHere();
    const a = await OwnDevice.start('A', relay);
    const b = await OwnDevice.start('B', relay);
    await letIn(a, b);
    const content = bytesOf(chunks(66) + 1);
    const id = sha256(content);
    const first = await sendFile(a, content, 'one', 'text');
    await shows(b, id, 'here');
    const second = await sendFile(b, content, 'two');
    const edited = await b.commands.editMessage({ messageId: first.id, text: 'other' });
    expect(edited.attachments).toMatchObject([{ id, state: 'here' }]);
    await b.commands.deleteMessages({ messageIds: [first.id] });
    await inStep(a, b);
    expect(await filesOf(a)).toMatchObject([{ name: 'two', state: 'here' }]);
    await a.commands.deleteMessages({ messageIds: [second.id] });
    for (const device of [a, b]) {
      await device.eventually(async () => (await filesOf(device)).length === 0, 'gone');
      await device.eventually(
        async () => (await device.commands.status({})).files.files === 0,
        'its space is free',
      );
      expect(await device.files.open(id)).toBeUndefined();
    }
    await inStep(a, b);

    // The same file again is another copy.
    await sendFile(a, content, 'again');
    await shows(b, id, 'here');
    expect(Buffer.compare((await contentOf(b, id)) ?? new Uint8Array(1), content)).toBe(0);
    await inStep(a, b);
    expect(await chunksHeld(a)).toEqual({ bodies: 67, places: 134 });
    expect(await chunksHeld(b)).toEqual({ bodies: 67, places: 134 });
  },
  TIMEOUT_MS,
);

test(
  'a file that is sent again on one device while it is deleted on another stays, on both',
  async () => {
    const relay = await relayHere();
    const a = await OwnDevice.start('A', relay);
    const b = await OwnDevice.start('B', relay);
    await letIn(a, b);
    const content = bytesOf(chunks(2));
    const id = sha256(content);
    const first = await sendFile(a, content, 'one');
    await shows(b, id, 'here');
    await inStep(a, b);
    await b.close();
    await a.commands.deleteMessages({ messageIds: [first.id] });
    await a.close();
    const alone = await OwnDevice.start(undefined, '', { folder: b.folder, relays: [] });
    await sendFile(alone, content, 'two');
    await alone.close();
    const [one, other] = [
      await OwnDevice.start(undefined, relay, { folder: a.folder }),
      await OwnDevice.start(undefined, relay, { folder: b.folder }),
    ];
    for (const device of [one, other]) {
      expect(await shows(device, id, 'here')).toMatchObject({ name: 'two' });
      expect(Buffer.compare((await contentOf(device, id)) ?? new Uint8Array(1), content)).toBe(0);
    }
    await inStep(one, other);
  },
  TIMEOUT_MS,
);

test(
  'a mailbox brings a file to a device that its writer never meets, and reads none of it',
  async () => {
    const relay = await relayHere();
    const a = await OwnDevice.start('A', relay);
    const box = await OwnDevice.start('Box', relay);
    const b = await OwnDevice.start('B', relay);
    await letIn(a, box, 'all', 'mailbox');
    await letIn(a, b);
    await inStep(a, b, box);
    await b.close();
    const content = bytesOf(chunks(3) + 9);
    await sendFile(a, content, 'secret.bin', 'by way of the box');
    await a.eventually(async () => {
      const { peers } = await a.commands.status({});
      return peers.some(({ name, state }) => name === 'Box' && state === 'up-to-date');
    }, 'the box has it');
    await a.close();
    const later = await OwnDevice.start(undefined, relay, { folder: b.folder });
    await shows(later, sha256(content), 'here');
    expect(
      Buffer.compare((await contentOf(later, sha256(content))) ?? new Uint8Array(1), content),
    ).toBe(0);
    expect((await box.commands.status({})).files).toMatchObject({ files: 0, bytes: 0 });
    await expect(box.files.add(piecesOf(content))).rejects.toMatchObject({ code: 'mailbox' });
    const held = await inChunks(box);
    expect(held).toHaveLength(4);
    const windows = Array.from({ length: 8 }, (_, at) =>
      Buffer.from(content.subarray(at * 1_000, at * 1_000 + 16)),
    );
    for (const body of held) {
      for (const window of windows) expect(Buffer.from(body).includes(window)).toBe(false);
    }
  },
  TIMEOUT_MS,
);

async function inChunks(device: OwnDevice): Promise<readonly Uint8Array[]> {
  await device.close();
  return inStoreOf(device.folder, async ({ settings, sync }) => {
    const group = fileGroup((await settings.get('device-list')) as DeviceListId);
    return (await sync.messages.arrivedAfter(0, 100, [group])).map(({ body }) => body);
  });
}

test('what is added and not sent is nothing to anybody, and gone after a restart', async () => {
  const a = await OwnDevice.start('A', '', { relays: [] });
  await a.send('hello');
  const { messages: before } = (await a.commands.status({})).storage;
  const { id } = await a.files.add(piecesOf(bytesOf(chunks(2))));
  expect((await a.commands.status({})).storage.messages).toBe(before);
  expect(await a.files.open(id)).toBeUndefined();
  await a.close();
  const again = await OwnDevice.start(undefined, '', { relays: [], folder: a.folder });
  expect(readdirSync(join(a.folder, 'added-files'))).toEqual([]);
  const attachments = [{ id, name: 'a', mediaType: 'a/b' }];
  await expect(
    again.commands.send({ conversation: 'Notes', text: '', attachments }),
  ).rejects.toMatchObject({ code: 'not-found' });
  await expect(again.commands.send({ conversation: 'Notes', text: ' ' })).rejects.toMatchObject({
    code: 'empty-text',
  });
});

test('a search can be for messages with files, by their text', async () => {
  const a = await OwnDevice.start('A', '', { relays: [] });
  await a.send('report without');
  await sendFile(a, bytesOf(10), 'report.pdf', 'report with');
  const search = async (hasFile: boolean) =>
    (await a.commands.search({ text: 'report', hasFile, limit: 10 })).hits.map(
      ({ message }) => message.text,
    );
  expect(await search(true)).toEqual(['report with']);
  expect((await search(false)).sort()).toEqual(['report with', 'report without']);
});
