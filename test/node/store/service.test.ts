import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { utf8 } from '../../../main/helpers/bytes.ts';
import { createMemorySyncStore } from '../../../main/mvds/memory-store.ts';
import { MAX_BODY_BYTES } from '../../../main/mvds/constants.ts';
import { messageIdOf } from '../../../main/mvds/ids.ts';
import type { GroupId, PeerId } from '../../../main/mvds/types.ts';
import { groupOf } from '../../../main/node/group-name.ts';
import { CLOCK_TOLERANCE_MS } from '../../../main/node/message-clock.ts';
import { completenessOf } from '../../../main/node/store/completeness.ts';
import { REQUESTS } from '../../../main/node/store/limits.ts';
import {
  decodeReply,
  decodeRequest,
  encodeReply,
  encodeRequest,
} from '../../../main/node/store/store-format.ts';
import type {
  QueryRequest,
  StoreReply,
  StoreRequest,
} from '../../../main/node/store/store-format.ts';
import { StoreService } from '../../../main/node/store/store-service.ts';
import { GroupIndexes } from '../../../main/sync/group-indexes.ts';
import { keysOf } from '../../helpers/identities.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';

const NEWS = groupOf('news');
const OTHER = groupOf('other');
const ASKER = { peer: keysOf(0).peerId, address: '192.0.2.1' };

/** A service over a store in memory, as a client sees it. */
function serviceOver({ groupsMax = 10, keptFrom = undefined as bigint | undefined } = {}) {
  const store = createMemorySyncStore();
  const clock = new ManualClock();
  const groups = new Set<GroupId>();
  const errors: unknown[] = [];
  const service = new StoreService({
    store: { sync: store, history: store.history, storeId: 'ab'.repeat(16) },
    clock,
    addGroup: async (groupId) =>
      groups.has(groupId) || (groups.size < groupsMax && !!groups.add(groupId)),
    hasGroup: (groupId) => groups.has(groupId),
    append: async (groupId, { timestamp, body }) => {
      const metadata = { parents: [], ephemeral: false };
      const message = {
        id: messageIdOf(groupId, timestamp, body),
        groupId,
        timestamp,
        body,
        metadata,
      };
      await store.commit({ addMessages: [{ message, delivered: true, source: undefined }] });
    },
    keptFrom: () => keptFrom,
    digest: (groupId, from, to) => new GroupIndexes(store.messages).digest(groupId, from, to),
    completeness: (groupId) =>
      completenessOf(groupId, [], { knowsGroup: groups.has(groupId), keptFrom, now: clock.now() }),
    isExpected: () => false,
    onError: (error) => errors.push(error),
  });
  const ask = async (request: StoreRequest, asker = ASKER): Promise<StoreReply> => {
    const reply = decodeReply(await service.answer(encodeRequest(request), asker));
    if (!reply) throw new Error('no reply');
    return reply;
  };
  const publish = (bodies: readonly string[], at = BigInt(clock.now()), groupId = NEWS) =>
    ask({
      type: 'publish',
      groupId,
      messages: bodies.map((text, index) => ({ timestamp: at + BigInt(index), body: utf8(text) })),
    });
  const query = async (about: Partial<QueryRequest> = {}) =>
    ask({
      ...{ type: 'query', groupId: NEWS, from: undefined, to: undefined, limit: 100 },
      ...{ cursor: new Uint8Array(0), ...about },
    });
  const page = async (about: Partial<QueryRequest> = {}) => {
    const reply = await query(about);
    if (reply.type !== 'page') throw new Error(reply.type === 'refused' ? reply.text : reply.type);
    return reply;
  };
  return { service, clock, publish, query, page, errors };
}

const texts = (messages: readonly { readonly body: Uint8Array }[]): string[] =>
  messages.map(({ body }) => Buffer.from(body).toString('utf8'));

describe('publishing to a store node', () => {
  it('stores each message once, and says of each what became of it', async () => {
    const { publish, page, clock } = serviceOver({ keptFrom: 1_000n });
    const now = BigInt(clock.now());
    expect(await publish(['eins', 'zwei'])).toEqual({
      type: 'published',
      outcomes: ['stored', 'stored'],
    });
    expect(await publish(['eins', 'drei'])).toEqual({
      type: 'published',
      outcomes: ['held', 'stored'],
    });
    const ahead = now + BigInt(CLOCK_TOLERANCE_MS);
    expect(await publish(['ahead', 'too far'], ahead)).toMatchObject({
      outcomes: ['stored', 'too-new'],
    });
    expect(await publish(['too old', 'kept'], 999n)).toMatchObject({
      outcomes: ['too-old', 'stored'],
    });
    const long = await publish(['x'.repeat(MAX_BODY_BYTES + 1)]);
    expect(long).toMatchObject({ outcomes: ['too-long'] });
    const kept = texts((await page()).messages);
    expect(kept[0]).toBe('kept');
    expect(kept.slice(1, 4).sort()).toEqual(['drei', 'eins', 'zwei']);
    expect(kept[4]).toBe('ahead');
    expect((await page()).count).toBe(5);
  });

  it('refuses what is too much, with a sentence', async () => {
    const { publish } = serviceOver({ groupsMax: 1 });
    await publish(['one']);
    expect(await publish(['two'], 5n, OTHER)).toMatchObject({ refusal: 'too-many-groups' });
    expect(await publish([])).toMatchObject({
      refusal: 'bad-request',
      text: 'There is nothing to publish.',
    });
    const bodies = Array.from({ length: 9 }, (_, at) => String(at).repeat(250_000));
    expect(await publish(bodies)).toMatchObject({ refusal: 'bad-request' });
  });
});

describe('querying a store node', () => {
  it('pages through any history once and in order, whatever arrives meanwhile', async () => {
    const message = fc.record({ at: fc.nat(40), text: fc.string({ minLength: 1 }) });
    await fc.assert(
      fc.asyncProperty(
        fc.array(message, { maxLength: 40 }),
        fc.array(message, { maxLength: 20 }),
        fc.integer({ min: 1, max: 9 }),
        async (before, during, limit) => {
          const { publish, page, clock } = serviceOver();
          clock.advance(1_000);
          for (const { at, text } of before) await publish([text], BigInt(at));
          const seen: { timestamp: bigint; body: Uint8Array }[] = [];
          const late = [...during];
          let behind: number;
          let cursor = new Uint8Array(0) as Uint8Array;
          do {
            const next = await page({ limit, cursor });
            expect(next.messages.length).toBeLessThanOrEqual(limit);
            seen.push(...next.messages);
            ({ cursor, behind } = next);
            const arrival = late.shift();
            if (arrival && cursor.byteLength > 0) await publish([arrival.text], BigInt(arrival.at));
          } while (cursor.byteLength > 0);
          const all = (await page({ limit: 1_000 })).messages;
          const keys = (list: readonly { timestamp: bigint; body: Uint8Array }[]) =>
            list.map(({ timestamp, body }) => messageIdOf(NEWS, timestamp, body));
          const shown = new Set(keys(seen));
          expect(keys(seen)).toEqual(keys(all).filter((id) => shown.has(id)));
          for (const { at, text } of before) {
            expect(shown).toContain(messageIdOf(NEWS, BigInt(at), utf8(text)));
          }
          // Of what the pages have missed, the last page has told.
          expect(all.length - shown.size).toBe(behind);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('tells how many messages arrived behind the page', async () => {
    const { publish, page } = serviceOver();
    await publish(['a', 'b', 'c', 'd'], 10n);
    const first = await page({ limit: 2 });
    await publish(['late', 'later'], 1n);
    await publish(['after'], 50n);
    const second = await page({ limit: 2, cursor: first.cursor });
    expect(texts(second.messages)).toEqual(['c', 'd']);
    expect(second.behind).toBe(2);
    expect(first).toMatchObject({ behind: 0, count: 4 });
    expect(second.count).toBe(7);
  });

  it('keeps to the range, from inclusive and to exclusive', async () => {
    const { publish, page } = serviceOver();
    await publish(['a', 'b', 'c', 'd'], 10n);
    expect(texts((await page({ from: 11n, to: 13n })).messages)).toEqual(['b', 'c']);
    expect(await page({ from: 11n, to: 13n })).toMatchObject({ count: 2 });
    expect(await page({ from: 100n })).toMatchObject({ messages: [], count: 0 });
  });

  it('gives the same fingerprint for the same messages, and another one for others', async () => {
    const [one, other] = [serviceOver(), serviceOver()];
    await one.publish(['a', 'b'], 10n);
    await other.publish(['b'], 11n);
    expect((await one.page()).fingerprint).not.toEqual((await other.page()).fingerprint);
    await other.publish(['a'], 10n);
    expect((await one.page()).fingerprint).toEqual((await other.page()).fingerprint);
    expect((await one.page()).fingerprint).toHaveLength(16);
  });

  it('says of a group that nobody has published in that the node does not hold it', async () => {
    const { page } = serviceOver();
    const reply = await page({ groupId: OTHER });
    expect(reply).toMatchObject({ messages: [], completeness: { knowsGroup: false } });
  });

  it('refuses each misuse with its own sentence', async () => {
    const { publish, page, query } = serviceOver();
    await publish(['a', 'b', 'c'], 10n);
    await publish(['x', 'y'], 10n, OTHER);
    const { cursor } = await page({ limit: 1 });
    const { cursor: foreign } = await page({ limit: 1, groupId: OTHER });
    const misuses: readonly (readonly [Partial<QueryRequest>, RegExp])[] = [
      [{ limit: 1_001 }, /at most 1000/u],
      [{ from: 5n, to: 5n }, /ends before it begins/u],
      [{ cursor: Uint8Array.of(1, 2, 3) }, /no cursor/u],
      [{ cursor: new Uint8Array(cursor.byteLength).fill(7) }, /no cursor/u],
      [{ cursor: foreign }, /another group/u],
      [{ cursor, from: 11n }, /another range/u],
    ];
    for (const [about, text] of misuses) {
      const reply = await query(about);
      expect(reply).toMatchObject({ type: 'refused', refusal: 'bad-request' });
      expect(reply.type === 'refused' && reply.text).toMatch(text);
    }
  });

  it('limits the rate of one peer, says when to come again, and lets others in', async () => {
    const { query, service, clock } = serviceOver();
    for (let count = 0; count < REQUESTS.perPeerMax; count += 1) await query();
    const reply = await query();
    expect(reply).toMatchObject({ type: 'refused', refusal: 'rate-limited' });
    const other = { peer: keysOf(1).peerId, address: '192.0.2.2' };
    const request = encodeRequest({
      ...{ type: 'query', groupId: NEWS, from: undefined, to: undefined, limit: 1 },
      cursor: new Uint8Array(0),
    });
    expect(decodeReply(await service.answer(request, other))?.type).toBe('page');
    if (reply.type === 'refused') clock.advance(reply.retryAfterMs);
    expect((await query()).type).toBe('page');
  });
});

describe('the frames of a store node', () => {
  it('come back as they were', () => {
    const request: StoreRequest = {
      ...{ type: 'query', groupId: NEWS, from: -5n, to: 2n ** 62n, limit: 7 },
      cursor: Uint8Array.of(1),
    };
    expect(decodeRequest(encodeRequest(request))).toEqual(request);
    const reply: StoreReply = {
      ...{ type: 'page', messages: [{ timestamp: -1n, body: utf8('ü') }], behind: 3, count: 9 },
      ...{ cursor: Uint8Array.of(2), fingerprint: new Uint8Array(16) },
      completeness: {
        ...{ knowsGroup: true, keptFrom: 0n, neighbours: 2, now: 5 },
        agreements: [{ peer: ASKER.peer, at: 4, from: undefined, isNeighbour: true }],
      },
    };
    expect(decodeReply(encodeReply(reply))).toEqual(reply);
  });

  it('are answered, or are none, whatever the bytes', async () => {
    const { service } = serviceOver();
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.nat(), async (bytes, seed) => {
        decodeReply(bytes);
        const asker = { peer: String(seed) as PeerId, address: String(seed) };
        expect(decodeReply(await service.answer(bytes, asker))).toBeDefined();
      }),
    );
  });
});
