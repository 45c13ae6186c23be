import { expect, test } from 'vitest';
import { decodePayload, EMPTY_PAYLOAD, encodePayload } from '../../main/mvds/codec.ts';
import { createMemorySyncStore } from '../../main/mvds/memory-store.ts';
import { toPeerId } from '../../main/mvds/ids.ts';
import { MvdsNode } from '../../main/mvds/node.ts';
import type { MessageId } from '../../main/mvds/types.ts';
import { GROUP } from './network.ts';

const PEER = toPeerId('peer');
const COUNT = 40;

/** A node that has written while its peer was away, in a session that loses nothing. */
async function withBacklog() {
  const sent: MessageId[] = [];
  const store = createMemorySyncStore();
  const node = await MvdsNode.open({
    ...{ store, storeId: '00'.repeat(16), random: { next: () => 0.5 } },
    ...{ sendHello: false, reconciles: true },
    onDelivered: () => undefined,
    send: (_, bytes) => {
      const decoded = decodePayload(bytes);
      if (decoded.ok) sent.push(...decoded.payload.messages.map(({ id }) => id));
    },
  });
  await node.setPeer(PEER, { groups: new Set([GROUP]), mode: 'batch' });
  const ids: MessageId[] = [];
  for (let number = 0; number < COUNT; number += 1) {
    const body = Buffer.from(`${number} Der Zug fällt aus 🚆 明日`);
    ids.push((await node.append({ groupId: GROUP, timestamp: BigInt(number), body })).id);
  }
  const begin = async () => {
    await node.peerOnline(PEER, { isReliable: true });
    await node.settled();
  };
  const acknowledge = async (acks: readonly MessageId[]) => {
    await node.receive(PEER, encodePayload({ ...EMPTY_PAYLOAD, acks }, 'spec'));
    await node.settled();
  };
  const left = async () => (await store.records.counts(PEER)).messages;
  await begin();
  return { node, sent, ids, begin, acknowledge, left };
}

test('a backlog is sent once in a session, in order, however many epochs pass', async () => {
  const { node, sent, ids, left } = await withBacklog();
  for (let epoch = 0; epoch < 600; epoch += 1) await node.tick();
  await node.settled();
  expect(sent).toEqual(ids);
  expect(await left()).toBe(COUNT);
});

test('in the next session all is sent again that was not acknowledged, and nothing else', async () => {
  const { node, sent, ids, begin, acknowledge, left } = await withBacklog();
  await acknowledge(ids.filter((_, at) => at % 3 !== 0));
  await node.peerOffline(PEER);
  sent.length = 0;
  await begin();
  const rest = ids.filter((_, at) => at % 3 === 0);
  expect(sent).toEqual(rest);
  await acknowledge(rest);
  expect(await left()).toBe(0);
});

test('a message that a reconciliation puts there again is sent again in the same session', async () => {
  const { node, sent, ids, acknowledge, left } = await withBacklog();
  await acknowledge(ids);
  expect(await left()).toBe(0);
  sent.length = 0;
  // It had begun before the messages arrived there.
  await node.reconciled(PEER, GROUP, { have: ids, need: [] });
  await node.settled();
  expect(sent).toEqual(ids);
  await acknowledge(ids);
  expect(await left()).toBe(0);
});

test('so it is where the acknowledgement came long after, or the peer had asked for the message in between', async () => {
  const { node, sent, ids, acknowledge, left } = await withBacklog();
  for (let epoch = 0; epoch < 600; epoch += 1) await node.tick();
  await node.receive(PEER, encodePayload({ ...EMPTY_PAYLOAD, requests: ids.slice(0, 5) }, 'spec'));
  await node.settled();
  expect(sent.slice(COUNT)).toEqual(ids.slice(0, 5));
  await acknowledge(ids);
  sent.length = 0;
  await node.reconciled(PEER, GROUP, { have: ids, need: [] });
  await node.settled();
  expect(sent).toEqual(ids);
  await acknowledge(ids);
  expect(await left()).toBe(0);
});
