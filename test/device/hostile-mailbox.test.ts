import { randomBytes } from 'node:crypto';
import { cpSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ContentKeyring } from '../../main/identity/content-keyring.ts';
import {
  addDevice,
  contentKeyGroup,
  conversationGroup,
  deviceListGroup,
  deviceListOf,
  removeDevice,
} from '../../main/identity/device-list.ts';
import { openBody } from '../../main/identity/sealing.ts';
import type { PeerStatus } from '../../main/api/types.ts';
import { entryMessage, messageOf } from '../helpers/made-messages.ts';
import { inStep, letIn, OwnDevice, relayHere } from '../helpers/own-devices.ts';
import { keysOf } from '../helpers/identities.ts';
import { temporaryFolder } from '../helpers/processes.ts';
import { messagesOf } from '../helpers/stored.ts';
import { listIdOf, plant, stolenKeys, withhold } from '../helpers/tampering.ts';

const TIMEOUT_MS = 120_000;

async function peerOf(device: OwnDevice, id: string): Promise<PeerStatus | undefined> {
  const { peers } = await device.commands.status({});
  return peers.find((peer) => peer.id === id);
}

/** Until a device is up to date with another one. */
async function agrees(device: OwnDevice, other: OwnDevice): Promise<void> {
  await device.eventually(
    async () => (await peerOf(device, other.id))?.state === 'up-to-date',
    'the two agree',
  );
}

async function membersOf(device: OwnDevice): Promise<string[]> {
  const devices = await device.commands.devices({});
  return devices
    .filter(({ removed }) => removed === null)
    .map(({ id }) => id)
    .sort();
}

async function isRemoved(device: OwnDevice, id: string): Promise<boolean> {
  const devices = await device.commands.devices({});
  return devices.some((each) => each.id === id && each.removed !== null);
}

test(
  'ten thousand junk messages of a mailbox in the device list are stored nowhere, and removals go on working',
  async () => {
    const relay = await relayHere();
    const a = await OwnDevice.start('A', relay);
    const b = await OwnDevice.start('B', relay);
    const box = await OwnDevice.start('Box', relay);
    await letIn(a, b);
    await letIn(a, box, 'all', 'mailbox');
    await a.send('Einkaufsliste: Brot, 牛奶, молоко');
    await inStep(a, b, box);
    await box.close();
    const group = deviceListGroup(await listIdOf(box.folder));
    // Dated now, and before everything: whatever is read first, it is not these.
    const junk = Array.from({ length: 10_001 }, (_, at) =>
      messageOf(group, BigInt(at % 2 === 0 ? at : Date.now() + at), randomBytes(8)),
    );
    await plant(box.folder, junk);
    const before = (await a.commands.status({})).storage.messages;
    const members = await membersOf(a);
    const hostile = await OwnDevice.start(undefined, relay, { folder: box.folder });

    await a.eventually(
      async () => (await peerOf(a, box.id))?.failure === 'misbehaving',
      'A drops the mailbox for what it sends',
    );
    await a.eventually(async () => {
      const activity = await a.commands.activity({ limit: 100, device: box.id });
      return activity.some(({ kind }) => kind === 'refused');
    }, 'the activity tells it');
    expect((await a.commands.status({})).storage.messages).toBe(before);
    expect(await membersOf(a)).toEqual(members);

    await a.commands.removeDevice({ device: 'B' });
    expect(await isRemoved(a, b.id)).toBe(true);
    await a.send('after B was removed');
    await a.commands.removeDevice({ device: 'Box' });
    expect(await membersOf(a)).toEqual([a.id]);
    expect(await b.texts()).not.toContain('after B was removed');
    await hostile.close();
    await a.close();
    const again = await OwnDevice.start(undefined, relay, { folder: a.folder });
    expect(await membersOf(again)).toEqual([a.id]);
    expect((await again.commands.status({})).membership).toBe('member');
    await again.send('and it can still write');
  },
  TIMEOUT_MS,
);

test(
  'a mailbox that alters what surrounds a text cannot make it disappear, nor have it counted as held',
  async () => {
    const relay = await relayHere();
    const a = await OwnDevice.start('A', relay);
    const b = await OwnDevice.start('B', relay);
    const box = await OwnDevice.start('Box', relay);
    await letIn(a, b);
    await letIn(a, box, 'all', 'mailbox');
    await a.send('vor der Reise');
    await inStep(a, b, box);
    await b.close();
    await box.close();
    // What the mailbox was before it got the text, to which it goes back with an altered one.
    const before = temporaryFolder();
    cpSync(box.folder, before, { recursive: true });
    const honest = await OwnDevice.start(undefined, relay, { folder: box.folder });
    await a.send('the text that somebody wants gone');
    await agrees(a, honest);
    await a.close();
    await honest.close();
    const texts = conversationGroup(await listIdOf(box.folder));
    const held = (await messagesOf(box.folder)).filter(({ groupId }) => groupId === texts);
    const last = held.at(-1);
    if (!last) throw new Error('the mailbox holds nothing');
    await plant(before, [{ ...last, metadata: { parents: [last.id], ephemeral: false } }]);

    await OwnDevice.start(undefined, relay, { folder: before });
    const bAgain = await OwnDevice.start(undefined, relay, { folder: b.folder });
    await bAgain.eventually(
      async () => ((await peerOf(bAgain, box.id))?.toReceive ?? 0) > 0,
      'the mailbox has something for B that B does not take',
    );
    expect(await bAgain.texts()).toEqual(['vor der Reise']);
    const messageId = last.id;
    const [there] = await bAgain.commands.messageHolders({ messageIds: [messageId] });
    expect(there?.devices ?? []).not.toContain(bAgain.id);

    const aAgain = await OwnDevice.start(undefined, relay, { folder: a.folder });
    await bAgain.hasTexts('vor der Reise', 'the text that somebody wants gone');
    await agrees(aAgain, bAgain);
    // What is still to be written of the activity is written at the end.
    await bAgain.close();
    const bLater = await OwnDevice.start(undefined, relay, { folder: b.folder });
    const activity = await bLater.commands.activity({ limit: 100, device: box.id });
    expect(activity.map(({ kind }) => kind)).toContain('refused');
  },
  TIMEOUT_MS,
);

test(
  'a device that was removed long ago removes nobody and lets nobody in, with a mailbox that carries its entries',
  async () => {
    const relay = await relayHere();
    const phone = await OwnDevice.start('Old phone', relay);
    await phone.send('the first device of all');
    const a = await OwnDevice.start('A', relay);
    const b = await OwnDevice.start('B', relay);
    const box = await OwnDevice.start('Box', relay);
    await letIn(phone, a);
    await letIn(a, b);
    await letIn(a, box, 'all', 'mailbox');
    await inStep(phone, a, b, box);
    const keys = await stolenKeys(phone.folder);
    await phone.close();
    const id = await listIdOf(phone.folder);
    const group = deviceListGroup(id);
    const known = (await messagesOf(phone.folder))
      .filter(({ groupId }) => groupId === group)
      .map(({ body }) => body);
    await a.commands.removeDevice({ device: phone.id });
    await b.eventually(() => isRemoved(b, phone.id), 'B knows of the removal');
    for (const [one, other] of [
      [a, b],
      [b, a],
      [a, box],
      [b, box],
    ] as const) {
      await agrees(one, other);
    }
    const members = await membersOf(a);

    // Linked to all that the phone knew, and to hardly anything; by itself, and by a guest that it adds.
    const guest = keysOf(40);
    const early = known.slice(0, 2);
    const adds = addDevice(keys, id, known, {
      ...{ peerId: guest.peerId, name: 'Guest', system: 'Linux', at: 1_000 },
    });
    const entries = [
      removeDevice(keys, id, known, { peerId: a.id, at: 2_000 }),
      removeDevice(keys, id, known, { peerId: b.id, at: Date.now() }),
      removeDevice(keys, id, early, { peerId: a.id, at: 3_000 }),
      adds,
      removeDevice(guest, id, [...known, adds], { peerId: a.id, at: 4_000 }),
      removeDevice(guest, id, [...known, adds], { peerId: b.id, at: 5_000 }),
    ];
    await box.close();
    await plant(
      box.folder,
      entries.map((entry) => entryMessage(group, entry)),
    );
    const carrier = await OwnDevice.start(undefined, relay, { folder: box.folder });
    for (const device of [a, b]) {
      // They have everything that it has.
      await agrees(device, carrier);
      expect(await membersOf(device)).toEqual(members);
      expect((await device.commands.status({})).membership).toBe('member');
    }
    await a.send('still here');
    await b.eventually(async () => (await b.texts()).includes('still here'), 'B gets it');
  },
  TIMEOUT_MS,
);

test(
  'whoever has heard of a removal seals nothing that the removed device opens, although a mailbox keeps the keys back',
  async () => {
    const relay = await relayHere();
    const a = await OwnDevice.start('A', relay);
    const b = await OwnDevice.start('B', relay);
    const box = await OwnDevice.start('Box', relay);
    await letIn(a, b);
    await letIn(a, box, 'all', 'mailbox');
    await a.send('only us two');
    await inStep(a, b, box);
    await b.close();
    const x = await OwnDevice.start('X', relay);
    await letIn(a, x);
    await x.hasTexts('only us two');
    await agrees(x, a);
    await a.commands.removeDevice({ device: x.id });
    await agrees(a, box);
    const keys = await stolenKeys(x.folder);
    await x.close();
    await a.close();
    await box.close();
    const id = await listIdOf(box.folder);
    const everything = await messagesOf(a.folder);
    const bKnows = new Set((await messagesOf(b.folder)).map((message) => message.id));
    const keyGroup = contentKeyGroup(id);
    const withheld = await withhold(
      box.folder,
      (message) => message.groupId === keyGroup && !bKnows.has(message.id),
    );
    expect(withheld).toBeGreaterThan(0);

    await OwnDevice.start(undefined, relay, { folder: box.folder });
    const bAgain = await OwnDevice.start(undefined, relay, { folder: b.folder });
    await bAgain.eventually(() => isRemoved(bAgain, x.id), 'B hears of the removal');
    await bAgain.send('nobody but A may read this');
    await bAgain.close();
    const entriesOf = (group: string) =>
      everything.filter(({ groupId }) => groupId === group).map(({ body }) => body);
    const list = deviceListOf(id, entriesOf(deviceListGroup(id)));
    if (!list) throw new Error('no list');
    // Every content key that X was ever given, and could be.
    const written = await messagesOf(b.folder);
    const log = [...everything, ...written].filter(({ groupId }) => groupId === keyGroup);
    const ring = new ContentKeyring(
      keys,
      list,
      log.map(({ body }) => body),
    );
    const texts = written.filter(({ groupId }) => groupId === conversationGroup(id));
    const opened = texts.map((message) =>
      openBody((epoch) => ring.get(epoch), message, message.body),
    );
    expect(opened.filter(({ kind }) => kind === 'opened').length).toBeGreaterThan(0);
    for (const each of opened) {
      if (each.kind !== 'opened') continue;
      expect(Buffer.from(each.body).includes('nobody but A may read this')).toBe(false);
    }
    expect(opened.at(-1)?.kind).toBe('unknown-key');

    const aAgain = await OwnDevice.start(undefined, relay, { folder: a.folder });
    await OwnDevice.start(undefined, relay, { folder: b.folder });
    await aAgain.hasTexts('only us two', 'nobody but A may read this');
  },
  TIMEOUT_MS,
);

test(
  'a command says that a device was removed only where it was, and fails otherwise',
  async () => {
    const relay = await relayHere();
    const a = await OwnDevice.start('A', relay);
    const b = await OwnDevice.start('B', relay);
    await letIn(a, b);
    await agrees(a, b);
    await a.close();
    await b.close();
    const id = await listIdOf(a.folder);
    const group = deviceListGroup(id);
    const keys = await stolenKeys(a.folder);
    const known = (await messagesOf(a.folder))
      .filter(({ groupId }) => groupId === group)
      .map(({ body }) => body);
    // An entry of its own that A does not know of yet, as after a store that was put back: it takes A off the list.
    await plant(a.folder, [
      entryMessage(group, removeDevice(keys, id, known, { peerId: a.id, at: Date.now() })),
    ]);
    const again = await OwnDevice.start(undefined, relay, { folder: a.folder });
    await expect(again.commands.removeDevice({ device: 'B' })).rejects.toMatchObject({
      code: 'device-removed',
    });
    await expect(again.commands.renameDevice({ device: 'B', name: 'C' })).rejects.toMatchObject({
      code: 'device-removed',
    });
    expect(await isRemoved(again, b.id)).toBe(false);
  },
  TIMEOUT_MS,
);
