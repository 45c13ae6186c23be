import { describe, expect, test } from 'vitest';
import type { ConversationStore, SearchQuery } from '../../main/conversations/ports.ts';
import { openTestStore } from './open.ts';
import {
  ALICE,
  asWritten,
  BOB,
  conversationId,
  deletionOf,
  entry,
  messageId,
  peer,
} from './samples.ts';

const NOTES = conversationId('notes');
const LINKS = conversationId('links');

async function open(): Promise<ConversationStore> {
  return (await openTestStore()).conversations;
}

/** The texts found, best first. */
async function find(store: ConversationStore, text: string): Promise<string[]> {
  return (await store.search({ text, limit: 50 })).hits.map((hit) => hit.entry.text);
}

describe('projection', () => {
  test('entries come in their order, newest pages first, the same whatever order they arrive in', async () => {
    const store = await open();
    const entries = [3, 1, 2, 5, 4].map((order) => entry(order, `text ${order}`));
    await store.apply({ putEntries: entries, projectedThrough: 5 });
    const texts = async (limit: number, before?: number): Promise<string[]> => {
      const position = before === undefined ? undefined : entry(before, '');
      return (await store.entries(NOTES, limit, position)).map(({ text }) => text);
    };
    expect(await texts(2)).toEqual(['text 4', 'text 5']);
    expect(await texts(2, 4)).toEqual(['text 2', 'text 3']);
    expect(await texts(9, 2)).toEqual(['text 1']);
    expect(await store.entries(LINKS, 9)).toEqual([]);
    expect(await store.entry(messageId(3))).toEqual(asWritten(entry(3, 'text 3')));
    expect(await store.entry(messageId(9))).toBeUndefined();
    expect(await store.projectedThrough()).toBe(5);
    expect(await store.highestOrder()).toBe(5);
  });

  test('entries of one order are ordered by id', async () => {
    const store = await open();
    const entries = ['a', 'b', 'c', 'd'].map((name) => entry(name, name, { order: 7 }));
    await store.apply({ putEntries: entries, projectedThrough: 1 });
    const byId = [...entries].sort((a, b) => (a.id < b.id ? -1 : 1));
    expect(await store.entries(NOTES, 9)).toEqual(byId.map(asWritten));
    const last = byId[3];
    expect(await store.entries(NOTES, 1, last)).toEqual(byId.slice(2, 3).map(asWritten));
  });

  test('conversations come by the highest order seen, with their newest entry', async () => {
    const store = await open();
    await store.apply({
      nameConversations: [
        { conversationId: NOTES, name: 'Notes', order: 1, eventId: messageId('n') },
        { conversationId: LINKS, name: 'Links', order: 10, eventId: messageId('l') },
      ],
      putEntries: [entry(2, 'old'), entry(1_700_000_000_000, 'new', { author: BOB })],
      projectedThrough: 4,
    });
    const untouched = { registers: {}, pinned: 0, readUpTo: undefined, unread: 0 };
    expect(await store.conversations()).toEqual([
      {
        id: NOTES,
        name: 'Notes',
        latest: asWritten(entry(1_700_000_000_000, 'new', { author: BOB })),
        entries: 2,
        order: 1_700_000_000_000,
        ...untouched,
        unread: 2,
      },
      { id: LINKS, name: 'Links', latest: undefined, entries: 0, order: 10, ...untouched },
    ]);
    expect((await store.conversation(LINKS))?.name).toBe('Links');
    expect(await store.conversation(conversationId('none'))).toBeUndefined();
    expect((await store.conversationsNamed('Notes')).map(({ id }) => id)).toEqual([NOTES]);
    expect(await store.highestOrder()).toBe(1_700_000_000_000);
  });

  test('the name is that of the highest (order, id), whichever comes last', async () => {
    const names = [
      { conversationId: NOTES, name: 'first', order: 1, eventId: messageId('x') },
      { conversationId: NOTES, name: 'second', order: 2, eventId: messageId('y') },
      { conversationId: NOTES, name: 'tie', order: 2, eventId: messageId('z') },
    ];
    const expected = messageId('y') > messageId('z') ? 'second' : 'tie';
    for (const nameConversations of [names, [...names].reverse()]) {
      const store = await open();
      for (const naming of nameConversations) {
        await store.apply({ nameConversations: [naming], projectedThrough: 1 });
      }
      expect((await store.conversation(NOTES))?.name).toBe(expected);
    }
  });

  test('an entry of a conversation not named yet makes it', async () => {
    const store = await open();
    await store.apply({ putEntries: [entry(3, 'x')], projectedThrough: 1 });
    expect(await store.conversation(NOTES)).toMatchObject({ name: '', entries: 1, order: 3 });
  });

  test('clear leaves nothing, and the projection can be made again', async () => {
    const store = await open();
    const changes = { putEntries: [entry(1, 'something')], projectedThrough: 7 };
    await store.apply(changes);
    await store.clear();
    expect(await store.projectedThrough()).toBe(0);
    expect(await store.highestOrder()).toBe(0);
    expect(await store.conversations()).toEqual([]);
    expect(await find(store, 'something')).toEqual([]);
    await store.apply(changes);
    expect(await find(store, 'something')).toEqual(['something']);
  });
});

describe('search', () => {
  async function openWith(...texts: string[]): Promise<ConversationStore> {
    const store = await open();
    const putEntries = texts.map((text, at) => entry(at + 1, text));
    await store.apply({ putEntries, projectedThrough: texts.length });
    return store;
  }

  test.each([
    ['case and diacritics', 'Café Ångström naïve', ['cafe', 'ANGSTROM', 'naïve', 'Naive ang']],
    ['decomposed text', 'Cafe\u0301 cre\u0300me', ['café', 'crème', 'creme']],
    ['the beginning of the last word', 'synchronization works', ['sync', 'synchronization wor']],
    ['Chinese', '我们今天去北京大学看朋友', ['北京', '北京大学', '京', '友', '今天 朋友']],
    ['Japanese', 'メッセージを同期する', ['同期', 'メッセ', 'る']],
    ['Korean', '메시지를 동기화합니다', ['동기화', '메시지', '시지']],
    ['Thai', 'ข้อความส่วนตัว', ['ข้อความ', 'ส่วนตัว']],
    ['Russian', 'Личный йод и ёлка', ['личный', 'ЙОД', 'елк', 'ёлка']],
    ['Greek', 'Προσωπικά μηνύματα ΟΔΟΣ', ['προσωπικα', 'μηνύ', 'οδος']],
    ['Vietnamese', 'Tiếng Việt', ['tieng', 'việt', 'tiếng viet']],
    ['Arabic', 'رسائل خاصة', ['رسائل', 'خاصة']],
    ['Hebrew', 'הודעות פרטיות', ['הודעות', 'פרט']],
    ['Hindi', 'निजी संदेश', ['निजी', 'संदेश']],
    ['scripts in one word', 'Node24で動く', ['node24', '動く', 'node24 動']],
    ['numbers and addresses', 'see https://example.org/a_b?c=42', ['example.org', '42', 'https']],
  ])('finds %s', async (_, text, queries) => {
    const store = await openWith(text, 'something else entirely');
    for (const query of queries) expect([query, await find(store, query)]).toEqual([query, [text]]);
  });

  test.each([
    '',
    '   ',
    '"',
    '*',
    '"*',
    "'",
    'AND',
    '-x',
    'text:',
    '()',
    '🎉',
    '\0',
    'a"b NEAR/2 c',
  ])('takes %j for words, not for a query language', async (query) => {
    const store = await openWith('some words');
    expect(await find(store, query)).toEqual([]);
  });

  test('every word must match, and only the last is a prefix', async () => {
    const store = await openWith('red apple', 'red pear', 'reddish apple');
    expect(await find(store, 'red app')).toEqual(['red apple']);
    expect((await find(store, 'red')).sort()).toEqual(['red apple', 'red pear', 'reddish apple']);
    // What is typed after it ends the last word.
    expect((await find(store, 'red ')).sort()).toEqual(['red apple', 'red pear']);
    expect(await find(store, 'app,')).toEqual([]);
  });

  test('unspaced characters must stand in a row', async () => {
    const store = await openWith('京都と東京', '北京');
    expect(await find(store, '東京')).toEqual(['京都と東京']);
    expect(await find(store, '都東')).toEqual([]);
  });

  test('what was deleted or reworded is gone from the index', async () => {
    const store = await openWith('a secret', 'another 秘密 secret');
    const said = (order: number) => ({ order, eventId: messageId(`said ${order}`) });
    await store.apply({
      edits: [{ ...said(8), target: messageId(2), author: BOB, writtenAt: 8, text: 'harmless' }],
      deletions: [deletionOf(1, said(9))],
      projectedThrough: 9,
    });
    expect(await find(store, 'secret')).toEqual([]);
    expect(await find(store, '秘密')).toEqual([]);
    expect(await find(store, 'harmless')).toEqual(['harmless']);
  });

  test('a search can be narrowed to who wrote, and when', async () => {
    const store = await open();
    const putEntries = [
      entry(1, 'apple', { author: ALICE, writtenAt: 100 }),
      entry(2, 'apple', { author: BOB, writtenAt: 200 }),
      entry(3, 'apple', { author: BOB, writtenAt: 300 }),
    ];
    await store.apply({ putEntries, projectedThrough: 3 });
    const found = async (filters: Omit<SearchQuery, 'text' | 'limit'>) => {
      const { hits } = await store.search({ text: 'apple', limit: 9, ...filters });
      return hits.map((hit) => hit.entry.order).sort();
    };
    expect(await found({ author: BOB })).toEqual([2, 3]);
    expect(await found({ author: peer('Nobody') })).toEqual([]);
    expect(await found({ from: 200 })).toEqual([2, 3]);
    expect(await found({ from: 100, to: 200 })).toEqual([1, 2]);
    expect(await found({ author: BOB, to: 200, conversationId: NOTES })).toEqual([2]);
  });

  test('a conversation can be searched alone', async () => {
    const store = await openWith('apple');
    const elsewhere = entry(9, 'apple elsewhere', { conversationId: LINKS, author: ALICE });
    await store.apply({ putEntries: [elsewhere], projectedThrough: 2 });
    const { hits } = await store.search({ text: 'apple', conversationId: LINKS, limit: 9 });
    expect(hits.map((hit) => hit.entry)).toEqual([asWritten(elsewhere)]);
    const none = { text: 'apple', conversationId: conversationId('none'), limit: 9 };
    expect((await store.search(none)).hits).toEqual([]);
  });

  test('the newer comes first among equals, the better match among contemporaries', async () => {
    const day = 24 * 3600 * 1000;
    const store = await open();
    const at = (days: number, text: string): ReturnType<typeof entry> =>
      entry(1_700_000_000_000 + days * day, text);
    const putEntries = [
      at(0, 'plan from long ago'),
      at(400, 'planning'),
      at(401, 'the plan'),
      at(402, 'planned'),
    ];
    await store.apply({ putEntries, projectedThrough: 4 });
    expect(await find(store, 'plan')).toEqual([
      'the plan',
      'planned',
      'planning',
      'plan from long ago',
    ]);
    const { hits: limited } = await store.search({ text: 'plan', limit: 1 });
    expect(limited.map((hit) => hit.entry.text)).toEqual(['the plan']);
  });

  test('snippets show the text around the match, in runs that make it up', async () => {
    const long = `${'before '.repeat(40)}the Café and the cafeteria ${'after '.repeat(60)}`;
    const store = await openWith(long, 'Cafe\u0301!');
    const { hits } = await store.search({ text: 'cafe', limit: 9 });
    const [short, longer] = ['Cafe\u0301!', long].map((text) =>
      hits.find((hit) => hit.entry.text === text),
    );
    expect(short?.snippet).toEqual([
      { text: 'Cafe\u0301', match: true },
      { text: '!', match: false },
    ]);
    const runs = longer?.snippet ?? [];
    expect(runs.filter(({ match }) => match).map(({ text }) => text)).toEqual(['Café', 'cafe']);
    const shown = runs.map(({ text }) => text).join('');
    expect(shown.startsWith('…before')).toBe(true);
    expect(shown.endsWith('…')).toBe(true);
    expect(long).toContain(shown.slice(1, -1));
    expect(shown.length).toBeLessThan(200);
  });
});
