import { expect, test } from 'vitest';
import { StoreFullError } from '../../main/store/index.ts';
import { faultyFileSystem, fileError } from './faulty-file-system.ts';
import { testFolder } from './folder.ts';
import { KEY, openTestStore } from './open.ts';
import { backlogSuite } from './backlog-suite.ts';
import { added, ALICE, BOB, GROUP, messageId, record, withParents } from './samples.ts';
import { syncStoreSuite } from './sync-store-suite.ts';

syncStoreSuite('store', async () => (await openTestStore()).sync);
backlogSuite('store', async () => (await openTestStore()).sync);
syncStoreSuite('store in a thread', async () => (await openTestStore({ inThread: true })).sync);
syncStoreSuite('encrypted store', async () => (await openTestStore({ key: KEY })).sync);

test('everything is there after closing and opening again', async () => {
  const folder = testFolder();
  const store = await openTestStore({ folder });
  await store.sync.commit({
    addMessages: [added(1), added(2, { ...withParents(1), delivered: false, source: BOB })],
    putRecords: [record(ALICE, 1, { sendEpoch: 3, sendCount: 1 })],
    backfill: [{ peerId: BOB, groupIds: [GROUP], type: 'offer', sendEpoch: 0 }],
    epoch: 12,
  });
  await store.sync.commit({ addMessages: [added(3), added(4), added(5)] });
  const lacking = [3, 5].map(messageId);
  await store.sync.commit({
    addBacklog: [{ peerId: ALICE, groupId: GROUP, messageIds: lacking, sendEpoch: 12 }],
  });
  const { messages, records } = store.sync;
  const look = async ({ messages: m, records: r } = { messages, records }): Promise<unknown[]> => [
    await m.arrivedAfter(0, 10),
    await m.heads(GROUP, 10),
    await m.count(GROUP),
    await r.due(ALICE, 3, 10),
    await r.counts(ALICE),
    await r.backlog(ALICE, new Map(), 1_000),
    await r.records(ALICE, lacking),
    await r.epoch(),
    await r.cursors(BOB),
  ];
  const before = await look();
  expect(await records.counts(ALICE)).toEqual({ offers: 0, requests: 0, messages: 3 });
  await store.close();
  const again = await openTestStore({ folder });
  expect(again.storeId).toBe(store.storeId);
  expect(await look(again.sync)).toEqual(before);
});

test('a change that cannot be written whole is not written at all', async () => {
  const fileSystem = faultyFileSystem();
  const { sync } = await openTestStore({ fileSystem });
  await sync.commit({ addMessages: [added(1)] });
  fileSystem.fail = (operation) => {
    if (operation === 'write') throw fileError('ENOSPC');
  };
  const changes = {
    addMessages: [added(2, { source: BOB })],
    putRecords: [record(ALICE, 2)],
    addBacklog: [{ peerId: ALICE, groupId: GROUP, messageIds: [messageId(1)], sendEpoch: 5 }],
    epoch: 5,
  };
  await expect(sync.commit(changes)).rejects.toBeInstanceOf(StoreFullError);
  expect(await sync.messages.count()).toBe(1);
  expect(await sync.records.counts(ALICE)).toEqual({ offers: 0, requests: 0, messages: 0 });
  expect(await sync.records.epoch()).toBe(0);
  expect((await sync.records.backlog(ALICE, new Map(), 99)).messages).toEqual([]);
  fileSystem.fail = () => undefined;
  expect(await sync.commit(changes)).toEqual([messageId(2)]);
  expect(await sync.records.counts(ALICE)).toEqual({ offers: 0, requests: 0, messages: 2 });
  expect((await sync.records.backlog(ALICE, new Map(), 99)).messages).toHaveLength(1);
  expect((await sync.messages.read([messageId(2)])).get(messageId(2))?.source).toBe(BOB);
});

test('an ephemeral message is refused, and with it the whole change', async () => {
  const { sync } = await openTestStore();
  const ephemeral = added(2, { metadata: { parents: [], ephemeral: true } });
  await expect(sync.commit({ addMessages: [added(1), ephemeral] })).rejects.toThrow(RangeError);
  expect(await sync.messages.count()).toBe(0);
});
