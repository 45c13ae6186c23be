import { expect, test } from 'vitest';
import type { ApiEvent, MessageView } from '../../main/api/types.ts';
import { daysAhead, letIn, OwnDevice, relayHere } from '../helpers/own-devices.ts';

const NOTES = 'Notes';

/** A desk and a laptop that know each other, with one message written on the desk and shown on both. */
async function pairOfDevices(text = 'one'): Promise<{
  desk: OwnDevice;
  laptop: OwnDevice;
  message: MessageView;
}> {
  const relay = await relayHere();
  const desk = await OwnDevice.start('Desk', relay);
  const laptop = await OwnDevice.start('Laptop', relay);
  const message = await desk.commands.send({ conversation: NOTES, text });
  await letIn(desk, laptop);
  await laptop.hasTexts(text);
  return { desk, laptop, message };
}

async function messageOn(device: OwnDevice, id: string): Promise<MessageView | undefined> {
  const [view] = await device.commands.messageViews({ messageIds: [id] });
  return view;
}

async function summaryOn(device: OwnDevice) {
  const [summary] = await device.commands.conversations({});
  if (!summary) throw new Error('no conversation');
  return summary;
}

test('what is done with a message on one device shows on the other, which says of which message', async () => {
  const { desk, laptop, message } = await pairOfDevices();
  const { id: messageId } = message;
  const announced: string[] = [];
  desk.onEvent((event: ApiEvent) => {
    if (event.kind === 'messages') announced.push(...event.messageIds);
  });
  const onDesk = (holds: (view: MessageView) => boolean, what: string) =>
    desk.eventually(async () => {
      const view = await messageOn(desk, messageId);
      return view !== undefined && holds(view);
    }, what);

  const edited = await laptop.commands.editMessage({ messageId, text: 'two' });
  expect(edited).toMatchObject({ text: 'two', own: false, writtenAt: message.writtenAt });
  expect(edited.editedAt).not.toBeNull();
  await onDesk(({ text }) => text === 'two', 'the edit');
  expect(announced).toContain(messageId);
  const history = await desk.commands.messageHistory({ messageId });
  expect(history.map(({ text, author, current }) => [text, author.name, current])).toEqual([
    ['one', 'Desk', false],
    ['two', 'Laptop', true],
  ]);

  await desk.commands.react({ messageId, emoji: '👍', on: true });
  await laptop.eventually(async () => {
    const view = await messageOn(laptop, messageId);
    return view?.reactions.length === 1;
  }, 'the reaction');
  const both = await laptop.commands.react({ messageId, emoji: '👍', on: true });
  expect(both.reactions).toMatchObject([{ emoji: '👍', own: true }]);
  expect(both.reactions[0]?.devices.map(({ name }) => name).sort()).toEqual(['Desk', 'Laptop']);
  const one = await laptop.commands.react({ messageId, emoji: '👍', on: false });
  expect(one.reactions).toMatchObject([{ own: false, devices: [{ name: 'Desk' }] }]);

  await laptop.commands.pinMessage({ messageId, pinned: true });
  await onDesk(({ pinned }) => pinned, 'the pin');
  expect((await desk.commands.pinnedMessages({ conversation: NOTES })).map(({ id }) => id)).toEqual(
    [messageId],
  );
  expect(await summaryOn(desk)).toMatchObject({ pinned: 1 });

  await laptop.commands.deleteMessages({ messageIds: [messageId, 'ab'.repeat(32)] });
  await onDesk(({ deleted }) => deleted, 'the deletion');
  expect(await messageOn(desk, messageId)).toMatchObject({
    text: '',
    editedAt: null,
    pinned: false,
    reactions: [],
  });
  expect(await desk.commands.search({ text: 'two', limit: 9 })).toEqual({ hits: [], unindexed: 0 });
  expect(await desk.commands.messageHistory({ messageId })).toEqual([]);
  const refused = { code: 'message-deleted' };
  await expect(desk.commands.editMessage({ messageId, text: 'x' })).rejects.toMatchObject(refused);
  await expect(desk.commands.pinMessage({ messageId, pinned: true })).rejects.toMatchObject(
    refused,
  );
  expect(await summaryOn(desk)).toMatchObject({ messages: 1, pinned: 0 });
}, 60_000);

test('of two edits made apart both devices show the same one, and keep both', async () => {
  const { desk, laptop, message } = await pairOfDevices();
  const { id: messageId } = message;
  await desk.commands.pauseDevice({ device: 'Laptop' });
  await desk.commands.editMessage({ messageId, text: 'from the desk' });
  await laptop.commands.editMessage({ messageId, text: 'from the laptop' });
  await desk.commands.resumeDevice({ device: 'Laptop' });
  const versions = async (device: OwnDevice) => {
    const found = await device.commands.messageHistory({ messageId });
    return found.map(({ text, author, current }) => ({ text, author: author.name, current }));
  };
  for (const device of [desk, laptop]) {
    await device.eventually(async () => (await versions(device)).length === 3, 'both edits');
  }
  expect(await versions(desk)).toEqual(await versions(laptop));
  const shown = (await versions(desk)).find(({ current }) => current)?.text;
  expect(await desk.texts()).toEqual([shown]);
  expect(await laptop.texts()).toEqual([shown]);
}, 60_000);

test('name, emoji, archive, draft and what was read are the same on both, and what is unread is each one’s own', async () => {
  const { desk, laptop } = await pairOfDevices();
  const { id: conversation } = await summaryOn(desk);
  expect(await summaryOn(laptop)).toMatchObject({ unread: 1, readUpTo: null });
  expect(await summaryOn(desk)).toMatchObject({ unread: 0 });
  await laptop.commands.markRead({ conversation });
  expect(await summaryOn(laptop)).toMatchObject({ unread: 0 });
  await desk.commands.renameConversation({ conversation, name: ' Ideas ' });
  await desk.commands.setConversationAppearance({ conversation, emoji: '💡', colour: 'teal' });
  await desk.commands.archiveConversation({ conversation, archived: true });
  await desk.commands.setDraft({ conversation, text: 'half a thou' });
  await laptop.eventually(async () => (await summaryOn(laptop)).draft !== '', 'the draft');
  expect(await summaryOn(laptop)).toMatchObject({
    name: 'Ideas',
    emoji: '💡',
    colour: 'teal',
    archived: true,
    draft: 'half a thou',
    latest: { text: 'one' },
  });
  await laptop.commands.setDraft({ conversation, text: '' });
  await laptop.commands.send({ conversation: 'Ideas', text: 'a thought' });
  await desk.eventually(async () => (await summaryOn(desk)).unread === 1, 'unread');
  expect(await summaryOn(desk)).toMatchObject({ draft: '', messages: 2 });

  const wrong = (code: string) => ({ code });
  await expect(
    desk.commands.setConversationAppearance({ conversation, emoji: 'no', colour: null }),
  ).rejects.toMatchObject(wrong('invalid-emoji'));
  await expect(desk.commands.renameConversation({ conversation, name: ' ' })).rejects.toMatchObject(
    wrong('invalid-name'),
  );
  await expect(
    desk.commands.archiveConversation({ conversation: 'None', archived: true }),
  ).rejects.toMatchObject(wrong('not-found'));
}, 60_000);

test('a device that keeps no history has what was said of a message that it keeps, though a clock was wrong', async () => {
  const relay = await relayHere();
  const ahead = await OwnDevice.start('Desk', relay, { clock: daysAhead(2) });
  const { id: messageId } = await ahead.commands.send({ conversation: NOTES, text: 'from ahead' });
  await ahead.close();
  const desk = await OwnDevice.start(undefined, relay, { folder: ahead.folder });
  // By the clock this is two days before what it is about; and the answer comes after what it answers.
  const answer = await desk.commands.send({ conversation: NOTES, text: 'an answer' });
  await desk.commands.deleteMessages({ messageIds: [messageId] });
  const { messages } = await desk.commands.messages({ conversation: NOTES, limit: 9 });
  expect(messages.map(({ id }) => id)).toEqual([messageId, answer.id]);

  const laptop = await OwnDevice.start('Laptop', relay);
  await letIn(desk, laptop, 'none');
  const isDeleted = async () => (await messageOn(laptop, messageId))?.deleted === true;
  await laptop.eventually(isDeleted, 'the deletion');
  expect(await messageOn(laptop, answer.id)).toBeUndefined();
}, 60_000);

test('messages are paged in both directions, and around a message or a date', async () => {
  let now = 1_700_000_000_000;
  const clock = { ...daysAhead(0), now: () => (now += 1_000) };
  const { commands } = await OwnDevice.start('Desk', await relayHere(), { clock });
  const sent: MessageView[] = [];
  for (let at = 0; at < 9; at += 1) {
    sent.push(await commands.send({ conversation: NOTES, text: `${at}` }));
  }
  const texts = (messages: readonly MessageView[]) => messages.map(({ text }) => text).join('');
  const [, , , , middle] = sent;
  if (!middle) throw new Error('nothing sent');
  const position = { order: middle.order, id: middle.id };
  const conversation = NOTES;

  const up = await commands.messages({ conversation, limit: 3, before: position });
  expect([texts(up.messages), up.more]).toEqual(['123', true]);
  const down = await commands.messages({ conversation, limit: 3, after: position });
  expect([texts(down.messages), down.more]).toEqual(['567', true]);
  const end = await commands.messages({ conversation, limit: 4, after: position });
  expect([texts(end.messages), end.more]).toEqual(['5678', false]);

  const around = await commands.messagesAround({
    conversation,
    at: { messageId: middle.id },
    before: 2,
    after: 2,
  });
  expect(texts(around.messages)).toBe('23456');
  expect(around).toMatchObject({ anchor: middle.id, moreBefore: true, moreAfter: true });
  const whole = await commands.messagesAround({
    conversation,
    at: { messageId: middle.id },
    before: 4,
    after: 4,
  });
  expect(whole).toMatchObject({ moreBefore: false, moreAfter: false });

  const from = await commands.messagesAround({
    conversation,
    at: { date: middle.order },
    before: 1,
    after: 1,
  });
  expect([texts(from.messages), from.anchor]).toEqual(['345', middle.id]);
  const late = await commands.messagesAround({
    conversation,
    at: { date: now + 1 },
    before: 1,
    after: 1,
  });
  expect([texts(late.messages), late.anchor, late.moreAfter]).toEqual(['8', null, false]);
  await expect(
    commands.messagesAround({
      conversation,
      at: { messageId: 'ab'.repeat(32) },
      before: 1,
      after: 1,
    }),
  ).rejects.toMatchObject({ code: 'not-found' });

  const found = await commands.search({ text: '4', conversation, limit: 1 });
  const [hit] = found.hits;
  expect(hit).toMatchObject({ message: { id: middle.id }, conversation: { name: NOTES } });
  expect(hit?.snippet).toEqual([{ text: '4', match: true }]);
  const earlier = await commands.search({ text: '4', to: middle.writtenAt - 1, limit: 1 });
  expect(earlier.hits).toEqual([]);
});
