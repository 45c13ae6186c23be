import { describe, expect, test } from 'vitest';
import { unpackPositions } from '../../main/mvds/ids.ts';
import type { SyncStore, Tombstone } from '../../main/mvds/ports.ts';
import type { MessageId } from '../../main/mvds/types.ts';
import {
  added,
  ALICE,
  BOB,
  GROUP,
  groupId,
  message,
  messageId,
  peer,
  record,
  withParents,
} from './samples.ts';

const OTHER_GROUP = groupId('other');
const SMALLEST = -(2n ** 63n);
const LARGEST = 2n ** 63n - 1n;

const ids = (...names: (string | number)[]): MessageId[] => names.map(messageId);
const sorted = (list: Iterable<string>): string[] => [...list].sort();

/** What every `SyncStore` does. `open` gives a new, empty one each time. */
export function syncStoreSuite(name: string, open: () => Promise<SyncStore>): void {
  describe(`${name}: messages`, () => {
    test('a message is read as it was added', async () => {
      const store = await open();
      const { messages } = store;
      const about = { timestamp: 1_700_000_000_123n, ...withParents('p', 'q') };
      const news = [added('a', { ...about, delivered: false, source: ALICE })];
      expect(await store.commit({ addMessages: news })).toEqual(ids('a'));
      expect(await messages.read(ids('a', 'unknown'))).toEqual(
        new Map([
          [
            messageId('a'),
            { ...message('a', about), sequence: 1, delivered: false, source: ALICE },
          ],
        ]),
      );
    });

    test('timestamps are exact from the lowest to the highest int64, and bodies byte by byte', async () => {
      const store = await open();
      const { messages } = store;
      const body = Uint8Array.from({ length: 256 }, (_, value) => value);
      const timestamps = [SMALLEST, -1n, 0n, 2n ** 53n + 1n, LARGEST];
      const news = timestamps.map((timestamp, at) => added(`t${at}`, { timestamp, body }));
      await store.commit({ addMessages: [...news, added('empty', { body: new Uint8Array() })] });
      const read = await messages.read(ids('t0', 't1', 't2', 't3', 't4', 'empty'));
      expect([...read.values()].map(({ timestamp }) => timestamp)).toEqual([...timestamps, 0n]);
      expect(read.get(messageId('t0'))?.body).toEqual(body);
      expect(read.get(messageId('empty'))?.body).toEqual(new Uint8Array());
    });

    test('a message that is held is left as it is and not returned', async () => {
      const store = await open();
      const { messages } = store;
      await store.commit({ addMessages: [added('a', { source: ALICE })] });
      const again = added('a', { source: BOB, delivered: false, timestamp: 99n });
      expect(await store.commit({ addMessages: [again, added('b'), added('b')] })).toEqual(
        ids('b'),
      );
      const read = await messages.read(ids('a', 'b'));
      expect(read.get(messageId('a'))).toMatchObject({
        source: ALICE,
        delivered: true,
        sequence: 1,
      });
      expect(read.get(messageId('b'))).toMatchObject({ sequence: 2 });
      expect(await messages.count()).toBe(2);
    });

    test('held knows buffered and delivered messages and no others', async () => {
      const store = await open();
      const { messages } = store;
      await store.commit({ addMessages: [added('a'), added('b', { delivered: false })] });
      expect(sorted(await messages.held(ids('a', 'b', 'c')))).toEqual(sorted(ids('a', 'b')));
      expect((await messages.held([])).size).toBe(0);
    });

    test('arrivals come in their order, in pages', async () => {
      const store = await open();
      const { messages } = store;
      await store.commit({ addMessages: [added(5), added(3)] });
      await store.commit({ addMessages: [added(4)] });
      const first = await messages.arrivedAfter(0, 2);
      expect(first.map(({ id, sequence }) => [id, sequence])).toEqual([
        [messageId(5), 1],
        [messageId(3), 2],
      ]);
      expect((await messages.arrivedAfter(2, 10)).map(({ id }) => id)).toEqual(ids(4));
      expect(await messages.arrivedAfter(3, 10)).toEqual([]);
      expect(await messages.arrivedAfter(0, 0)).toEqual([]);
    });

    test('positions ascend by timestamp, then by id, signed, in pages that meet', async () => {
      const store = await open();
      const { messages } = store;
      const timestamps = [7n, SMALLEST, 7n, -5n, LARGEST, 7n, 2n ** 53n + 1n, 2n ** 53n];
      const news = timestamps.map((timestamp, at) => added(`p${at}`, { timestamp }));
      await store.commit({ addMessages: [...news, added('x', { groupId: OTHER_GROUP })] });
      const expected = news
        .map(({ message: { timestamp, id } }) => ({ timestamp, id }))
        .sort((a, b) => {
          if (a.timestamp !== b.timestamp) return a.timestamp < b.timestamp ? -1 : 1;
          return a.id < b.id ? -1 : 1;
        });
      const positions = async (
        after: (typeof expected)[number] | undefined,
        limit: number,
      ): Promise<typeof expected> => unpackPositions(await messages.positions(GROUP, after, limit));
      expect(await positions(undefined, 100)).toEqual(expected);
      const paged = [];
      for (let after = undefined as (typeof expected)[number] | undefined; ;) {
        const page = await positions(after, 3);
        paged.push(...page);
        after = page.at(-1);
        if (after === undefined) break;
      }
      expect(paged).toEqual(expected);
      expect((await messages.positions(groupId('none'), undefined, 10)).length).toBe(0);
    });

    test('waitingFor finds the undelivered that name a parent, once each, in order of arrival', async () => {
      const store = await open();
      const { messages } = store;
      await store.commit({
        addMessages: [
          added('both', { ...withParents('p', 'q'), delivered: false }),
          added('delivered', withParents('p')),
          added('one', { ...withParents('q'), delivered: false }),
          added('other', { ...withParents('r'), delivered: false }),
        ],
      });
      const waiting = await messages.waitingFor(ids('q', 'p'));
      expect(waiting.map(({ id }) => id)).toEqual(ids('both', 'one'));
      await store.commit({ deliver: ids('both') });
      expect((await messages.waitingFor(ids('p'))).length).toBe(0);
      expect((await messages.read(ids('both'))).get(messageId('both'))?.delivered).toBe(true);
    });

    test('buffered finds the undelivered in order of arrival, in pages, and no tombstones', async () => {
      const store = await open();
      const { messages } = store;
      expect(await messages.buffered(0, 10)).toEqual([]);
      const waits = { ...withParents('p'), delivered: false };
      await store.commit({ addMessages: [added('a', waits), added('here'), added('b', waits)] });
      await store.commit({ addMessages: [added('c', { ...waits, groupId: OTHER_GROUP })] });
      const first = await messages.buffered(0, 2);
      expect(first).toEqual([...(await messages.read(ids('a', 'b'))).values()]);
      const { sequence = 0 } = first.at(-1) ?? {};
      expect((await messages.buffered(sequence, 2)).map(({ id }) => id)).toEqual(ids('c'));
      const about = { id: messageId('b'), groupId: GROUP, timestamp: 0n };
      await store.commit({ deliver: ids('a'), tombstone: [about] });
      await store.commit({ revive: ids('b') });
      expect((await messages.buffered(0, 10)).map(({ id }) => id)).toEqual(ids('c'));
    });

    test('heads are the newest that nobody names, whichever came first', async () => {
      const store = await open();
      const { messages } = store;
      await store.commit({ addMessages: [added(3, withParents(1, 2)), added(1), added(4)] });
      expect(await messages.heads(GROUP, 10)).toEqual(ids(4, 3));
      await store.commit({ addMessages: [added(2), added(5, withParents(4))] });
      expect(await messages.heads(GROUP, 10)).toEqual(ids(5, 3));
      expect(await messages.heads(GROUP, 1)).toEqual(ids(5));
      expect(await messages.heads(OTHER_GROUP, 10)).toEqual([]);
    });

    test('heads of one moment come by their ids, the last first', async () => {
      const store = await open();
      const names = ['Zürich', 'Łódź', '東京', 'القاهرة'];
      await store.commit({ addMessages: names.map((name) => added(name)) });
      const sorted = ids(...names)
        .sort()
        .reverse();
      expect(await store.messages.heads(GROUP, 3)).toEqual(sorted.slice(0, 3));
    });

    test('counts are of a group or of all', async () => {
      const store = await open();
      const { messages } = store;
      expect(await messages.count()).toBe(0);
      await store.commit({
        addMessages: [added(1), added(2, { delivered: false }), added(3, { groupId: OTHER_GROUP })],
      });
      await store.commit({ addMessages: [added(1), added(4)] });
      expect(await messages.count()).toBe(4);
      expect(await messages.lastSequence()).toBe(4);
      expect(await messages.count(GROUP)).toBe(3);
      expect(await messages.count(OTHER_GROUP)).toBe(1);
      expect(await messages.count(groupId('none'))).toBe(0);
    });
  });

  describe(`${name}: records`, () => {
    test('records are found by peer and message, and by message', async () => {
      const store = await open();
      const { records } = store;
      const request = record(ALICE, 'a', { type: 'request', groupId: undefined, sendCount: 3 });
      const offer = record(BOB, 'a', { type: 'offer', sendEpoch: 7 });
      await store.commit({ putRecords: [request, offer, record(ALICE, 'b')] });
      expect(await records.records(ALICE, ids('a', 'c'))).toEqual(
        new Map([[messageId('a'), request]]),
      );
      expect((await records.records(peer('Nobody'), ids('a'))).size).toBe(0);
      const about = await records.recordsAbout(ids('a', 'c'));
      expect(about).toHaveLength(2);
      expect(about).toEqual(expect.arrayContaining([request, offer]));
    });

    test('due records come by epoch, then by creation; one that is replaced keeps its place', async () => {
      const store = await open();
      const { records } = store;
      await store.commit({
        putRecords: [
          record(ALICE, 'late', { sendEpoch: 9 }),
          record(ALICE, 'a', { sendEpoch: 2 }),
          record(ALICE, 'b', { sendEpoch: 2 }),
          record(ALICE, 'first', { sendEpoch: 1 }),
          record(BOB, 'bob', { sendEpoch: 0 }),
        ],
      });
      await store.commit({ putRecords: [record(ALICE, 'a', { sendEpoch: 2, sendCount: 1 })] });
      const names = async (epoch: number, limit: number): Promise<string[]> =>
        (await records.due(ALICE, epoch, limit)).map(({ messageId: id }) => id);
      expect(await names(2, 10)).toEqual(ids('first', 'a', 'b'));
      expect(await names(2, 2)).toEqual(ids('first', 'a'));
      expect(await names(0, 10)).toEqual([]);
      expect(await names(9, 10)).toEqual(ids('first', 'a', 'b', 'late'));
      expect(await records.due(peer('Nobody'), 9, 10)).toEqual([]);
    });

    test('counts follow every way in which records change', async () => {
      const store = await open();
      const { records } = store;
      expect(await records.counts(ALICE)).toEqual({ offers: 0, requests: 0, messages: 0 });
      await store.commit({
        putRecords: [
          record(ALICE, 'a', { type: 'offer' }),
          record(ALICE, 'b', { type: 'request' }),
          record(ALICE, 'c'),
          record(BOB, 'c'),
        ],
      });
      expect(await records.counts(ALICE)).toEqual({ offers: 1, requests: 1, messages: 1 });
      await store.commit({
        putRecords: [record(ALICE, 'a'), record(ALICE, 'b', { type: 'request' })],
      });
      expect(await records.counts(ALICE)).toEqual({ offers: 0, requests: 1, messages: 2 });
      await store.commit({
        removeRecords: [record(ALICE, 'a'), record(ALICE, 'a'), record(peer('Nobody'), 'a')],
      });
      expect(await records.counts(ALICE)).toEqual({ offers: 0, requests: 1, messages: 1 });
      await store.commit({ forgetPeers: [ALICE] });
      expect(await records.counts(ALICE)).toEqual({ offers: 0, requests: 0, messages: 0 });
      expect(await records.counts(BOB)).toEqual({ offers: 0, requests: 0, messages: 1 });
      expect((await records.records(ALICE, ids('b', 'c'))).size).toBe(0);
    });

    test('the epoch is the last committed one', async () => {
      const store = await open();
      const { records } = store;
      expect(await records.epoch()).toBe(0);
      await store.commit({ epoch: 4 });
      await store.commit({ addMessages: [added('a')] });
      expect(await records.epoch()).toBe(4);
    });

    test('expedite makes later records due, from the start, and leaves the others', async () => {
      const store = await open();
      const { records } = store;
      await store.commit({
        putRecords: [
          record(ALICE, 'a', { sendEpoch: 50, sendCount: 6 }),
          record(ALICE, 'b', { sendEpoch: 3, sendCount: 2 }),
          record(BOB, 'a', { sendEpoch: 50, sendCount: 6 }),
        ],
      });
      await store.commit({ expedite: [{ peerId: ALICE, sendEpoch: 5 }] });
      expect(await records.due(ALICE, 5, 10)).toEqual([
        record(ALICE, 'b', { sendEpoch: 3, sendCount: 2 }),
        record(ALICE, 'a', { sendEpoch: 5, sendCount: 0 }),
      ]);
      expect(await records.due(BOB, 49, 10)).toEqual([]);
    });

    test('expedite leaves the count of requests for parents, which have a group', async () => {
      const store = await open();
      const { records } = store;
      const sent = { type: 'request', sendEpoch: 50, sendCount: 6 } as const;
      const forParent = record(ALICE, 'parent', sent);
      const offered = record(ALICE, 'offered', { ...sent, groupId: undefined });
      await store.commit({ putRecords: [forParent, offered] });
      await store.commit({ expedite: [{ peerId: ALICE, sendEpoch: 5 }] });
      expect(await records.due(ALICE, 5, 10)).toEqual([
        { ...forParent, sendEpoch: 5 },
        { ...offered, sendEpoch: 5, sendCount: 0 },
      ]);
    });
  });

  describe(`${name}: backfill`, () => {
    const backfill = { peerId: ALICE, groupIds: [GROUP], type: 'offer', sendEpoch: 2 } as const;

    test('gives a record for all that was held, save what came from the peer or has one', async () => {
      const store = await open();
      const { records } = store;
      await store.commit({
        addMessages: [
          added('mine'),
          added('buffered', { delivered: false, source: BOB }),
          added('theirs', { source: ALICE }),
          added('known'),
          added('elsewhere', { groupId: OTHER_GROUP }),
        ],
        putRecords: [record(ALICE, 'known', { sendCount: 1 })],
      });
      await store.commit({ addMessages: [added('new')], backfill: [backfill] });
      const found = await records.due(ALICE, 2, 10);
      const offer = { type: 'offer', sendEpoch: 2 } as const;
      expect(found).toEqual([
        record(ALICE, 'known', { sendCount: 1 }),
        record(ALICE, 'mine', offer),
        record(ALICE, 'buffered', offer),
      ]);
      expect(await records.counts(ALICE)).toEqual({ offers: 2, requests: 0, messages: 1 });
      expect(await records.cursors(ALICE)).toEqual(
        new Map([[GROUP, { storeId: undefined, sequence: 5 }]]),
      );
      expect((await records.cursors(BOB)).size).toBe(0);
    });

    test('does nothing the second time, and all of it again for a peer that lost its store', async () => {
      const store = await open();
      const { records } = store;
      await store.commit({ addMessages: [added('a'), added('theirs', { source: ALICE })] });
      await store.commit({ backfill: [backfill] });
      await store.commit({ removeRecords: [record(ALICE, 'a')] });
      await store.commit({ backfill: [backfill] });
      expect(await records.due(ALICE, 9, 10)).toEqual([]);
      await store.commit({ backfill: [{ ...backfill, again: true, type: 'message' }] });
      expect((await records.due(ALICE, 9, 10)).map(({ messageId: id }) => id)).toEqual(
        ids('a', 'theirs'),
      );
    });

    test('a group that is empty is marked, too', async () => {
      const store = await open();
      const { records } = store;
      await store.commit({ backfill: [{ ...backfill, groupIds: [OTHER_GROUP] }] });
      expect([...(await records.cursors(ALICE)).keys()]).toEqual([OTHER_GROUP]);
    });

    test('forgetting a peer forgets its marks, before anything else in the change', async () => {
      const store = await open();
      const { records } = store;
      await store.commit({ addMessages: [added('a')], backfill: [backfill] });
      await store.commit({
        backfill: [backfill],
        forgetPeers: [ALICE],
        putRecords: [record(ALICE, 'x')],
      });
      expect((await records.due(ALICE, 9, 10)).map(({ messageId: id }) => id)).toEqual(
        ids('x', 'a'),
      );
      await store.commit({ forgetPeers: [ALICE] });
      expect((await records.cursors(ALICE)).size).toBe(0);
    });
  });

  describe(`${name}: cursors`, () => {
    const STORE_ID = '0123456789abcdef0123456789abcdef';

    test('are set at what is held after the change, replaced, and dropped', async () => {
      const store = await open();
      const { records } = store;
      const cursors = { peerId: ALICE, groupIds: [GROUP, OTHER_GROUP], storeId: STORE_ID };
      await store.commit({ addMessages: [added(1), added(2)], setCursors: [cursors] });
      const cursor = { storeId: STORE_ID, sequence: 2 };
      expect(await records.cursors(ALICE)).toEqual(
        new Map([
          [GROUP, cursor],
          [OTHER_GROUP, cursor],
        ]),
      );
      await store.commit({
        addMessages: [added(3)],
        dropCursors: [{ peerId: ALICE, groupIds: [OTHER_GROUP] }],
        setCursors: [{ ...cursors, groupIds: [GROUP], storeId: undefined }],
      });
      expect(await records.cursors(ALICE)).toEqual(
        new Map([[GROUP, { storeId: undefined, sequence: 3 }]]),
      );
    });

    test('clearing drops offers and messages of the group up to a sequence, and nothing else', async () => {
      const store = await open();
      const { records } = store;
      await store.commit({
        addMessages: [added(1), added(2), added(3), added(4, { groupId: OTHER_GROUP })],
        putRecords: [
          record(ALICE, 1),
          record(ALICE, 2, { type: 'offer' }),
          record(ALICE, 3),
          record(ALICE, 4, { groupId: OTHER_GROUP }),
          record(ALICE, 'wanted', { type: 'request', groupId: undefined }),
          record(BOB, 1),
        ],
      });
      await store.commit({ clearRecords: [{ peerId: ALICE, groupId: GROUP, sequence: 2 }] });
      expect((await records.due(ALICE, 9, 10)).map(({ messageId: id }) => id)).toEqual(
        ids(3, 4, 'wanted'),
      );
      expect(await records.counts(ALICE)).toEqual({ offers: 0, requests: 1, messages: 2 });
      expect((await records.counts(BOB)).messages).toBe(1);
    });
  });

  describe(`${name}: tombstones`, () => {
    const tombstone = (id: string | number, timestamp = 5n): Tombstone => ({
      id: messageId(id),
      groupId: GROUP,
      timestamp,
    });

    test('a tombstoned message is held without a body, and nothing sends it or asks for it any more', async () => {
      const store = await open();
      const { messages, records } = store;
      await store.commit({
        addMessages: [added('a'), added('b')],
        putRecords: [record(ALICE, 'a'), record(BOB, 'a', { type: 'request', groupId: undefined })],
      });
      await store.commit({ tombstone: [tombstone('a')] });
      expect((await messages.held(ids('a'))).size).toBe(1);
      expect((await messages.read(ids('a', 'b'))).size).toBe(1);
      expect((await messages.arrivedAfter(0, 10)).map(({ id }) => id)).toEqual(ids('b'));
      expect(await messages.count(GROUP)).toBe(2);
      expect(await records.counts(ALICE)).toEqual({ offers: 0, requests: 0, messages: 0 });
      expect(await records.counts(BOB)).toEqual({ offers: 0, requests: 0, messages: 0 });
    });

    test('what is tombstoned before it arrives is kept out, and has its place in the order', async () => {
      const store = await open();
      const { messages, records } = store;
      await store.commit({ addMessages: [added('a', { timestamp: 9n })] });
      await store.commit({ tombstone: [tombstone('late'), tombstone('late')] });
      expect(await store.commit({ addMessages: [added('late', { timestamp: 5n })] })).toEqual([]);
      const positions = unpackPositions(await messages.positions(GROUP, undefined, 10));
      expect(positions.map(({ id }) => id)).toEqual(ids('late', 'a'));
      await store.commit({
        backfill: [{ peerId: ALICE, groupIds: [GROUP], type: 'message', sendEpoch: 0 }],
      });
      expect((await records.due(ALICE, 9, 10)).map(({ messageId: id }) => id)).toEqual(ids('a'));
      await store.commit({ addMessages: [added('next')] });
      expect((await messages.arrivedAfter(2, 10)).map(({ sequence }) => sequence)).toEqual([3]);
    });

    test('what is revived is not held until it comes again, in its old place, and nothing else is', async () => {
      const store = await open();
      const { messages } = store;
      await store.commit({ addMessages: [added('a', { timestamp: 5n }), added('b')] });
      await store.commit({ tombstone: [tombstone('a'), tombstone('never', 6n)] });
      await store.commit({ revive: ids('a', 'b', 'never', 'unknown') });
      expect(sorted(await messages.held(ids('a', 'b', 'never')))).toEqual(ids('b'));
      expect((await messages.headers(ids('a'))).get(messageId('a'))?.bytes).toBeUndefined();
      const again = [added('a', { timestamp: 5n, source: BOB }), added('c')];
      expect(await store.commit({ addMessages: again })).toEqual(ids('a', 'c'));
      expect(await store.commit({ addMessages: again })).toEqual([]);
      expect((await messages.read(ids('a'))).get(messageId('a'))).toMatchObject({
        sequence: 1,
        source: BOB,
        delivered: true,
      });
      expect(await messages.count(GROUP)).toBe(4);
      const positions = unpackPositions(await messages.positions(GROUP, undefined, 10));
      expect(positions).toHaveLength(4);
      await store.commit({ tombstone: [tombstone('never', 6n)] });
      expect((await messages.held(ids('never'))).size).toBe(1);
      expect(await store.commit({ addMessages: [added('never', { timestamp: 6n })] })).toEqual([]);
    });
  });

  test(`${name}: headers say what there is without its body, of tombstones too`, async () => {
    const store = await open();
    const { messages } = store;
    const body = new Uint8Array(300_000);
    await store.commit({
      addMessages: [added('a', { body, timestamp: LARGEST }), added('b', { groupId: OTHER_GROUP })],
      tombstone: [{ id: messageId('gone'), groupId: GROUP, timestamp: 7n }],
    });
    const headers = await messages.headers(ids('gone', 'a', 'unknown', 'b'));
    expect([...headers.values()]).toEqual([
      { id: messageId('gone'), groupId: GROUP, timestamp: 7n, bytes: undefined },
      { id: messageId('a'), groupId: GROUP, timestamp: LARGEST, bytes: 300_000 },
      expect.objectContaining({ id: messageId('b'), groupId: OTHER_GROUP }),
    ]);
    expect((await messages.arrivedAfter(0, 9, [OTHER_GROUP])).map(({ id }) => id)).toEqual(
      ids('b'),
    );
    expect(await messages.arrivedAfter(0, 9, [])).toEqual([]);
  });

  test(`${name}: what is bulk is due after all else, whatever its epoch and its age`, async () => {
    const store = await open();
    const { records } = store;
    const late = { bulk: true, sendEpoch: 0 } as const;
    await store.commit({
      addMessages: [added('old', { timestamp: 1n }), added('new', { timestamp: 5n })],
    });
    await store.commit({
      backfill: [
        {
          peerId: BOB,
          groupIds: [GROUP],
          type: 'offer',
          sendEpoch: 0,
          ...{ from: 1n, until: 2n, bulk: true },
        },
      ],
      putRecords: [record(ALICE, 'file', late), record(ALICE, 'text', { sendEpoch: 3 })],
    });
    const due = async (limit: number): Promise<MessageId[]> =>
      (await records.due(ALICE, 3, limit)).map(({ messageId: id }) => id);
    expect(await due(9)).toEqual(ids('text', 'file'));
    expect(await due(1)).toEqual(ids('text'));
    expect(await records.due(BOB, 3, 9)).toEqual([
      record(BOB, 'old', { type: 'offer', sendCount: 0, sendEpoch: 0, bulk: true }),
    ]);
    await store.commit({ putRecords: [record(ALICE, 'file', { sendEpoch: 1 })] });
    expect(await due(9)).toEqual(ids('file', 'text'));
    await store.commit({
      putRecords: [record(ALICE, 'old', { sendEpoch: 1 }), record(ALICE, 'new', { sendEpoch: 1 })],
      clearRecords: [{ peerId: BOB, groupId: GROUP, sequence: 99, before: 2n }],
    });
    expect(await records.counts(BOB)).toEqual({ offers: 0, requests: 0, messages: 0 });
    await store.commit({
      clearRecords: [{ peerId: ALICE, groupId: GROUP, sequence: 99, before: 2n }],
    });
    expect(await due(9)).not.toContain(messageId('old'));
    expect(await due(9)).toContain(messageId('new'));
  });

  test(`${name}: a record that is removed and put in one change is there afterwards`, async () => {
    const store = await open();
    const { records } = store;
    await store.commit({ putRecords: [record(ALICE, 'a', { type: 'offer' })] });
    await store.commit({ removeRecords: [record(ALICE, 'a')], putRecords: [record(ALICE, 'a')] });
    expect((await records.records(ALICE, ids('a'))).size).toBe(1);
    expect(await records.counts(ALICE)).toEqual({ offers: 0, requests: 0, messages: 1 });
  });
}
