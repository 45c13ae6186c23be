import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ConversationSummary, Status } from '../../../main/api/types.ts';
import { AppState } from '../../../renderer/src/state/app-state.svelte.ts';
import type { ScriptedConnection } from './scripted-device.ts';
import { message, messages, ScriptedDevice, settled } from './scripted-device.ts';

/** Longer than the page waits before it connects again, milliseconds. */
const RECONNECTED_MS = 1_100;
/** Longer than changes are gathered for, milliseconds. */
const GATHERED_MS = 500;

let device: ScriptedDevice;
let connection: ScriptedConnection;
let app: AppState;

beforeEach(() => {
  vi.useFakeTimers();
  device = new ScriptedDevice();
  const connect = () => (connection = device.connect()).channel;
  vi.stubGlobal('reunion', { connect });
  app = new AppState();
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

function conversation(id: string, draft = ''): ConversationSummary {
  const plain = { emoji: null, colour: null, archived: false, isPinned: false, latest: null };
  const counts = { messages: 0, unread: 0, readUpTo: null, pinned: 0, activeAt: 0 };
  return { id, name: id, draft, ...plain, ...counts };
}

const BOTH = [conversation('shopping'), conversation('journal')];

/** Answers all that the page asks once it is connected, but the messages of a conversation. */
async function loaded(conversations = BOTH): Promise<void> {
  await settled();
  await device.take('status').answer({ peers: [] } as unknown as Status);
  await device.take('pairing').answer({ kind: 'idle' });
  await device.take('importState').answer({ kind: 'idle' });
  await device.take('hostSettings').answer({} as never);
  await device.take('conversations').answer(conversations);
}

async function started(): Promise<void> {
  app.start();
  await loaded();
  await device.take('messages').answer({ messages: messages(0, 9), more: false });
  expect(app.connection).toBe('open');
}

describe('the connection to the device', () => {
  it('opens with the first conversation', async () => {
    await started();
    expect(app.thread?.id).toBe('shopping');
    expect(app.thread?.messages).toHaveLength(10);
  });

  it('is made again after it was lost, and what is shown is fetched anew', async () => {
    await started();
    const lost = app.call('status', {});
    connection.cut();
    await expect(lost).rejects.toThrow('lost');
    expect(app.connection).toBe('lost');
    await expect(app.call('status', {})).rejects.toThrow('not running');
    await vi.advanceTimersByTimeAsync(RECONNECTED_MS);
    await loaded();
    await device.take('messages').answer({ messages: messages(0, 12), more: false });
    expect(app.connection).toBe('open');
    expect(app.thread?.messages).toHaveLength(13);
  });

  it('that is lost while the page loads is made again', async () => {
    app.start();
    await settled();
    connection.cut();
    await settled();
    expect(app.connection).toBe('lost');
    await vi.advanceTimersByTimeAsync(RECONNECTED_MS);
    await loaded();
    await device.take('messages').answer({ messages: messages(0, 9), more: false });
    expect(app.connection).toBe('open');
  });

  it('shows a conversation that was chosen while it was lost', async () => {
    await started();
    connection.cut();
    app.select('journal');
    await settled();
    await vi.advanceTimersByTimeAsync(RECONNECTED_MS);
    await loaded();
    const { args, answer } = device.take('messages');
    expect(args.conversation).toBe('journal');
    await answer({ messages: messages(0, 4), more: false });
    expect(app.thread?.id).toBe('journal');
    expect(app.thread?.messages).toHaveLength(5);
  });

  it('brings what was typed meanwhile to the other devices, whatever they had', async () => {
    await started();
    connection.cut();
    if (app.thread) app.thread.draft.text = 'Brot und Käse';
    await vi.advanceTimersByTimeAsync(RECONNECTED_MS);
    await loaded([conversation('shopping', 'Oliven'), conversation('journal')]);
    expect(app.thread?.draft.text).toBe('Brot und Käse');
    expect(device.take('setDraft').args.text).toBe('Brot und Käse');
  });
});

describe('a conversation that is left before its messages came', () => {
  it('does not get into the next one', async () => {
    await started();
    app.select('journal');
    const journal = device.take('messages');
    const left = app.thread;
    app.select('shopping');
    await journal.answer({ messages: messages(500, 504), more: false });
    expect(app.thread?.id).toBe('shopping');
    expect(app.thread?.messages).toHaveLength(10);
    expect(left?.messages).toHaveLength(5);
  });

  it('gets its changes, and the shown one does not', async () => {
    await started();
    app.select('journal');
    const journal = app.thread;
    await device.take('messages').answer({ messages: messages(500, 504), more: false });
    app.select('shopping');
    connection.emit({ kind: 'messages', conversationIds: ['journal'], messageIds: ['m00505'] });
    await vi.advanceTimersByTimeAsync(GATHERED_MS);
    const views = device.take('messageViews');
    await views.answer([message(505, { conversationId: 'journal' })]);
    expect(journal?.messages).toHaveLength(6);
    expect(app.thread?.messages).toHaveLength(10);
  });
});

describe('drafts of other devices', () => {
  it('show, also in a conversation that was opened while the list was on its way', async () => {
    await started();
    const refreshing = app.refreshConversations();
    app.select('journal');
    await device
      .take('conversations')
      .answer([conversation('shopping', 'Brot'), conversation('journal', 'Heute war')]);
    await refreshing;
    expect(app.thread?.draft.text).toBe('Heute war');
    app.select('shopping');
    expect(app.thread?.draft.text).toBe('Brot');
  });

  it('in a list that was read before one was kept here do not overwrite it', async () => {
    await started();
    const refreshing = app.refreshConversations();
    const list = device.take('conversations');
    const draft = app.thread?.draft;
    if (draft) draft.text = 'Brot und Käse';
    const keeping = draft?.keep();
    await device.take('setDraft').answer(undefined as never);
    await keeping;
    await list.answer([conversation('shopping', 'Brot'), conversation('journal')]);
    await refreshing;
    expect(draft?.text).toBe('Brot und Käse');
  });
});
