import { expect, test } from 'vitest';
import type { MessageId } from '../../main/mvds/types.ts';
import { openBare } from './bare-engine.ts';
import { testFolder } from './folder.ts';
import { openTestStore } from './open.ts';
import {
  added,
  ALICE,
  asWritten,
  BOB,
  conversationId,
  deletionOf,
  entry,
  GROUP,
  messageId,
  record,
} from './samples.ts';

/*
 * Two ids with the same first 8 bytes, which the indexes hold: by accident there are none, but 2^32 hashes find such a pair.
 */
const ONE = messageId('one');
const OTHER = (ONE.slice(0, 16) + messageId('other').slice(16)) as MessageId;
const BOTH = [ONE, OTHER];
const NOTES = conversationId('notes');

test('messages whose ids begin alike are held, read, delivered, named and erased each on its own', async () => {
  const { sync } = await openTestStore();
  const { messages } = sync;
  const one = added(1, { id: ONE, delivered: false });
  const other = added(2, { id: OTHER, delivered: false });
  const child = added(3, { metadata: { parents: [OTHER], ephemeral: false }, delivered: false });

  expect(await sync.commit({ addMessages: [one] })).toEqual([ONE]);
  expect(await messages.held(BOTH)).toEqual(new Set([ONE]));
  expect([...(await messages.read(BOTH)).keys()]).toEqual([ONE]);
  expect([...(await messages.headers(BOTH)).keys()]).toEqual([ONE]);

  expect(await sync.commit({ addMessages: [other, one, other] })).toEqual([OTHER]);
  expect(await messages.count()).toBe(2);
  expect(await messages.held(BOTH)).toEqual(new Set(BOTH));
  const read = await messages.read(BOTH);
  expect(BOTH.map((id) => read.get(id)?.body)).toEqual([one.message.body, other.message.body]);
  const headers = await messages.headers(BOTH);
  expect(BOTH.map((id) => headers.get(id)?.timestamp)).toEqual([1n, 2n]);

  await sync.commit({ addMessages: [child] });
  expect(await messages.heads(GROUP, 9)).toEqual([child.message.id, ONE]);
  await sync.commit({ deliver: [OTHER] });
  const waiting = async (): Promise<MessageId[]> =>
    (await messages.buffered(0, 9)).map(({ id }) => id);
  expect(await waiting()).toEqual([ONE, child.message.id]);

  await sync.commit({ tombstone: [{ id: OTHER, groupId: GROUP, timestamp: 2n }] });
  expect([...(await messages.read(BOTH)).keys()]).toEqual([ONE]);
  expect(await messages.held(BOTH)).toEqual(new Set(BOTH));
  await sync.commit({ revive: BOTH });
  expect(await messages.held(BOTH)).toEqual(new Set([ONE]));
  expect(await sync.commit({ addMessages: [one, other] })).toEqual([OTHER]);
  expect((await messages.read(BOTH)).get(OTHER)?.body).toEqual(other.message.body);
  expect(await waiting()).toEqual([ONE, OTHER, child.message.id]);
});

test('a tombstone is made for what is not held though an id that begins alike is', async () => {
  const { sync } = await openTestStore();
  const { messages } = sync;
  await sync.commit({ addMessages: [added(1, { id: ONE })] });
  const tombstone = { id: OTHER, groupId: GROUP, timestamp: 2n };
  await sync.commit({ tombstone: [tombstone, tombstone] });
  expect(await messages.count()).toBe(2);
  expect([...(await messages.read(BOTH)).keys()]).toEqual([ONE]);
  expect(await messages.held(BOTH)).toEqual(new Set(BOTH));
});

test('what is due to a peer is due for one of two messages whose ids begin alike', async () => {
  const { sync } = await openTestStore();
  const { records } = sync;
  await sync.commit({
    addMessages: [added(1, { id: ONE }), added(2, { id: OTHER })],
    addBacklog: [{ peerId: BOB, groupId: GROUP, messageIds: [OTHER], sendEpoch: 0 }],
    putRecords: [record(ALICE, 1, { messageId: ONE }), record(ALICE, 2, { messageId: OTHER })],
  });
  expect([...(await records.records(BOB, BOTH)).keys()]).toEqual([OTHER]);
  const { messages } = await records.backlog(BOB, new Map(), 1000);
  expect(messages.map(({ id }) => id)).toEqual([OTHER]);
  // Those about what arrived first, which is the one.
  await sync.commit({ clearRecords: [{ peerId: ALICE, groupId: GROUP, sequence: 1 }] });
  expect([...(await records.records(ALICE, BOTH)).keys()]).toEqual([OTHER]);
  await sync.commit({ removeRecords: [{ ...record(BOB, 1), messageId: ONE }] });
  expect([...(await records.records(BOB, BOTH)).keys()]).toEqual([OTHER]);
  await sync.commit({ removeRecords: [{ ...record(BOB, 2), messageId: OTHER }] });
  expect((await records.records(BOB, BOTH)).size).toBe(0);
});

test('entries whose ids begin alike are written, edited, pinned and deleted each on its own', async () => {
  const { conversations, sync } = await openTestStore();
  const one = entry(1, 'Zwölf Boxkämpfer', { id: ONE });
  const other = entry(2, 'смотрят на закат', { id: OTHER });
  const event = (order: number) => ({ order, eventId: messageId(`event ${order}`) });
  await sync.commit({ addMessages: [added(1, { id: ONE }), added(2, { id: OTHER })] });
  await conversations.apply({ putEntries: [one], projectedThrough: 1 });
  expect(await conversations.entry(OTHER)).toBeUndefined();
  await conversations.apply({ putEntries: [other, one, other], projectedThrough: 2 });
  expect(await conversations.entries(NOTES, 9)).toEqual([asWritten(one), asWritten(other)]);
  expect(await conversations.entry(OTHER)).toEqual(asWritten(other));

  await conversations.apply({
    edits: [{ ...event(3), target: OTHER, author: ALICE, writtenAt: 3, text: 'und warten' }],
    pins: [{ ...event(4), target: OTHER, pinned: true }],
    projectedThrough: 4,
  });
  expect(await conversations.entry(ONE)).toEqual(asWritten(one));
  expect((await conversations.entry(OTHER))?.text).toBe('und warten');
  expect((await conversations.revisions(OTHER)).map(({ text }) => text)).toEqual([
    other.text,
    'und warten',
  ]);
  expect((await conversations.pinnedEntries(NOTES)).map(({ id }) => id)).toEqual([OTHER]);
  expect((await conversations.conversation(NOTES))?.pinned).toBe(1);

  await conversations.apply({
    deletions: [{ ...deletionOf(1, event(5)), target: ONE }],
    projectedThrough: 5,
  });
  expect(await conversations.entry(ONE)).toMatchObject({ text: '', deleted: true });
  expect(await conversations.entry(OTHER)).toMatchObject({ text: 'und warten', deleted: false });
});

test('a deletion marks the place of a text that is not here though an entry whose id begins alike is', async () => {
  const { conversations } = await openTestStore();
  const one = entry(1, 'hier', { id: ONE });
  const deletion = deletionOf(2, { order: 3, eventId: messageId('deletion') });
  await conversations.apply({
    putEntries: [one],
    deletions: [{ ...deletion, target: OTHER }],
    projectedThrough: 3,
  });
  const [first, second, ...more] = await conversations.entries(NOTES, 9);
  expect(first).toEqual(asWritten(one));
  expect(second).toMatchObject({ id: OTHER, text: '', deleted: true });
  expect(more).toEqual([]);
});

test('a full check reports rows with the same id, and none whose ids only begin alike', async () => {
  const { engine, connection } = await openBare(testFolder());
  try {
    engine.commit({ addMessages: [added(1, { id: ONE }), added(2, { id: OTHER })] });
    engine.conversations.apply({
      putEntries: [entry(1, 'eins', { id: ONE }), entry(2, 'zwei', { id: OTHER })],
      projectedThrough: 2,
    });
    expect(engine.check(true)).toEqual([]);
    const again = [
      ['messages', 'grp, timestamp, delivered, named, parents, body'],
      ['entries', 'conversation, ordering, author, written_at, text'],
    ];
    for (const [table, columns] of again) {
      const sql = `INSERT INTO ${table}(id, ${columns}) SELECT id, ${columns} FROM ${table} WHERE id = ?`;
      connection.run(sql, Buffer.from(OTHER, 'hex'));
    }
    expect(engine.check(true)).toEqual([
      `more than one row of messages has the id ${OTHER}`,
      `more than one row of entries has the id ${OTHER}`,
      expect.stringContaining('sums'),
    ]);
  } finally {
    engine.close();
  }
});
