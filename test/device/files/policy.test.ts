import { expect, test } from 'vitest';
import type { ApiEvent, AttachmentProgress } from '../../../main/api/types.ts';
import {
  bytesOf,
  chunks,
  contentOf,
  filesOf,
  sendFile,
  sha256,
  shows,
} from '../../helpers/files.ts';
import { daysAhead, inStep, letIn, OwnDevice, relayHere } from '../../helpers/own-devices.ts';

const TIMEOUT_MS = 90_000;

test(
  'a device that gets files on demand has the text, and the file once it asks for it, whoever has it',
  async () => {
    const relay = await relayHere();
    const a = await OwnDevice.start('A', relay);
    const b = await OwnDevice.start('B', relay);
    await letIn(a, b);
    const { files: set } = await b.commands.setAttachmentPolicy({ policy: 'on-demand' });
    expect(set).toMatchObject({ policy: 'on-demand', deferred: null });
    const content = bytesOf(chunks(70) + 3);
    const id = sha256(content);
    await sendFile(a, content, 'a.bin', 'look');
    await b.hasTexts('look');
    await inStep(a, b);
    expect(await shows(b, id, 'absent')).toMatchObject({ received: 0 });
    expect(await b.files.open(id)).toBeUndefined();

    const told: AttachmentProgress[] = [];
    b.onEvent((event: ApiEvent) => {
      if (event.kind === 'attachments') told.push(...event.attachments);
    });
    expect(await b.commands.fetchAttachment({ attachment: id })).toMatchObject({
      state: 'arriving',
    });
    await shows(b, id, 'here');
    expect(Buffer.compare((await contentOf(b, id)) ?? new Uint8Array(1), content)).toBe(0);
    const received = told.filter((one) => one.id === id).map((one) => one.received);
    expect(received).toEqual([...received].sort((one, other) => one - other));
    expect(received.at(-1)).toBe(content.byteLength);
    await inStep(a, b);

    // It keeps it, and the policy, and what it writes itself goes to the others.
    const { folder } = b;
    await b.close();
    const again = await OwnDevice.start(undefined, relay, { folder });
    expect((await again.commands.status({})).files).toMatchObject({
      policy: 'on-demand',
      files: 1,
    });
    const own = bytesOf(chunks(2), 7);
    await sendFile(again, own, 'own.bin');
    await shows(a, sha256(own), 'here');
    await expect(
      again.commands.fetchAttachment({ attachment: 'f'.repeat(64) }),
    ).rejects.toMatchObject({ code: 'not-found' });
  },
  TIMEOUT_MS,
);

test(
  'a device that joins gets also the files of one that gets none unasked itself, though no other has them',
  async () => {
    const relay = await relayHere();
    const a = await OwnDevice.start('A', relay);
    const content = bytesOf(chunks(3), 9);
    await sendFile(a, content, 'before', 'first');
    await a.commands.setAttachmentPolicy({ policy: 'on-demand' });
    const b = await OwnDevice.start('B', relay);
    await letIn(a, b);
    await shows(b, sha256(content), 'here');
    await inStep(a, b);
    // The same where it was known from the start that the other wants none, and it wants them now.
    const c = await OwnDevice.start('C', relay);
    await c.commands.setAttachmentPolicy({ policy: 'on-demand' });
    await letIn(a, c);
    await b.close();
    await shows(c, sha256(content), 'absent');
    await c.commands.setAttachmentPolicy({ policy: 'all' });
    await shows(c, sha256(content), 'here');
  },
  TIMEOUT_MS,
);

test(
  'what is asked for and not there waits for a device that has it; and is asked for no more when cancelled',
  async () => {
    const relay = await relayHere();
    const a = await OwnDevice.start('A', relay);
    const b = await OwnDevice.start('B', relay);
    await letIn(a, b);
    await b.commands.setAttachmentPolicy({ policy: 'on-demand' });
    const [one, two] = [bytesOf(chunks(3), 1), bytesOf(chunks(3), 2)];
    await sendFile(a, one, 'one');
    await sendFile(a, two, 'two');
    await shows(b, sha256(one), 'absent');
    await shows(b, sha256(two), 'absent');
    await a.close();
    await b.commands.fetchAttachment({ attachment: sha256(one) });
    await b.commands.fetchAttachment({ attachment: sha256(two) });
    expect(await b.commands.cancelAttachment({ attachment: sha256(two) })).toMatchObject({
      state: 'absent',
    });
    await shows(b, sha256(one), 'arriving');
    // Across a restart of both.
    await b.close();
    const later = await OwnDevice.start(undefined, relay, { folder: b.folder });
    await OwnDevice.start(undefined, relay, { folder: a.folder });
    await shows(later, sha256(one), 'here');
    expect(await shows(later, sha256(two), 'absent')).toMatchObject({ received: 0 });
    await later.commands.setAttachmentPolicy({ policy: 'all' });
    await shows(later, sha256(two), 'here');
  },
  TIMEOUT_MS,
);

test(
  'a device that keeps the files of the last days gets those, and the texts of all days',
  async () => {
    const relay = await relayHere();
    const [old, recent] = [bytesOf(500, 1), bytesOf(500, 2)];
    const before = await OwnDevice.start('A', relay, { clock: daysAhead(-40) });
    await sendFile(before, old, 'old', 'then');
    await before.close();
    const a = await OwnDevice.start(undefined, relay, { folder: before.folder });
    await sendFile(a, recent, 'recent', 'now');
    const b = await OwnDevice.start('B', relay);
    await b.commands.setAttachmentPolicy({ policy: { days: 7 } });
    await letIn(a, b);
    await b.hasTexts('then', 'now');
    await shows(b, sha256(recent), 'here');
    await shows(b, sha256(old), 'absent');
    await inStep(a, b);
    await b.commands.setAttachmentPolicy({ policy: 'all' });
    await shows(b, sha256(old), 'here');
  },
  TIMEOUT_MS,
);

test(
  'a device whose history is limited gets no older files, and no texts of them',
  async () => {
    const relay = await relayHere();
    const before = await OwnDevice.start('A', relay, { clock: daysAhead(-40) });
    await sendFile(before, bytesOf(500, 1), 'old', 'then');
    await before.close();
    const a = await OwnDevice.start(undefined, relay, { folder: before.folder });
    await sendFile(a, bytesOf(500, 2), 'recent', 'now');
    const b = await OwnDevice.start('B', relay);
    await letIn(a, b, { days: 7 });
    await b.hasTexts('now');
    await shows(b, sha256(bytesOf(500, 2)), 'here');
    await inStep(a, b);
    expect(await filesOf(b)).toHaveLength(1);
    // Two messages of the device list, some keys, a name, a text and its file.
    expect((await b.commands.status({})).files).toMatchObject({ files: 1, bytes: 500 });
  },
  TIMEOUT_MS,
);

test(
  'a metered device exchanges texts, and files once it is not; whoever wrote them, and while it was',
  async () => {
    const relay = await relayHere();
    const a = await OwnDevice.start('A', relay);
    const b = await OwnDevice.start('B', relay);
    await letIn(a, b);
    await inStep(a, b);
    const transfer = { metered: true, sendLimit: null, receiveLimit: null };
    const { files } = await b.commands.setTransfer(transfer);
    expect(files).toMatchObject({ metered: true, deferred: 'metered' });
    const [theirs, own] = [bytesOf(chunks(2), 1), bytesOf(chunks(2), 2)];
    await sendFile(a, theirs, 'theirs', 'from a');
    await b.hasTexts('from a');
    await sendFile(b, own, 'own', 'from b');
    await a.hasTexts('from a', 'from b');
    await inStep(a, b);
    expect(await shows(b, sha256(theirs), 'deferred')).toMatchObject({
      reason: 'metered',
      received: 0,
    });
    expect(await shows(a, sha256(own), 'arriving')).toMatchObject({ received: 0 });

    await b.commands.setTransfer({ ...transfer, metered: false });
    await shows(b, sha256(theirs), 'here');
    await shows(a, sha256(own), 'here');
    await inStep(a, b);
  },
  TIMEOUT_MS,
);

test(
  'files wait while the disk is nearly full, texts do not; and no file is added then',
  async () => {
    const relay = await relayHere();
    const a = await OwnDevice.start('A', relay);
    let free = 100;
    const b = await OwnDevice.start('B', relay, {
      files: { reserveBytes: 1_000, freeBytes: async () => free },
    });
    await letIn(a, b);
    const content = bytesOf(chunks(2), 1);
    await sendFile(a, content, 'a', 'from a');
    await b.hasTexts('from a');
    await inStep(a, b);
    const { files } = await b.commands.status({});
    expect(files).toMatchObject({ deferred: 'space', freeBytes: 100 });
    expect(await shows(b, sha256(content), 'deferred')).toMatchObject({ reason: 'space' });
    await expect(b.commands.fetchAttachment({ attachment: sha256(content) })).rejects.toMatchObject(
      { code: 'no-space' },
    );
    await expect(sendFile(b, bytesOf(10), 'b')).rejects.toMatchObject({ code: 'no-space' });
    await b.send('goes on');
    await a.hasTexts('from a', 'goes on');

    free = 10_000_000;
    // The next look; it comes by itself every 30 seconds.
    await b.commands.setAttachmentPolicy({ policy: 'all' });
    await shows(b, sha256(content), 'here');
    await sendFile(b, bytesOf(10), 'b');
  },
  TIMEOUT_MS,
);
