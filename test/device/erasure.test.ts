import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { PeerStatus } from '../../main/api/types.ts';
import { conversationGroup, erasureGroup } from '../../main/identity/device-list.ts';
import { signErasureEntry } from '../../main/identity/erasure-entry.ts';
import { openKeys } from '../../main/identity/keys.ts';
import type { MessageId } from '../../main/mvds/types.ts';
import { nodeFileSystem, transcribe } from '../../main/store/file-backend/index.ts';
import { messageOf } from '../helpers/made-messages.ts';
import { inStep, letIn, OwnDevice, relayHere } from '../helpers/own-devices.ts';
import { temporaryFolder } from '../helpers/processes.ts';
import { inStoreOf, messagesOf } from '../helpers/stored.ts';
import { listIdOf, plant, stolenKeys } from '../helpers/tampering.ts';

const TIMEOUT_MS = 120_000;
const SECRET =
  'Der Schlüssel liegt unter dem dritten Blumentopf 🪴 / ключ под горшком / 鍵は植木鉢の下';

async function idOf(device: OwnDevice, text: string): Promise<MessageId> {
  const { messages } = await device.commands.messages({ conversation: 'Notes', limit: 100 });
  const found = messages.find((message) => message.text === text);
  if (!found) throw new Error(`there is no ${text}`);
  return found.id as MessageId;
}

async function peerOf(device: OwnDevice, other: OwnDevice): Promise<PeerStatus | undefined> {
  const { peers } = await device.commands.status({});
  return peers.find(({ id }) => id === other.id);
}

/** Until a device is up to date with another one, which has nothing of it to get. */
async function agrees(device: OwnDevice, other: OwnDevice): Promise<void> {
  await device.eventually(async () => {
    const peer = await peerOf(device, other);
    return peer?.state === 'up-to-date' && peer.toSend === 0;
  }, 'the two agree');
}

async function bodyOf(folder: string, id: MessageId): Promise<Uint8Array | undefined> {
  return (await messagesOf(folder)).find((message) => message.id === id)?.body;
}

/** The pages of the store of a device that is not running, as its key opens them. */
async function pagesOf(folder: string): Promise<Buffer> {
  const path = join(temporaryFolder(), 'plain.db');
  const key = (await openKeys(folder, true)).storeKey;
  const from = { path: join(folder, 'messages.db'), key };
  transcribe(nodeFileSystem, from, { path, key: undefined });
  return readFileSync(path);
}

/** Starts a device once more, which makes up for whatever it had not got to, and ends it. */
async function settled(relay: string, folder: string): Promise<void> {
  await (await OwnDevice.start(undefined, relay, { folder })).close();
}

async function view(device: OwnDevice): Promise<unknown> {
  const { messages } = await device.commands.messages({ conversation: 'Notes', limit: 100 });
  return messages.map(({ id, text, deleted, order, writtenAt, author }) => {
    return { id, text, deleted, order, writtenAt, author: author.id };
  });
}

const isDeleted = async (device: OwnDevice, id: string): Promise<boolean> => {
  if ((await device.commands.conversations({})).length === 0) return false;
  const { messages } = await device.commands.messages({ conversation: 'Notes', limit: 100 });
  return messages.some((message) => message.id === id && message.deleted);
};

test(
  'a deleted text and its sealed body leave the store of every device and of the mailbox, and a newcomer waits for nothing',
  async () => {
    const relay = await relayHere();
    const a = await OwnDevice.start('A', relay);
    const b = await OwnDevice.start('B', relay);
    const box = await OwnDevice.start('Box', relay);
    await letIn(a, b);
    await letIn(a, box, 'all', 'mailbox');
    await a.send('what stays');
    await a.send('a first wording');
    const id = await idOf(a, 'a first wording');
    await a.commands.editMessage({ messageId: id, text: SECRET });
    await b.hasTexts('what stays', SECRET);
    await inStep(a, b, box);
    const devices = [a, b, box];
    for (const device of devices) await device.close();
    const texts = conversationGroup(await listIdOf(a.folder));
    const held = (await messagesOf(a.folder)).filter(({ groupId }) => groupId === texts);
    const [, written, edited] = held;
    if (!written || !edited) throw new Error('no text and no edit');
    expect(written.id).toBe(id);
    for (const { folder } of devices) {
      const pages = await pagesOf(folder);
      for (const { body } of [written, edited]) {
        expect(pages.includes(Buffer.from(body.subarray(0, 64)))).toBe(true);
      }
    }

    const [a2, b2] = [
      await OwnDevice.start(undefined, relay, { folder: a.folder }),
      await OwnDevice.start(undefined, relay, { folder: b.folder }),
    ];
    const box2 = await OwnDevice.start(undefined, relay, { folder: box.folder });
    await a2.commands.deleteMessages({ messageIds: [id] });
    await b2.eventually(() => isDeleted(b2, id), 'B knows of the deletion');
    await inStep(a2, b2, box2);
    for (const device of [a2, b2, box2]) await device.close();
    for (const { folder } of devices) {
      await settled(relay, folder);
      const pages = await pagesOf(folder);
      for (const { body } of [written, edited]) {
        expect(pages.includes(Buffer.from(body.subarray(0, 64)))).toBe(false);
        expect(pages.includes(Buffer.from(body.subarray(-64)))).toBe(false);
      }
      for (const word of ['Blumentopf', 'blumentopf', 'горшком', '植木', 'a first wording']) {
        expect(pages.includes(word)).toBe(false);
      }
      expect((await messagesOf(folder)).map((message) => message.id)).not.toContain(id);
    }

    const b3 = await OwnDevice.start(undefined, relay, { folder: b.folder });
    const box3 = await OwnDevice.start(undefined, relay, { folder: box.folder });
    const newcomer = await OwnDevice.start('Newcomer', relay);
    await letIn(b3, newcomer);
    await newcomer.eventually(() => isDeleted(newcomer, id), 'the newcomer knows of the deletion');
    await agrees(newcomer, b3);
    await agrees(newcomer, box3);
    expect((await peerOf(newcomer, b3))?.toReceive).toBe(0);
    expect((await peerOf(newcomer, box3))?.toReceive).toBe(0);
    expect(await view(newcomer)).toEqual(await view(b3));
  },
  TIMEOUT_MS,
);

test(
  'neither a mailbox nor a removed device can have a text erased that is not deleted',
  async () => {
    const relay = await relayHere();
    const a = await OwnDevice.start('A', relay);
    const b = await OwnDevice.start('B', relay);
    const box = await OwnDevice.start('Box', relay);
    const honest = await OwnDevice.start('Honest box', relay);
    await letIn(a, b);
    await letIn(a, box, 'all', 'mailbox');
    await letIn(a, honest, 'all', 'mailbox');
    await a.send('somebody wants this gone');
    const id = await idOf(a, 'somebody wants this gone');
    for (const other of [b, box, honest]) await agrees(a, other);
    const keysOfB = await stolenKeys(b.folder);
    await b.close();
    await a.commands.removeDevice({ device: 'B' });
    for (const other of [box, honest]) await agrees(a, other);
    await box.close();
    const keysOfBox = await stolenKeys(box.folder);
    const listId = await listIdOf(box.folder);
    const held = (await messagesOf(box.folder)).find((message) => message.id === id);
    if (!held) throw new Error('the mailbox holds nothing');
    const at = Date.now();
    const forged = [keysOfB, keysOfBox].map((keys) =>
      signErasureEntry(keys, { listId, groupId: held.groupId, positions: [held], at }),
    );
    await plant(
      box.folder,
      forged.map((entry) => messageOf(erasureGroup(listId), BigInt(at), entry)),
    );
    const carrier = await OwnDevice.start(undefined, relay, { folder: box.folder });
    for (const device of [a, honest]) {
      await device.eventually(async () => {
        return ((await peerOf(device, carrier))?.toReceive ?? 0) > 0;
      }, 'the mailbox has an entry that is not taken');
    }
    await a.send('and that it goes on');
    const newcomer = await OwnDevice.start('Newcomer', relay);
    await letIn(a, newcomer);
    await newcomer.hasTexts('somebody wants this gone', 'and that it goes on');
    await agrees(a, newcomer);
    await agrees(a, honest);
    for (const device of [a, honest, newcomer]) await device.close();
    for (const { folder } of [a, honest]) {
      await settled(relay, folder);
      expect(await bodyOf(folder, id)).toEqual(held.body);
    }
    // What was removed may say so, for it was a member; it counts for nothing.
    const log = (await messagesOf(honest.folder)).filter(
      ({ groupId }) => groupId === erasureGroup(listId),
    );
    expect(log.map(({ body }) => Buffer.from(body).toString('hex'))).toEqual([
      Buffer.from(forged[0] ?? []).toString('hex'),
    ]);
  },
  TIMEOUT_MS,
);

test(
  'a mailbox that keeps what it should drop brings no deleted text back, not even to a newcomer',
  async () => {
    const relay = await relayHere();
    const a = await OwnDevice.start('A', relay);
    const b = await OwnDevice.start('B', relay);
    const box = await OwnDevice.start('Box', relay);
    await letIn(a, b);
    await letIn(a, box, 'all', 'mailbox');
    await a.send(SECRET);
    const id = await idOf(a, SECRET);
    await inStep(a, b, box);
    await box.close();
    const stubborn = temporaryFolder();
    cpSync(box.folder, stubborn, { recursive: true });
    const honest = await OwnDevice.start(undefined, relay, { folder: box.folder });
    await a.commands.deleteMessages({ messageIds: [id] });
    await b.eventually(() => isDeleted(b, id), 'B knows of the deletion');
    await inStep(a, b, honest);
    await honest.close();
    // It goes back to what it held before, and takes no entry of the log.
    const listId = await listIdOf(box.folder);
    const entries = (await messagesOf(box.folder)).filter(
      ({ groupId }) => groupId === erasureGroup(listId),
    );
    expect(entries).toHaveLength(1);
    await inStoreOf(stubborn, ({ sync }) => sync.commit({ tombstone: entries }));
    const again = await OwnDevice.start(undefined, relay, { folder: stubborn });
    const newcomer = await OwnDevice.start('Newcomer', relay);
    await letIn(a, newcomer);
    await newcomer.eventually(() => isDeleted(newcomer, id), 'the newcomer knows of the deletion');
    await inStep(a, b, newcomer);
    expect(await view(newcomer)).toEqual(await view(a));
    for (const device of [a, b, newcomer, again]) await device.close();
    expect(await bodyOf(stubborn, id)).toBeDefined();
    for (const { folder } of [a, b, newcomer]) {
      await settled(relay, folder);
      expect(await bodyOf(folder, id)).toBeUndefined();
    }
  },
  TIMEOUT_MS,
);

test(
  'an edit that its writer made before it knew of the deletion is erased as well, and a device that was away never gets the text',
  async () => {
    const relay = await relayHere();
    const a = await OwnDevice.start('A', relay);
    const b = await OwnDevice.start('B', relay);
    const c = await OwnDevice.start('C', relay);
    await letIn(a, b);
    await letIn(a, c);
    await a.send('a plan');
    await b.hasTexts('a plan');
    await c.hasTexts('a plan');
    await inStep(a, b, c);
    await c.close();
    await a.send('never seen by C');
    const unseen = await idOf(a, 'never seen by C');
    const plan = await idOf(a, 'a plan');
    await agrees(a, b);
    await a.close();
    await b.commands.editMessage({ messageId: plan, text: 'another plan' });
    await b.close();
    const a2 = await OwnDevice.start(undefined, relay, { folder: a.folder });
    await a2.commands.deleteMessages({ messageIds: [plan, unseen] });
    const c2 = await OwnDevice.start(undefined, relay, { folder: c.folder });
    await c2.eventually(() => isDeleted(c2, unseen), 'C knows of both deletions');
    const b2 = await OwnDevice.start(undefined, relay, { folder: b.folder });
    await b2.eventually(() => isDeleted(b2, plan), 'B knows of the deletion');
    await inStep(a2, b2, c2);
    const newcomer = await OwnDevice.start('Newcomer', relay);
    await letIn(c2, newcomer);
    await newcomer.eventually(() => isDeleted(newcomer, plan), 'the newcomer knows of it');
    await inStep(newcomer, a2, b2, c2);
    for (const device of [a2, b2, c2]) expect(await view(device)).toEqual(await view(newcomer));
    for (const device of [a2, b2, c2, newcomer]) await device.close();
    const texts = conversationGroup(await listIdOf(a.folder));
    for (const { folder } of [a2, b2, c2, newcomer]) {
      await settled(relay, folder);
      const left = (await messagesOf(folder)).filter(({ groupId }) => groupId === texts);
      // The two deletions alone.
      expect(left).toHaveLength(2);
    }
  },
  TIMEOUT_MS,
);
