import { expect, onTestFinished, test } from 'vitest';
import { toPeerId } from '../../../main/mvds/ids.ts';
import { createMemorySyncStore } from '../../../main/mvds/memory-store.ts';
import { StoreUnavailableError, type PostgresStore } from '../../../main/store/postgres/index.ts';
import { testPostgres } from '../../helpers/postgres.ts';
import { added, ALICE, BOB, GROUP as SAMPLE_GROUP, messageId, record } from '../samples.ts';
import { openTestPostgres } from './open.ts';
import {
  GROUP,
  idOf,
  isInStep,
  startNode,
  type TestNode,
  type TestNodeOptions,
} from './store-node.ts';

/** The next time that the store is within reach again. */
function recovered({ elsewhere }: PostgresStore): Promise<void> {
  return new Promise((resolve) => {
    elsewhere.onChange((change) => {
      if (change === 'recovered') resolve();
    });
  });
}

test('while the server is away calls reject in good time, and the same store goes on when it is back', async () => {
  const server = await testPostgres();
  const store = await openTestPostgres({ url: await server.database(), patienceMs: 200 });
  await store.sync.commit({ addMessages: [added(1)], putRecords: [record(ALICE, 1)] });
  await server.crash();
  const { messages, records } = store.sync;
  const calls = [
    () => store.sync.commit({ addMessages: [added(2)] }),
    () => messages.read([messageId(1)]),
    () => records.due(ALICE, 9, 9),
    () => store.history.page(SAMPLE_GROUP, { limit: 9 }),
    () => store.retention.expire({ groupId: SAMPLE_GROUP, before: 9n, limit: 9 }),
    () => store.settings.get('name'),
    () => store.elsewhere.next(),
  ];
  for (const call of calls) await expect(call()).rejects.toBeInstanceOf(StoreUnavailableError);
  const back = recovered(store);
  await server.resume();
  await back;
  expect(await store.sync.commit({ addMessages: [added(1), added(2)] })).toEqual([messageId(2)]);
  expect(await records.counts(ALICE)).toEqual({ offers: 0, requests: 0, messages: 1 });
});

test('a call waits out a quick restart', async () => {
  const server = await testPostgres();
  const store = await openTestPostgres({ url: await server.database(), patienceMs: 20_000 });
  await server.crash();
  const commit = store.sync.commit({ addMessages: [added(1)] });
  await server.resume();
  expect(await commit).toEqual([messageId(1)]);
});

test('a server that dies in the middle of commits loses none that it confirmed, and keeps no half of any', async () => {
  const server = await testPostgres();
  const store = await openTestPostgres({ url: await server.database(), patienceMs: 10_000 });
  const confirmed = new Set<number>();
  const failed: unknown[] = [];
  const SIZE = 5;
  const change = (number: number) => ({
    addMessages: Array.from({ length: SIZE }, (_, at) => added(`${number} ${at}`)),
    putRecords: Array.from({ length: SIZE }, (_, at) => record(BOB, `${number} ${at}`)),
  });
  const TOTAL = 400;
  const crashes = [100, 200, 300];
  const restarting: Promise<void>[] = [];
  for (let number = 0; number < TOTAL; number += 1) {
    if (crashes.includes(number)) {
      // At whatever moment of the next commits it is.
      restarting.push(server.crash().then(() => server.resume()));
    }
    for (;;) {
      try {
        await store.sync.commit(change(number));
        confirmed.add(number);
        break;
      } catch (error) {
        failed.push(error);
        const { messages } = store.sync;
        const ids = change(number).addMessages.map(({ message }) => message.id);
        expect([0, SIZE]).toContain((await messages.held(ids)).size);
      }
    }
  }
  await Promise.all(restarting);
  expect(failed.every((error) => error instanceof StoreUnavailableError)).toBe(true);
  expect(failed.length).toBeGreaterThan(0);
  expect(confirmed.size).toBe(TOTAL);
  expect(await store.sync.messages.count()).toBe(TOTAL * SIZE);
  const sequences = (await store.sync.messages.arrivedAfter(0, Infinity)).map((it) => it.sequence);
  expect(sequences).toEqual(Array.from({ length: TOTAL * SIZE }, (_, at) => at + 1));
  // What was repeated after an unknown outcome is counted once.
  expect((await store.sync.records.counts(BOB)).messages).toBe(TOTAL * SIZE);
  expect(await store.sync.records.due(BOB, 9, Infinity)).toHaveLength(TOTAL * SIZE);
});

async function nodeOf(options: TestNodeOptions): Promise<TestNode> {
  const node = await startNode(options);
  onTestFinished(() => node.stop());
  return node;
}

test('a restart of the server in mid-transfer loses nothing acknowledged, and both sides end equal by themselves', async () => {
  const server = await testPostgres();
  const store = await openTestPostgres({ url: await server.database(), patienceMs: 100 });
  const peerStore = createMemorySyncStore();
  const COUNT = 8_000;
  const ids = Array.from({ length: COUNT }, (_, number) => idOf(number));
  const node = await nodeOf({ name: 'node', peers: ['peer'], ...store });
  const storeId = '00'.repeat(16);
  const peer = await nodeOf({ name: 'peer', peers: ['node'], sync: peerStore, storeId });
  const odd = Array.from({ length: COUNT / 2 }, (_, at) => 2 * at + 1);
  await Promise.all(odd.map((number) => peer.write(number - 1)));
  const early = odd.filter((number) => number < 500);
  const own = await Promise.all(early.map((number) => node.write(number)));
  const sent = odd.map((number) => idOf(number - 1));
  /** Those of the peer's messages that the node has acknowledged: they had a record, and have none. */
  const acknowledgedNow = async () => {
    const records = await peerStore.records.records(toPeerId('node'), sent);
    return sent.filter((id) => !records.has(id));
  };
  expect(await acknowledgedNow()).toEqual([]);
  peer.transport.setAddress(toPeerId('node'), node.transport.port);

  for (let crashes = 0; crashes < 3; crashes += 1) {
    const before = node.delivered.length;
    await node.until(async () => {
      if (node.delivered.length <= before + 50) return false;
      // The first crash comes before any acknowledgement, if it can; the others after some.
      return crashes === 0 || (await acknowledgedNow()).length > 0;
    });
    const toSend = peer.orchestrator.peers()[0]?.toSend ?? 0;
    expect(toSend, 'in mid-transfer').toBeGreaterThan(0);
    await server.crash();
    // The server has confirmed whatever the node acknowledged.
    const acknowledged = await acknowledgedNow();
    const written = node.write(501).catch((error: unknown) => error);
    expect(await written).toBeInstanceOf(StoreUnavailableError);
    await server.resume();
    const held = await store.sync.messages.held([...own, ...acknowledged]);
    expect(held.size).toBe(new Set([...own, ...acknowledged]).size);
  }
  await Promise.all(odd.slice(early.length).map((number) => node.write(number)));

  await node.until(isInStep);
  await peer.until(isInStep);
  for (const { messages } of [store.sync, peerStore]) {
    expect((await messages.held(ids)).size).toBe(COUNT);
    expect(await messages.count(GROUP)).toBe(COUNT);
  }
  expect(node.delivered.map(({ id }) => id).sort()).toEqual([...ids].sort());
  expect(node.errors.filter((error) => !(error instanceof StoreUnavailableError))).toEqual([]);
});
