/** What users of other implementations reported, kept away. */
import { describe, expect, test } from 'vitest';
import { toPeerId } from '../../main/mvds/ids.ts';
import { createMemorySyncStore } from '../../main/mvds/memory-store.ts';
import { MvdsNode } from '../../main/mvds/node.ts';
import type { MessageId } from '../../main/mvds/types.ts';
import { nodeAndPeer, PEER, sentTo } from './hand-made.ts';
import { payload, strayId } from './messages.ts';
import { GROUP, OTHER_GROUP, TestNetwork, text } from './network.ts';

describe('reported', () => {
  test('retransmission survives a restart at a high epoch', async () => {
    const { node, network } = await nodeAndPeer();
    await network.epochs(5000);
    await node.mvds.append(text('one'));
    network.takeLog();
    const again = await network.node('a', { memory: node.store });
    await again.mvds.setPeer(PEER, { groups: new Set([GROUP]), mode: 'batch' });
    await again.mvds.peerOnline(PEER);
    await network.epochs(6);
    expect(sentTo(network).length).toBeGreaterThan(1);
  });

  test('nothing is retried while a peer is offline, and all of it at once when it appears', async () => {
    const { node, network } = await nodeAndPeer();
    await network.epochs(1);
    const { id } = await node.mvds.append(text('one'));
    await network.epochs(40);
    await node.mvds.peerOffline(PEER);
    network.takeLog();
    await network.epochs(1000);
    expect(network.takeLog()).toEqual([]);
    await node.mvds.peerOnline(PEER);
    await network.run();
    expect(sentTo(network).flatMap((sent) => sent.payload.messages.map((it) => it.id))).toEqual([
      id,
    ]);
  });

  test('a record is given up when the rule says so, and by default never', async () => {
    const patient = await nodeAndPeer();
    await patient.node.mvds.append(text('one'));
    await patient.network.epochs(20_000);
    expect(await patient.node.mvds.counts(PEER)).toMatchObject({ messages: 1 });

    const network = new TestNetwork();
    const node = await network.node('b', { giveUp: ({ sendCount }) => sendCount >= 3 });
    await node.mvds.setPeer(PEER, { groups: new Set([GROUP]), mode: 'batch' });
    await node.mvds.peerOnline(PEER);
    await node.mvds.append(text('one'));
    await network.epochs(200);
    expect(sentTo(network)).toHaveLength(3);
    expect(await node.mvds.counts(PEER)).toMatchObject({ messages: 0 });
  });

  test('no payload is larger than the peer takes, unless one message is', async () => {
    const network = new TestNetwork();
    const node = await network.node('a', { limits: { maxPayloadBytes: 8192 } });
    await node.mvds.setPeer(PEER, { groups: new Set([GROUP]), mode: 'batch' });
    for (let n = 0; n < 40; n += 1) await node.mvds.append(text('x'.repeat(1000)));
    await node.mvds.append(text('y'.repeat(20_000)));
    await node.mvds.peerOnline(PEER);
    await network.run();
    const sizes = sentTo(network).map((sent) => ({
      bytes: sent.bytes.length,
      messages: sent.payload.messages.length,
    }));
    expect(sizes.length).toBeGreaterThan(5);
    for (const { bytes, messages } of sizes) {
      if (messages > 1) expect(bytes).toBeLessThanOrEqual(8192);
    }
    expect(sizes.some(({ bytes }) => bytes > 20_000)).toBe(true);
  });

  test('a peer whose transport fails or stalls holds up nobody else', async () => {
    const network = new TestNetwork();
    const failing = toPeerId('failing');
    const stalling = toPeerId('stalling');
    const sent: string[] = [];
    const failures: string[] = [];
    const node = await MvdsNode.open({
      store: createMemorySyncStore(),
      random: { next: () => 0 },
      storeId: 'a'.repeat(32),
      onDelivered: () => undefined,
      onSendFailed: (peerId) => failures.push(peerId),
      send: (peerId) => {
        sent.push(peerId);
        if (peerId === failing) throw new Error('no connection');
        return peerId === stalling ? new Promise<void>(() => undefined) : undefined;
      },
    });
    for (const peerId of [failing, stalling, PEER]) {
      await node.setPeer(peerId, { groups: new Set([GROUP]), mode: 'batch' });
      await node.peerOnline(peerId);
    }
    for (let n = 0; n < 3; n += 1) {
      await node.append(text(`m${n}`));
      await node.settled();
    }
    await network.run();
    expect(sent.filter((peerId) => peerId === PEER)).toHaveLength(3);
    expect(sent.filter((peerId) => peerId === stalling)).toHaveLength(1);
    expect(new Set(failures)).toEqual(new Set([failing]));
  });

  test('what a transport never took does not hold up the next session', async () => {
    const stalls: ((error: Error) => void)[] = [];
    const failures: unknown[] = [];
    const node = await MvdsNode.open({
      store: createMemorySyncStore(),
      random: { next: () => 0 },
      storeId: 'a'.repeat(32),
      onDelivered: () => undefined,
      onSendFailed: (_peerId, error) => failures.push(error),
      send: () => new Promise<void>((_resolve, reject) => stalls.push(reject)),
    });
    await node.setPeer(PEER, { groups: new Set([GROUP]), mode: 'batch' });
    await node.peerOnline(PEER);
    await node.append(text('one'));
    await node.settled();
    await node.append(text('two'));
    await node.settled();
    expect(stalls).toHaveLength(1);
    await node.peerOffline(PEER);
    await node.peerOnline(PEER);
    await node.settled();
    expect(stalls).toHaveLength(2);
    // The end of the old session's payload is not the end of the new one's.
    stalls[0]?.(new Error('the old stream was closed'));
    await node.append(text('three'));
    await node.settled();
    expect(stalls).toHaveLength(2);
    expect(failures).toEqual([]);
  });

  test('offers of a hostile peer make no more requests than the limit', async () => {
    const network = new TestNetwork();
    const node = await network.node('a', { limits: { maxRequestsPerPeer: 100 } });
    await node.mvds.setPeer(PEER, { groups: new Set([GROUP]), mode: 'batch' });
    await node.mvds.peerOnline(PEER);
    for (let round = 0; round < 5; round += 1) {
      const offers: MessageId[] = [];
      for (let n = 0; n < 90; n += 1) offers.push(strayId(round * 90 + n));
      await node.mvds.receive(PEER, payload({ offers }));
    }
    expect(await node.mvds.counts(PEER)).toMatchObject({ requests: 100 });
    expect(node.rejected).toContainEqual([PEER, { type: 'too-many-offers', count: 80 }]);
  });

  test('a removed peer leaves no records, and gets nothing', async () => {
    const { node, network } = await nodeAndPeer();
    await node.mvds.append(text('one'));
    await node.mvds.removePeer(PEER);
    await network.run();
    network.takeLog();
    await node.mvds.append(text('two'));
    await network.epochs(50);
    expect(network.takeLog()).toEqual([]);
    expect(await node.mvds.counts(PEER)).toEqual({ offers: 0, requests: 0, messages: 0 });
  });

  test('membership is what decides: a member gets what it requests, another does not', async () => {
    const { network, node, receive } = await nodeAndPeer();
    const inside = await node.mvds.append(text('inside'));
    const outside = await node.mvds.append(text('outside', { groupId: OTHER_GROUP }));
    await receive({ acks: [inside.id] });
    network.takeLog();
    const result = await receive({ requests: [inside.id, outside.id] });
    const ids = sentTo(network).flatMap((sent) => sent.payload.messages.map(({ id }) => id));
    expect(ids).toEqual([inside.id]);
    expect(result.rejected).toEqual([
      { type: 'unauthorised', messageId: outside.id, groupId: OTHER_GROUP },
    ]);
  });

  test('an ephemeral message never becomes a parent', async () => {
    const { node } = await nodeAndPeer();
    const lasting = await node.mvds.append(text('lasting'));
    await node.mvds.append(text('typing', { metadata: { ephemeral: true } }));
    const child = await node.mvds.append(text('child', { causal: true }));
    expect(child.metadata.parents).toEqual([lasting.id]);
  });
});
