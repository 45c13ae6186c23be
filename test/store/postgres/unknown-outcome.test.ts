import { expect, onTestFinished, test } from 'vitest';
import { toPeerId } from '../../../main/mvds/ids.ts';
import { createMemorySyncStore } from '../../../main/mvds/memory-store.ts';
import { StoreUnavailableError } from '../../../main/store/postgres/index.ts';
import { CuttingProxy } from '../../helpers/cutting-proxy.ts';
import { added, ALICE, messageId, record, withParents } from '../samples.ts';
import { openTestPostgres, serverOfFile } from './open.ts';
import { idOf, isInStep, startNode } from './store-node.ts';

const server = serverOfFile();

async function throughProxy() {
  const url = new URL(await server().database());
  const proxy = await CuttingProxy.open(server().port);
  url.port = `${proxy.port}`;
  return { proxy, store: await openTestPostgres({ url: url.href }) };
}

test('a commit whose answer is lost rejects, can be repeated, and is known of all the same', async () => {
  const { proxy, store } = await throughProxy();
  const { messages, records } = store.sync;
  await store.sync.commit({
    addMessages: [added('child', { ...withParents(1), delivered: false })],
  });
  const change = {
    addMessages: [added(1)],
    deliver: [messageId('child')],
    putRecords: [record(ALICE, 1)],
    removeRecords: [record(ALICE, 'other')],
  };
  const cut = proxy.cutAnswerTo('COMMIT');
  await expect(store.sync.commit(change)).rejects.toBeInstanceOf(StoreUnavailableError);
  await cut;
  // It has taken place, but whoever reconciles from here on has not been told.
  expect((await messages.held([messageId(1)])).size).toBe(1);
  expect(await messages.lastSequence()).toBe(1);
  const arrived = await store.elsewhere.next();
  expect(arrived?.messages.map(({ id }) => id)).toEqual([messageId(1)]);
  expect(arrived?.released.map(({ id }) => id)).toEqual([messageId('child')]);
  if (arrived) await store.elsewhere.taken(arrived.upTo);
  expect(await store.elsewhere.next()).toBeUndefined();
  expect(await messages.lastSequence()).toBe(2);
  expect(await store.sync.commit(change)).toEqual([]);
  expect(await records.counts(ALICE)).toEqual({ offers: 0, requests: 0, messages: 1 });
  await store.sync.commit({ addMessages: [added(2)] });
  expect(await store.elsewhere.next()).toBeUndefined();
  expect(await messages.lastSequence()).toBe(3);
});

test('a message whose commit was not confirmed reaches the peers and the application without a restart', async () => {
  const { proxy, store } = await throughProxy();
  const node = await startNode({ name: 'node', peers: ['peer'], ...store });
  onTestFinished(() => node.stop());
  await node.write(1);
  const cut = proxy.cutAnswerTo('COMMIT');
  await expect(node.write(2)).rejects.toBeInstanceOf(StoreUnavailableError);
  await cut;
  await node.until(() => node.delivered.length === 2);
  const sync = createMemorySyncStore();
  const storeId = '00'.repeat(16);
  const peer = await startNode({ name: 'peer', peers: ['node'], sync, storeId });
  onTestFinished(() => peer.stop());
  peer.transport.setAddress(toPeerId('node'), node.transport.port);
  await peer.until(isInStep);
  expect(peer.delivered.map(({ id }) => id).sort()).toEqual([1, 2].map(idOf).sort());
});
