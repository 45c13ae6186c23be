import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sectionsOf, unpackSections } from '../../main/helpers/sections.ts';
import {
  MAX_EXPIRED_PER_CALL,
  MAX_PAGE_BYTES,
  MAX_PAGE_MESSAGES,
  type HistoryQuery,
  type HistoryReader,
  type Retention,
} from '../../main/mvds/history.ts';
import { unpackPositions } from '../../main/mvds/ids.ts';
import type { MessagePosition, SyncStore } from '../../main/mvds/ports.ts';
import type { MessageId } from '../../main/mvds/types.ts';
import { added, ALICE, BOB, GROUP, groupId, messageId, record, withParents } from './samples.ts';

export interface HistoryStore {
  readonly sync: SyncStore;
  readonly history: HistoryReader;
  readonly retention: Retention;
}

const OTHER_GROUP = groupId('other');
const SMALLEST = -(2n ** 63n);
const LARGEST = 2n ** 63n - 1n;

const ids = (...names: (string | number)[]): MessageId[] => names.map(messageId);

/** Every page of a query, each of at most `query.limit` messages. */
async function pagesOf(history: HistoryReader, query: HistoryQuery): Promise<MessageId[][]> {
  const pages: MessageId[][] = [];
  for (let after: MessagePosition | undefined; ;) {
    const page = await history.page(GROUP, { ...query, ...(after && { after }) });
    pages.push(page.messages.map(({ id }) => id));
    after = page.messages.at(-1);
    if (!page.hasMore) return pages;
  }
}

/** Few timestamps, those at the edges of what there may be among them. */
const TIMESTAMPS = [SMALLEST, -1n, 0n, 2n ** 53n - 1n, 2n ** 53n, LARGEST];
const timestamps = fc.oneof(fc.bigInt({ min: 1n, max: 30n }), fc.constantFrom(...TIMESTAMPS));
/** A section begins at every fourth or so. */
const sectionIds = fc.nat(600).map((name) => {
  const id = messageId(name);
  return (name % 4 === 0 ? `${id.slice(0, 60)}0000` : id) as MessageId;
});
const places = fc.record({ id: sectionIds, timestamp: timestamps });
const changes = fc.oneof(
  { weight: 4, arbitrary: fc.record({ add: fc.array(places, { maxLength: 30 }) }) },
  fc.record({ tombstone: fc.array(places, { maxLength: 5 }) }),
  fc.record({ revive: fc.array(sectionIds, { maxLength: 5 }) }),
  fc.record({ before: timestamps, limit: fc.integer({ min: 1, max: 20 }) }),
);

/** Reading and removing the history of a group, as every store does it. `open` gives a new, empty store each time. */
export function historySuite(name: string, open: () => Promise<HistoryStore>): void {
  describe(`${name}: sections`, () => {
    test('are those of the messages, after whatever was added, deleted, revived and removed', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(changes, { maxLength: 12 }), async (series) => {
          const { sync, retention } = await open();
          const { messages } = sync;
          // A message has one timestamp, whoever names it.
          const known = new Map<MessageId, bigint>();
          const placeOf = ({ id, timestamp }: MessagePosition): MessagePosition => {
            const first = known.get(id) ?? timestamp;
            known.set(id, first);
            return { id, timestamp: first };
          };
          for (const change of series) {
            if ('add' in change) {
              const addMessages = change.add.map(placeOf).map((place) => added('any', place));
              await sync.commit({ addMessages });
            } else if ('tombstone' in change) {
              const tombstone = change.tombstone.map((it) => ({ ...placeOf(it), groupId: GROUP }));
              await sync.commit({ tombstone });
            } else if ('revive' in change) {
              await sync.commit({ revive: change.revive });
            } else {
              await retention.expire({ groupId: GROUP, ...change });
            }
            // First: reading mends what is obviously wrong.
            expect(await messages.checkSections(GROUP)).toBe(true);
            const all = await messages.positions(GROUP, undefined, Infinity);
            expect(unpackSections(await messages.sections(GROUP))).toEqual(sectionsOf(all));
          }
          expect((await messages.sections(groupId('none'))).length).toBe(0);
        }),
        { numRuns: 12 },
      );
    });
  });

  describe(`${name}: pages`, () => {
    test('a page has whole messages in order of timestamp and id, and says how far the copy is', async () => {
      const { sync, history } = await open();
      const about = { ...withParents(1), source: BOB, body: new TextEncoder().encode('日本語 🌊') };
      await sync.commit({ addMessages: [added(2, about), added(1)] });
      const { messages, ...rest } = await history.page(GROUP, { limit: 10 });
      const stored = await sync.messages.read(ids(1, 2));
      expect(messages).toEqual(ids(1, 2).map((id) => stored.get(id)));
      expect(messages[1]).toMatchObject({ source: BOB, sequence: 1, body: about.body });
      expect(rest).toEqual({ hasMore: false, lastSequence: 2 });
      const none = await history.page(groupId('none'), { limit: 10 });
      expect(none).toEqual({ messages: [], hasMore: false, lastSequence: 2 });
    });

    test('pages meet, both ways, over equal timestamps and the whole of int64', async () => {
      const { sync, history } = await open();
      const timestamps = [7n, SMALLEST, 7n, -5n, LARGEST, 7n, 2n ** 53n + 1n, 2n ** 53n];
      const news = timestamps.map((timestamp, at) => added(`p${at}`, { timestamp }));
      await sync.commit({ addMessages: [...news, added('x', { groupId: OTHER_GROUP })] });
      const inOrder = unpackPositions(await sync.messages.positions(GROUP, undefined, 99));
      const expected = inOrder.map(({ id }) => id);
      const pages = await pagesOf(history, { limit: 3 });
      expect(pages.map(({ length }) => length)).toEqual([3, 3, 2]);
      expect(pages.flat()).toEqual(expected);
      const back = await pagesOf(history, { limit: 3, order: 'descending' });
      expect(back.flat()).toEqual([...expected].reverse());
    });

    test('a range holds its lower end and not its upper one', async () => {
      const { sync, history } = await open();
      const timestamps = [SMALLEST, 1n, 2n, 3n, LARGEST];
      await sync.commit({
        addMessages: timestamps.map((timestamp) => added(`at ${timestamp}`, { timestamp })),
      });
      const range = async (query: Pick<HistoryQuery, 'from' | 'to' | 'order'>) =>
        (await history.page(GROUP, { ...query, limit: 9 })).messages.map(
          ({ timestamp }) => timestamp,
        );
      expect(await range({ from: 1n, to: 3n })).toEqual([1n, 2n]);
      expect(await range({ from: 1n, to: 3n, order: 'descending' })).toEqual([2n, 1n]);
      expect(await range({ from: 3n })).toEqual([3n, LARGEST]);
      expect(await range({ to: 1n })).toEqual([SMALLEST]);
      expect(await range({ from: SMALLEST - 9n, to: LARGEST + 9n })).toEqual(timestamps);
      expect(await range({ from: 3n, to: 3n })).toEqual([]);
      expect(await range({ from: LARGEST + 1n })).toEqual([]);
      expect(await range({ to: SMALLEST })).toEqual([]);
    });

    test('tombstones and messages that wait for a parent are left out', async () => {
      const { sync, history } = await open();
      const waiting = added('waiting', { ...withParents('missing'), delivered: false });
      await sync.commit({ addMessages: [added(1), waiting, added(3), added(4)] });
      await sync.commit({
        tombstone: [{ id: messageId(3), groupId: GROUP, timestamp: 3n }],
      });
      expect(await pagesOf(history, { limit: 9 })).toEqual([ids(1, 4)]);
      await sync.commit({ deliver: ids('waiting') });
      expect(await pagesOf(history, { limit: 9 })).toEqual([ids('waiting', 1, 4)]);
    });

    test('what arrives between two pages is not missed behind the place, and nothing comes twice', async () => {
      const { sync, history } = await open();
      await sync.commit({ addMessages: [added(10), added(20), added(30)] });
      const first = await history.page(GROUP, { limit: 2 });
      await sync.commit({ addMessages: [added(5), added(25), added(40)] });
      // The place holds even where its message is gone.
      const last = first.messages.at(-1);
      await sync.commit({ tombstone: [{ id: messageId(20), groupId: GROUP, timestamp: 20n }] });
      const second = await history.page(GROUP, { limit: 9, ...(last && { after: last }) });
      expect(first.messages.map(({ id }) => id)).toEqual(ids(10, 20));
      expect(second.messages.map(({ id }) => id)).toEqual(ids(25, 30, 40));
    });

    test('long bodies end a page early, with at least one message in each', async () => {
      const { sync, history } = await open();
      const body = new Uint8Array(MAX_PAGE_BYTES / 2);
      await sync.commit({ addMessages: [added(1, { body }), added(2, { body })] });
      await sync.commit({ addMessages: [added(3), added(4)] });
      expect(await pagesOf(history, { limit: 9 })).toEqual([ids(1, 2), ids(3, 4)]);
      expect(await pagesOf(history, { limit: 9, order: 'descending' })).toEqual([ids(4, 3, 2, 1)]);
    });

    test('a limit that is none of a page is refused', async () => {
      const { history } = await open();
      for (const limit of [0, -1, 1.5, NaN, Infinity, MAX_PAGE_MESSAGES + 1]) {
        await expect(history.page(GROUP, { limit }), `${limit}`).rejects.toThrow(RangeError);
      }
      expect((await history.page(GROUP, { limit: MAX_PAGE_MESSAGES })).messages).toEqual([]);
    });
  });

  describe(`${name}: retention`, () => {
    test('what is expired is gone with its records, is not held, and its sequence is not used again', async () => {
      const { sync, history, retention } = await open();
      const { messages, records } = sync;
      await sync.commit({
        addMessages: [
          added('child', { ...withParents(1), timestamp: 9n }),
          added(1),
          added('waiting', { ...withParents('none'), timestamp: 2n, delivered: false }),
          added('elsewhere', { groupId: OTHER_GROUP, timestamp: 1n }),
          added('late', { timestamp: 3n }),
        ],
        putRecords: [
          record(ALICE, 1),
          record(BOB, 'late', { type: 'offer' }),
          record(BOB, 'child'),
        ],
        tombstone: [{ id: messageId('gone'), groupId: GROUP, timestamp: 1n }],
      });
      expect(await retention.expire({ groupId: GROUP, before: 9n, limit: 99 })).toBe(4);
      expect(await retention.expire({ groupId: GROUP, before: 9n, limit: 99 })).toBe(0);
      const gone = ids(1, 'waiting', 'late', 'gone');
      expect((await messages.held(gone)).size).toBe(0);
      expect((await messages.headers(gone)).size).toBe(0);
      expect(await messages.count(GROUP)).toBe(1);
      expect(await messages.count()).toBe(2);
      expect(await messages.waitingFor(ids('none'))).toEqual([]);
      expect((await messages.arrivedAfter(0, 9)).map(({ id }) => id)).toEqual(
        ids('child', 'elsewhere'),
      );
      const positions = unpackPositions(await messages.positions(GROUP, undefined, 9));
      expect(positions.map(({ id }) => id)).toEqual(ids('child'));
      expect(await pagesOf(history, { limit: 9 })).toEqual([ids('child')]);
      expect(await records.counts(ALICE)).toEqual({ offers: 0, requests: 0, messages: 0 });
      expect(await records.counts(BOB)).toEqual({ offers: 0, requests: 0, messages: 1 });
      expect(await messages.lastSequence()).toBe(6);
      expect(await sync.commit({ addMessages: [added('late', { timestamp: 3n })] })).toEqual(
        ids('late'),
      );
      expect((await messages.arrivedAfter(6, 9)).map(({ sequence }) => sequence)).toEqual([7]);
      await sync.commit({
        setCursors: [{ peerId: ALICE, groupIds: [GROUP], storeId: undefined }],
      });
      expect((await records.cursors(ALICE)).get(GROUP)?.sequence).toBe(7);
    });

    test('the newest sequence is known after its message is expired', async () => {
      const { sync, retention } = await open();
      await sync.commit({ addMessages: [added(2), added(1)] });
      await retention.expire({ groupId: GROUP, before: 2n, limit: 9 });
      expect(await sync.messages.lastSequence()).toBe(2);
      await sync.commit({
        addMessages: [added(3)],
        setCursors: [{ peerId: ALICE, groupIds: [GROUP], storeId: undefined }],
      });
      expect((await sync.records.cursors(ALICE)).get(GROUP)?.sequence).toBe(3);
    });

    test('a parent is a head again once no message is left that names it', async () => {
      const { sync, retention } = await open();
      await sync.commit({
        addMessages: [
          added('early', { ...withParents(5, 6), timestamp: 1n }),
          added(7, withParents(6)),
          added(5),
          added(6),
        ],
      });
      expect(await sync.messages.heads(GROUP, 9)).toEqual(ids(7, 'early'));
      await retention.expire({ groupId: GROUP, before: 2n, limit: 9 });
      expect(await sync.messages.heads(GROUP, 9)).toEqual(ids(7, 5));
    });

    test('the oldest go first, in steps, and bounds beyond int64 hold', async () => {
      const { sync, retention } = await open();
      await sync.commit({
        addMessages: [3, 1, 2].map((at) => added(at)),
      });
      const expire = (before: bigint, limit: number): Promise<number> =>
        retention.expire({ groupId: GROUP, before, limit });
      expect(await expire(SMALLEST, 9)).toBe(0);
      expect(await expire(9n, 0)).toBe(0);
      expect(await expire(9n, 2)).toBe(2);
      expect([...(await sync.messages.held(ids(1, 2, 3)))]).toEqual(ids(3));
      await sync.commit({ addMessages: [added('newest', { timestamp: LARGEST })] });
      expect(await expire(LARGEST, Infinity)).toBe(1);
      expect(await expire(LARGEST + 1n, Infinity)).toBe(1);
      expect(await retention.expire({ groupId: groupId('none'), before: 9n, limit: 9 })).toBe(0);
    });

    test('one call removes no more than it may', async () => {
      const { sync, retention } = await open();
      const many = Array.from({ length: MAX_EXPIRED_PER_CALL + 5 }, (_, at) => added(at));
      await sync.commit({ addMessages: many });
      const all = { groupId: GROUP, before: LARGEST, limit: Infinity };
      expect(await retention.expire(all)).toBe(MAX_EXPIRED_PER_CALL);
      expect(await retention.expire(all)).toBe(5);
    });

    test('the timestamp that keeps a size leaves the newest that fit, and none of a timestamp that does not', async () => {
      const { sync, retention } = await open();
      const body = new Uint8Array(10);
      const at = (timestamp: bigint, name: string) => added(name, { timestamp, body });
      await sync.commit({
        addMessages: [at(1n, 'a'), at(2n, 'b'), at(2n, 'c'), at(3n, 'd'), at(LARGEST, 'e')],
      });
      const keeping = (bytes: number): Promise<bigint | undefined> =>
        retention.timestampKeepingBytes(GROUP, bytes);
      expect(await keeping(50)).toBeUndefined();
      expect(await keeping(49)).toBe(2n);
      expect(await keeping(40)).toBe(2n);
      // One of the two at 2 would fit: both go.
      expect(await keeping(39)).toBe(3n);
      expect(await keeping(20)).toBe(3n);
      expect(await keeping(10)).toBe(4n);
      expect(await keeping(9)).toBe(LARGEST + 1n);
      expect(await retention.timestampKeepingBytes(groupId('none'), 0)).toBeUndefined();
      const before = (await keeping(20)) ?? 0n;
      expect(await retention.expire({ groupId: GROUP, before, limit: 99 })).toBe(3);
      expect(await keeping(20)).toBeUndefined();
    });
  });
}
