import { expect, onTestFinished, test } from 'vitest';
import { createMemorySyncStore } from '../../../main/mvds/memory-store.ts';
import type { NewMessage } from '../../../main/mvds/ports.ts';
import type { PostgresStore } from '../../../main/store/postgres/index.ts';
import { StoreInUseError } from '../../../main/store/errors.ts';
import { SeededRandom } from '../../simulator/random.ts';
import { added, ALICE, GROUP as SAMPLE_GROUP, messageId, record, withParents } from '../samples.ts';
import { openTestPostgres, serverOfFile } from './open.ts';
import {
  GROUP,
  idOf,
  isInStep,
  startNode,
  type TestNode,
  type TestNodeOptions,
} from './store-node.ts';

const server = serverOfFile();

async function twoNodes(): Promise<[PostgresStore, PostgresStore]> {
  const url = await server().database();
  return [await openTestPostgres({ url, node: 'a' }), await openTestPostgres({ url, node: 'b' })];
}

/** Everything that others have added, taken. */
async function takeAll({ elsewhere }: PostgresStore): Promise<string[]> {
  const ids: string[] = [];
  for (;;) {
    const arrived = await elsewhere.next();
    if (!arrived) return ids;
    ids.push(...arrived.messages.map(({ id }) => id));
    await elsewhere.taken(arrived.upTo);
  }
}

test('whoever reads on from the last sequence misses nothing, however many write at once', async () => {
  const url = await server().database();
  const names = ['a', 'b', 'c', 'd'];
  const writers = await Promise.all(names.map((node) => openTestPostgres({ url, node })));
  const reader = await openTestPostgres({ url, node: 'reader' });
  const random = new SeededRandom(7);
  let count = 0;
  const writing = { isOver: false };
  const written = Promise.all(
    writers.map(async ({ sync }) => {
      for (let batch = 0; batch < 40; batch += 1) {
        const size = 1 + random.below(8);
        const news = Array.from({ length: size }, (): NewMessage => added(`m${(count += 1)}`));
        await sync.commit({ addMessages: news });
      }
    }),
  ).finally(() => (writing.isOver = true));
  const read: number[] = [];
  for (;;) {
    const { isOver } = writing;
    const page = await reader.sync.messages.arrivedAfter(read.at(-1) ?? 0, 25);
    read.push(...page.map(({ sequence }) => sequence));
    if (isOver && page.length === 0) break;
  }
  await written;
  expect(read).toEqual(Array.from({ length: count }, (_, at) => at + 1));
});

test('messages are one set for all nodes; records, cursors, epoch and settings are of each', async () => {
  const [a, b] = await twoNodes();
  await a.sync.commit({
    addMessages: [added(1)],
    putRecords: [record(ALICE, 1)],
    setCursors: [{ peerId: ALICE, groupIds: [SAMPLE_GROUP], storeId: undefined }],
    epoch: 5,
  });
  await a.settings.set('name', 'A');
  expect(await b.sync.commit({ addMessages: [added(1), added(2)] })).toEqual([messageId(2)]);
  expect(await b.sync.messages.count()).toBe(2);
  expect((await b.sync.messages.held([messageId(1)])).size).toBe(1);
  expect(await b.sync.records.counts(ALICE)).toEqual({ offers: 0, requests: 0, messages: 0 });
  expect((await b.sync.records.cursors(ALICE)).size).toBe(0);
  expect(await b.sync.records.epoch()).toBe(0);
  expect(await b.settings.get('name')).toBeUndefined();
  expect(a.storeId).not.toBe(b.storeId);
  await b.sync.commit({ tombstone: [{ id: messageId(1), groupId: SAMPLE_GROUP, timestamp: 1n }] });
  expect(await a.sync.records.counts(ALICE)).toEqual({ offers: 0, requests: 0, messages: 0 });
});

test('a node is told of what others add, once, across a restart, and knows nothing beyond that', async () => {
  const url = await server().database();
  const a = await openTestPostgres({ url, node: 'a' });
  await a.sync.commit({ addMessages: [added('before')] });
  const b = await openTestPostgres({ url, node: 'b' });
  expect(await takeAll(b)).toEqual([]);
  const told = new Promise((resolve) => b.elsewhere.onChange(resolve));
  await a.sync.commit({
    addMessages: [added(1)],
    tombstone: [{ id: messageId('gone'), groupId: SAMPLE_GROUP, timestamp: 3n }],
  });
  expect(await told).toBe('messages');
  await b.sync.commit({ addMessages: [added('own')] });
  // A reconciliation that began now must not count what it cannot know of.
  expect(await b.sync.messages.lastSequence()).toBe(1);
  const arrived = await b.elsewhere.next();
  expect(arrived?.messages.map(({ id }) => id)).toEqual([messageId(1)]);
  expect(arrived?.positions.map(({ id }) => id)).toEqual([messageId(1), messageId('gone')]);
  await b.close();
  const again = await openTestPostgres({ url, node: 'b' });
  expect(await again.sync.messages.lastSequence()).toBe(1);
  expect(await takeAll(again)).toEqual([messageId(1)]);
  expect(await again.sync.messages.lastSequence()).toBe(4);
  await again.close();
  expect(await takeAll(await openTestPostgres({ url, node: 'b' }))).toEqual([]);
});

test('a node is told of what another released from the causal buffer', async () => {
  const [a, b] = await twoNodes();
  const waiting = added('child', { ...withParents('parent'), delivered: false });
  await a.sync.commit({ addMessages: [waiting] });
  await b.sync.commit({
    addMessages: [added('mine', { ...withParents('parent'), delivered: false })],
  });
  await takeAll(b);
  await a.sync.commit({
    addMessages: [added('parent')],
    deliver: [messageId('child'), messageId('mine')],
  });
  const arrived = await b.elsewhere.next();
  expect(arrived?.messages.map(({ id }) => id)).toEqual([messageId('parent')]);
  expect(arrived?.released.map(({ id }) => id)).toEqual([messageId('child'), messageId('mine')]);
  if (arrived) await b.elsewhere.taken(arrived.upTo);
  expect(await b.elsewhere.next()).toBeUndefined();
});

test('the same message from several writers at once is kept once, and no writer fails', async () => {
  const [a, b] = await twoNodes();
  const rounds = Array.from({ length: 30 }, (_, at) => at);
  const write = (store: PostgresStore) => async (round: number) =>
    store.sync.commit({
      addMessages: [added(`x${round}`), added(`y${round}`, withParents(`x${round}`))],
      tombstone: [{ id: messageId(`x${round - 1}`), groupId: SAMPLE_GROUP, timestamp: 0n }],
      putRecords: [record(ALICE, `x${round}`), record(ALICE, `y${round}`)],
    });
  const results = await Promise.all(rounds.flatMap((round) => [write(a)(round), write(b)(round)]));
  expect(results.flat().sort()).toEqual(
    rounds.flatMap((round) => [messageId(`x${round}`), messageId(`y${round}`)]).sort(),
  );
  expect(await a.sync.messages.lastSequence()).toBeLessThanOrEqual(61);
  const sequences = (await a.sync.messages.arrivedAfter(0, Infinity)).map((it) => it.sequence);
  expect(new Set(sequences).size).toBe(sequences.length);
});

test('every node is told when one of them has expired messages', async () => {
  const [a, b] = await twoNodes();
  await a.sync.commit({ addMessages: [added(1), added(2)] });
  const told = new Promise((resolve) => b.elsewhere.onExpired(resolve));
  expect(await a.retention.expire({ groupId: SAMPLE_GROUP, before: 2n, limit: 9 })).toBe(1);
  expect(await told).toBe(SAMPLE_GROUP);
  expect((await b.sync.messages.held([messageId(1)])).size).toBe(0);
});

test('a node runs in one process only, and can be opened again after that', async () => {
  const url = await server().database();
  const first = await openTestPostgres({ url, node: 'a' });
  await expect(openTestPostgres({ url, node: 'a' })).rejects.toBeInstanceOf(StoreInUseError);
  await first.close();
  await openTestPostgres({ url, node: 'a' });
});

async function nodeOf(options: TestNodeOptions): Promise<TestNode> {
  const node = await startNode(options);
  onTestFinished(() => node.stop());
  return node;
}

test('what one node gets, the peers of the other node get at once, and each application hears of it once', async () => {
  const [storeA, storeB] = await twoNodes();
  const a = await nodeOf({ name: 'a', peers: ['p', 'both'], ...storeA });
  const b = await nodeOf({ name: 'b', peers: ['q', 'both'], ...storeB });
  const peer = async (name: string, nodes: readonly [string, TestNode][]): Promise<TestNode> => {
    const sync = createMemorySyncStore();
    const storeId = Buffer.from(name.padEnd(16)).toString('hex');
    const node = await nodeOf({ name, peers: nodes.map(([of]) => of), sync, storeId });
    for (const [of, { transport }] of nodes) node.transport.setAddress(of as never, transport.port);
    return node;
  };
  const p = await peer('p', [['a', a]]);
  const q = await peer('q', [['b', b]]);
  // Whoever writes to both nodes gives each message to two processes at the same moment.
  const both = await peer('both', [
    ['a', a],
    ['b', b],
  ]);
  const writers = [p, q, both, a, b];
  const all = Array.from({ length: 150 }, (_, at) => at);
  await Promise.all(all.map(async (number) => writers[number % writers.length]?.write(number)));
  const wanted = all.map(idOf).sort();
  for (const node of [p, q, both, a, b]) {
    await node.until(() => node.delivered.length >= wanted.length);
    await node.until(isInStep);
    expect(node.delivered.map(({ id }) => id).sort()).toEqual(wanted);
    expect(node.errors).toEqual([]);
  }
  expect(await storeA.sync.messages.count(GROUP)).toBe(wanted.length);
});
