import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { MessageView } from '../../../main/api/types.ts';
import { WINDOW_MAX } from '../../../renderer/src/state/message-window.ts';
import { Thread } from '../../../renderer/src/state/thread.svelte.ts';
import { message, messages, ScriptedDevice, settled } from './scripted-device.ts';

/** Longer than changes are gathered for, milliseconds. */
const GATHERED_MS = 500;
const LOST = new Error('The connection to Reunion was lost.');

let device: ScriptedDevice;
let thread: Thread;

beforeEach(() => {
  vi.useFakeTimers();
  device = new ScriptedDevice();
  thread = new Thread('shopping', device.call, '');
});

afterEach(() => vi.useRealTimers());

/** First and last number of what is shown; checks that nothing is missing between them. */
function shown(): readonly [number, number] | undefined {
  const orders = thread.shown.map(({ order }) => order);
  const [first, last] = [orders[0], orders.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  expect(orders).toEqual(Array.from({ length: last - first + 1 }, (_, index) => first + index));
  return [first, last];
}

async function opened(from: number, to: number, more = from > 0): Promise<void> {
  const opening = thread.open(null, 0);
  await device.take('messages').answer({ messages: messages(from, to), more });
  await opening;
}

/** Changes are announced, and the device is asked for them. */
async function announced(...changed: MessageView[]): Promise<void> {
  thread.changed(changed.map(({ id }) => id));
  await vi.advanceTimersByTimeAsync(GATHERED_MS);
}

async function arrived(...changed: MessageView[]): Promise<void> {
  await announced(...changed);
  await device.take('messageViews').answer(changed);
}

/** Answers each question about single messages that the page has put by now. */
async function views(...current: MessageView[]): Promise<void> {
  while (device.count('messageViews') > 0) await device.take('messageViews').answer(current);
}

/** Scrolls up until the window is full. */
async function fill(): Promise<void> {
  while (thread.messages.length < WINDOW_MAX) {
    const first = thread.messages[0]?.order ?? 0;
    const loading = thread.loadOlder();
    const page = messages(first - 60, first - 1);
    await device.take('messages').answer({ messages: page, more: first - 60 > 0 });
    await loading;
  }
}

describe('the window of a conversation', () => {
  it('begins with the newest messages, and grows to either side', async () => {
    await opened(140, 199);
    expect(shown()).toEqual([140, 199]);
    expect([thread.moreBefore, thread.moreAfter]).toEqual([true, false]);
    const loading = thread.loadOlder();
    const { args, answer } = device.take('messages');
    expect(args).toMatchObject({ conversation: 'shopping', before: { order: 140, id: 'm00140' } });
    await answer({ messages: messages(80, 139), more: true });
    await loading;
    expect(shown()).toEqual([80, 199]);
    expect(thread.shifting).toBe(true);
  });

  it('drops what lies furthest away once it is full, and fetches that again', async () => {
    await opened(1_940, 1_999);
    await fill();
    expect(shown()).toEqual([1_400, 1_999]);
    void thread.loadOlder();
    await device.take('messages').answer({ messages: messages(1_340, 1_399), more: true });
    expect(shown()).toEqual([1_340, 1_939]);
    expect(thread.moreAfter).toBe(true);
    void thread.loadNewer();
    const { args, answer } = device.take('messages');
    expect(args).toMatchObject({ after: { order: 1_939, id: 'm01939' } });
    await answer({ messages: messages(1_940, 1_999), more: false });
    expect(shown()).toEqual([1_400, 1_999]);
    expect([thread.moreBefore, thread.moreAfter]).toEqual([true, false]);
  });

  it('asks for one page at a time, however often the list is scrolled', async () => {
    await opened(140, 199);
    void thread.loadOlder();
    void thread.loadOlder();
    expect(device.count('messages')).toBe(1);
    await device.take('messages').answer({ messages: messages(80, 139), more: true });
    void thread.loadOlder();
    expect(device.count('messages')).toBe(1);
  });

  it('asks for nothing beyond the first and the last message', async () => {
    await opened(0, 30, false);
    await thread.loadOlder();
    await thread.loadNewer();
    expect(device.count('messages')).toBe(0);
  });

  it('grows although its first message has changed while the page was on its way', async () => {
    await opened(140, 199);
    void thread.loadOlder();
    await announced(message(140, { pinned: true }));
    await device.take('messages').answer({ messages: messages(80, 139), more: true });
    expect(shown()).toEqual([80, 199]);
  });

  it('shows the surroundings of a message that was searched for', async () => {
    await opened(140, 199);
    const jumping = thread.jump({ messageId: 'm00050' });
    await device.take('messagesAround').answer({
      messages: messages(20, 80),
      anchor: 'm00050',
      moreBefore: true,
      moreAfter: true,
    });
    await jumping;
    expect(shown()).toEqual([20, 80]);
    expect(thread.target).toBe('m00050');
    expect([thread.moreBefore, thread.moreAfter]).toEqual([true, true]);
  });

  it('stays where it is when there is no such message', async () => {
    await opened(140, 199);
    const jumping = thread.jump({ messageId: 'gone' });
    await device.take('messagesAround').fail(new Error('There is no such message.'));
    await expect(jumping).rejects.toThrow('no such message');
    expect(shown()).toEqual([140, 199]);
  });
});

describe('messages that arrive', () => {
  it('are put at the end, and gathered while many come', async () => {
    await opened(140, 199);
    await arrived(message(200));
    expect(shown()).toEqual([140, 200]);
    thread.changed(['m00201']);
    thread.changed(['m00202']);
    expect(device.count('messageViews')).toBe(0);
    await vi.advanceTimersByTimeAsync(GATHERED_MS);
    const { args, answer } = device.take('messageViews');
    expect(args.messageIds).toEqual(['m00201', 'm00202']);
    await answer(messages(201, 202));
    expect(shown()).toEqual([140, 202]);
  });

  it('are not shown behind a gap', async () => {
    await opened(140, 199);
    const jumping = thread.jump({ messageId: 'm00050' });
    const around = { messages: messages(20, 80), anchor: 'm00050' };
    await device.take('messagesAround').answer({ ...around, moreBefore: true, moreAfter: true });
    await jumping;
    await arrived(message(200));
    expect(shown()).toEqual([20, 80]);
  });

  it('take nothing away from somebody who has scrolled up in a full window', async () => {
    await opened(1_940, 1_999);
    await fill();
    thread.atEnd = false;
    await arrived(...messages(2_000, 2_009));
    expect(shown()).toEqual([1_400, 1_999]);
    expect(thread.moreAfter).toBe(true);
    thread.atEnd = true;
    void thread.loadNewer();
    await device.take('messages').answer({ messages: messages(2_000, 2_009), more: false });
    expect(shown()).toEqual([1_410, 2_009]);
  });

  it('push out the oldest where the end of a full window is looked at', async () => {
    await opened(1_940, 1_999);
    await fill();
    await arrived(...messages(2_000, 2_009));
    expect(shown()).toEqual([1_410, 2_009]);
    expect([thread.moreBefore, thread.moreAfter]).toEqual([true, false]);
  });

  it('are fetched as a whole when there are very many, without moving what is read', async () => {
    await opened(140, 199);
    thread.atEnd = false;
    await announced(...messages(200, 600));
    const { args, answer } = device.take('messages');
    expect(args).toMatchObject({ after: { order: 140, id: 'm00140' } });
    await answer({ messages: messages(141, 740), more: true });
    await device.take('messageViews').answer([message(140)]);
    expect(shown()?.[0]).toBe(140);
    expect(thread.moreAfter).toBe(true);
  });

  it('of other conversations are left out', async () => {
    await opened(140, 199);
    await arrived(message(200, { conversationId: 'journal' }));
    expect(shown()).toEqual([140, 199]);
  });

  it('are not lost while the newest are being fetched', async () => {
    await opened(140, 199);
    const refreshing = thread.refresh();
    const early = device.take('messages');
    await announced(message(200));
    await views(message(200));
    // The device read its answer before the message came.
    await early.answer({ messages: messages(140, 199), more: true });
    await refreshing;
    await vi.advanceTimersByTimeAsync(GATHERED_MS);
    await views(message(200));
    expect(shown()).toEqual([140, 200]);
  });

  it('are not lost while the conversation is opened for the first time', async () => {
    const opening = thread.open(null, 0);
    const early = device.take('messages');
    await announced(message(200));
    await views(message(200));
    await early.answer({ messages: messages(140, 199), more: true });
    await opening;
    await vi.advanceTimersByTimeAsync(GATHERED_MS);
    await views(message(200));
    expect(shown()).toEqual([140, 200]);
  });

  it('and change while an older page is on its way show as they are now', async () => {
    await opened(140, 199);
    void thread.loadOlder();
    const early = device.take('messages');
    const edited = message(100, { text: 'Brot, Käse und Oliven', editedAt: 1 });
    await announced(edited);
    await views(edited);
    await early.answer({ messages: messages(80, 139), more: true });
    await vi.advanceTimersByTimeAsync(GATHERED_MS);
    await views(edited);
    expect(thread.messages.find(({ id }) => id === edited.id)?.text).toBe('Brot, Käse und Oliven');
  });
});

describe('answers out of order', () => {
  it('do not take the place of a message that was searched for', async () => {
    const opening = thread.open(null, 0);
    const jumping = thread.jump({ messageId: 'm00050' });
    const around = { messages: messages(20, 80), anchor: 'm00050' };
    await device.take('messagesAround').answer({ ...around, moreBefore: true, moreAfter: true });
    await device.take('messages').answer({ messages: messages(140, 199), more: true });
    await Promise.all([opening, jumping]);
    expect(shown()).toEqual([20, 80]);
    expect(thread.moreAfter).toBe(true);
  });

  it('leave the last of two jumps', async () => {
    await opened(140, 199);
    const first = thread.jump({ messageId: 'm00050' });
    const second = thread.jump({ messageId: 'm00120' });
    const [early, late] = [device.take('messagesAround'), device.take('messagesAround')];
    const more = { moreBefore: true, moreAfter: true };
    await late.answer({ messages: messages(90, 150), anchor: 'm00120', ...more });
    await early.answer({ messages: messages(20, 80), anchor: 'm00050', ...more });
    await Promise.all([first, second]);
    expect(shown()).toEqual([90, 150]);
    expect(thread.target).toBe('m00120');
  });

  it('show the newest where a jump fails that overtook them', async () => {
    const opening = thread.open(null, 0);
    const jumping = thread.jump({ messageId: 'gone' });
    await device.take('messagesAround').fail(new Error('There is no such message.'));
    await expect(jumping).rejects.toThrow();
    await device.take('messages').answer({ messages: messages(140, 199), more: true });
    await opening;
    expect(shown()).toEqual([140, 199]);
  });

  it('of a page do not reach into another window', async () => {
    await opened(140, 199);
    void thread.loadOlder();
    const page = device.take('messages');
    const jumping = thread.jump({ messageId: 'm00030' });
    const around = { messages: messages(0, 60), anchor: 'm00030' };
    await device.take('messagesAround').answer({ ...around, moreBefore: false, moreAfter: true });
    await jumping;
    await page.answer({ messages: messages(80, 139), more: true });
    expect(shown()).toEqual([0, 60]);
    expect(thread.moreBefore).toBe(false);
  });
});

describe('after a reconnect', () => {
  it('the newest are shown again where those were looked at', async () => {
    await opened(140, 199);
    const reloading = thread.reload();
    await device.take('messages').answer({ messages: messages(150, 209), more: true });
    await reloading;
    expect(shown()).toEqual([150, 209]);
  });

  it('a conversation is fetched that could not be while there was no connection', async () => {
    const opening = thread.open(null, 0);
    await device.take('messages').fail(LOST);
    await expect(opening).rejects.toThrow(LOST);
    expect(thread.loaded).toBe(false);
    const reloading = thread.reload();
    await device.take('messages').answer({ messages: messages(140, 199), more: true });
    await reloading;
    expect(shown()).toEqual([140, 199]);
    expect(thread.loaded).toBe(true);
  });

  it('a conversation that is being opened is fetched once', async () => {
    const opening = thread.open(null, 0);
    const reloading = thread.reload();
    await device.take('messages').answer({ messages: messages(140, 199), more: true });
    await Promise.all([opening, reloading]);
    expect(device.count('messages')).toBe(0);
  });

  it('what is read further up stays, with its first message as it is now', async () => {
    await opened(140, 199);
    thread.atEnd = false;
    const reloading = thread.reload();
    const { args, answer } = device.take('messages');
    expect(args).toMatchObject({ after: { order: 140, id: 'm00140' } });
    await answer({ messages: messages(141, 260), more: false });
    await device.take('messageViews').answer([message(140, { text: '', deleted: true })]);
    await reloading;
    expect(shown()).toEqual([140, 260]);
    expect(thread.messages[0]?.deleted).toBe(true);
    expect(thread.moreAfter).toBe(false);
  });

  it('older messages stay within reach although they were fetched meanwhile', async () => {
    await opened(60, 119);
    thread.atEnd = false;
    const reloading = thread.reload();
    const again = device.take('messages');
    const first = device.take('messageViews');
    void thread.loadOlder();
    await device.take('messages').answer({ messages: messages(0, 59), more: false });
    await again.answer({ messages: messages(61, 119), more: false });
    await first.answer([message(60)]);
    await reloading;
    const [from = 0] = shown() ?? [];
    expect(from === 0 || thread.moreBefore).toBe(true);
  });

  it('what is not looked at is forgotten, and fetched when it is', async () => {
    await opened(140, 199);
    thread.forget();
    expect(shown()).toBeUndefined();
    await announced(message(200));
    expect(device.count('messageViews')).toBe(0);
    await opened(141, 200);
    expect(shown()).toEqual([141, 200]);
  });
});

describe('sending', () => {
  it('goes to the newest from wherever it was written', async () => {
    await opened(140, 199);
    const jumping = thread.jump({ messageId: 'm00050' });
    const around = { messages: messages(20, 80), anchor: 'm00050' };
    await device.take('messagesAround').answer({ ...around, moreBefore: true, moreAfter: true });
    await jumping;
    const sending = thread.send('Und Oliven');
    await device.take('send').answer(message(200, { own: true, text: 'Und Oliven' }));
    await device.take('messages').answer({ messages: messages(141, 200), more: true });
    await sending;
    expect(shown()).toEqual([141, 200]);
  });

  it('fails without losing the files', async () => {
    await opened(140, 199);
    const sending = thread.send('Und Oliven');
    await device.take('send').fail(LOST);
    await expect(sending).rejects.toThrow(LOST);
    expect(device.count('messages')).toBe(0);
  });
});

describe('messages that are being deleted', () => {
  it('are out of sight, also when they change, and come back', async () => {
    await opened(140, 143);
    thread.hide(['m00141']);
    await arrived(message(141, { pinned: true }));
    expect(thread.shown.map(({ order }) => order)).toEqual([140, 142, 143]);
    thread.show(['m00141']);
    await settled();
    expect(shown()).toEqual([140, 143]);
  });
});
