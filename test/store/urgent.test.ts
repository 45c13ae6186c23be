import { expect, test } from 'vitest';
import type { Store } from '../../main/store/index.ts';
import { openTestStore } from './open.ts';
import { entry } from './samples.ts';

/** Longer than a turn's budget, milliseconds. */
const LONG_MS = 12;

const { id, conversationId } = entry(1, 'Brot und Käse');

const AWAITED: Readonly<Record<string, (store: Store) => Promise<unknown>>> = {
  'the list of conversations': ({ conversations }) => conversations.conversations(),
  'a conversation': ({ conversations }) => conversations.conversation(conversationId),
  'a conversation by name': ({ conversations }) => conversations.conversationsNamed('Einkauf'),
  'a page of messages': ({ conversations }) => conversations.entries(conversationId, 10),
  'the page after it': ({ conversations }) =>
    conversations.entriesAfter(conversationId, 10, { order: 1, id }),
  'messages with files': ({ conversations }) => conversations.entriesWithFiles(conversationId, 10),
  'a message': ({ conversations }) => conversations.entry(id),
  'several messages': ({ conversations }) => conversations.entriesOf([id]),
  'pinned messages': ({ conversations }) => conversations.pinnedEntries(conversationId),
  'earlier versions': ({ conversations }) => conversations.revisions(id),
  'a search': ({ conversations }) => conversations.search({ text: 'Brot', limit: 10 }),
  'a setting': ({ settings }) => settings.get('name'),
  'the activity': ({ activity }) => activity.newest(10),
  'the progress of files': ({ files }) => files.progress([]),
  'the pieces of a file': ({ files }) => files.parts(1, 0, 10),
  'the size of the store': (store) => store.stats(),
};

test.each(Object.entries(AWAITED))(
  'a person does not wait for what synchronizes: %s',
  async (_, call) => {
    const store = await openTestStore({ inThread: false });
    const answered: string[] = [];
    await store.sync.messages.count();
    const until = performance.now() + LONG_MS;
    while (performance.now() < until);
    const others = Array.from({ length: 5 }, async () => {
      await store.sync.messages.count();
      answered.push('of synchronizing');
    });
    const awaited = call(store).then(() => answered.push('of the person'));
    await Promise.all([...others, awaited]);
    expect(answered[0]).toBe('of the person');
    await store.close();
  },
);
