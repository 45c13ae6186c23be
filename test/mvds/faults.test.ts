/** The twelve faults found by running the Go implementations (and what their users reported), each kept away by name. */
import { describe, expect, test } from 'vitest';
import type { MessageId } from '../../main/mvds/types.ts';
import { toPeerId } from '../../main/mvds/ids.ts';
import { message, payload, strayId } from './messages.ts';
import { bodies, GROUP, OTHER_GROUP, TestNetwork, text, type TestNode } from './network.ts';

const PEER = toPeerId('hand-made');

/** A node with one peer that is played by the test. */
async function nodeAndPeer(mode: 'batch' | 'interactive' = 'batch') {
  const network = new TestNetwork();
  const node = await network.node('a');
  await node.mvds.setPeer(PEER, { groups: new Set([GROUP]), mode });
  await node.mvds.peerOnline(PEER);
  const receive = async (parts: Parameters<typeof payload>[0]) => {
    const result = await node.mvds.receive(PEER, payload(parts));
    await network.run();
    return result;
  };
  return { network, node, receive };
}

function sentTo(network: TestNetwork, peer = PEER) {
  return network.takeLog().filter(({ to }) => to === peer);
}

async function pair(mode: 'batch' | 'interactive') {
  const network = new TestNetwork();
  const a = await network.node('a');
  const b = await network.node('b');
  await network.join(a, b, mode);
  return { network, a, b };
}

async function expectInSync(network: TestNetwork, nodes: readonly TestNode[]): Promise<void> {
  for (const node of nodes) {
    for (const peerId of node.mvds.view.peers.keys()) {
      expect(await node.mvds.counts(peerId)).toEqual({ offers: 0, requests: 0, messages: 0 });
    }
  }
  network.takeLog();
  await network.epochs(50);
  expect(network.takeLog()).toEqual([]);
}

describe('fault', () => {
  test('1: interactive mode delivers, and an offer that was requested does not repeat', async () => {
    const { network, a, b } = await pair('interactive');
    await a.mvds.append(text('one'));
    await network.run();
    expect(bodies(b.delivered)).toEqual(['one']);
    const offers = network.takeLog(a).flatMap((sent) => sent.payload.offers);
    expect(offers).toHaveLength(1);
    await expectInSync(network, [a, b]);
  });

  test('2: after a lost ack the message that comes again is acknowledged again, and not delivered', async () => {
    const { network, a, b } = await pair('batch');
    let lost = 0;
    network.passes = ({ payload: { acks } }) => acks.length === 0 || ++lost > 3;
    await a.mvds.append(text('one'));
    await network.epochs(200);
    expect(lost).toBe(4);
    expect(bodies(b.delivered)).toEqual(['one']);
    await expectInSync(network, [a, b]);
  });

  test('3: an offer that repeats makes one request, and no crash', async () => {
    const { network, node, receive } = await nodeAndPeer();
    const { id } = message('one');
    for (let times = 0; times < 5; times += 1) await receive({ offers: [id] });
    expect(sentTo(network).flatMap((sent) => sent.payload.requests)).toEqual([id]);
    expect(await node.mvds.counts(PEER)).toMatchObject({ requests: 1 });
  });

  test('4: a message without metadata passes through an interactive group with a third peer', async () => {
    const network = new TestNetwork();
    const a = await network.node('a');
    const c = await network.node('c');
    await network.join(a, c, 'interactive');
    await a.mvds.setPeer(PEER, { groups: new Set([GROUP]), mode: 'interactive' });
    await a.mvds.peerOnline(PEER);
    const bare = payload({ messages: [message('bare')] });
    expect(Buffer.from(bare).includes(Buffer.from('a2f702', 'hex'))).toBe(false);
    await a.mvds.receive(PEER, bare);
    await network.run();
    expect(bodies(a.delivered)).toEqual(['bare']);
    expect(bodies(c.delivered)).toEqual(['bare']);
  });

  test('4: interactive mode sends an ephemeral message instead of offering it', async () => {
    const { network, a, b } = await pair('interactive');
    await a.mvds.append(text('typing', { metadata: { ephemeral: true } }));
    await network.run();
    expect(network.takeLog(a).flatMap((sent) => sent.payload.offers)).toEqual([]);
    expect(bodies(b.delivered)).toEqual(['typing']);
  });

  test('5: an unknown or repeated ack does not keep the acks after it from counting', async () => {
    const { node, receive } = await nodeAndPeer();
    const first = await node.mvds.append(text('one'));
    const second = await node.mvds.append(text('two'));
    await receive({ acks: [strayId(1), first.id, first.id, strayId(2), second.id] });
    expect(await node.mvds.counts(PEER)).toMatchObject({ messages: 0 });
    expect(node.acknowledged.map(([, id]) => id)).toEqual([first.id, second.id]);
    await receive({ acks: [first.id] });
    expect(node.acknowledged).toHaveLength(2);
  });

  test('6: an unknown id among requests does not keep the others from being answered', async () => {
    const { network, node, receive } = await nodeAndPeer('interactive');
    const first = await node.mvds.append(text('one'));
    const second = await node.mvds.append(text('two'));
    await network.run();
    network.takeLog();
    await receive({ requests: [strayId(1), first.id, strayId(2), second.id] });
    const ids = sentTo(network).flatMap((sent) => sent.payload.messages.map(({ id }) => id));
    expect(ids.sort()).toEqual([first.id, second.id].sort());
  });

  test('7: an offer of a message that is held is acknowledged, each time', async () => {
    const { network, node, receive } = await nodeAndPeer();
    const { id } = await node.mvds.append(text('one'));
    await receive({ acks: [id] });
    network.takeLog();
    await receive({ offers: [id] });
    await receive({ offers: [id] });
    expect(sentTo(network).map((sent) => sent.payload.acks)).toEqual([[id], [id]]);
  });

  test('7: in a mesh of three, offers of what all hold end', async () => {
    const network = new TestNetwork();
    const nodes = await Promise.all(['a', 'b', 'c'].map((name) => network.node(name)));
    const [a, b, c] = nodes as [TestNode, TestNode, TestNode];
    await network.join(a, b, 'interactive');
    await network.join(b, c, 'interactive');
    await network.join(a, c, 'interactive');
    await a.mvds.append(text('one'));
    await network.run();
    await expectInSync(network, nodes);
  });

  test('8: neither an empty payload nor acks are answered, and a pair in sync is silent', async () => {
    const { network, node, receive } = await nodeAndPeer();
    await receive({});
    await receive({ acks: [strayId(1)] });
    await network.epochs(20);
    expect(network.takeLog()).toEqual([]);
    const { id } = await node.mvds.append(text('one'));
    await receive({ acks: [id] });
    network.takeLog();
    await network.epochs(100);
    expect(network.takeLog()).toEqual([]);
  });

  test('9: a message three times in a payload, and again later, is delivered once', async () => {
    const { node, receive } = await nodeAndPeer();
    const one = message('one');
    await receive({ messages: [one, one, one] });
    await receive({ messages: [one] });
    expect(bodies(node.delivered)).toEqual(['one']);
  });

  test('9: an application that throws keeps nobody from being acknowledged', async () => {
    const { network, node, receive } = await nodeAndPeer();
    const one = message('one');
    node.delivered.push = () => {
      throw new Error('the application failed');
    };
    await expect(receive({ messages: [one] })).rejects.toThrow('the application failed');
    await network.run();
    expect(sentTo(network).flatMap((sent) => sent.payload.acks)).toEqual([one.id]);
  });

  test('10: an ephemeral message is sent once, not stored, not acknowledged', async () => {
    const { network, a, b } = await pair('batch');
    await a.mvds.append(text('typing', { metadata: { ephemeral: true } }));
    await network.epochs(100);
    const log = network.takeLog();
    expect(log.map(({ payload: { messages, acks } }) => [messages.length, acks.length])).toEqual([
      [1, 0],
    ]);
    expect(bodies(b.delivered)).toEqual(['typing']);
    expect([await a.store.messages.count(), await b.store.messages.count()]).toEqual([0, 0]);
  });

  test('11: a peer that is added late receives everything', async () => {
    const network = new TestNetwork();
    const a = await network.node('a');
    const written: string[] = [];
    for (let n = 0; n < 300; n += 1) {
      written.push(`m${n}`);
      await a.mvds.append(text(`m${n}`));
    }
    const b = await network.node('b');
    const c = await network.node('c');
    await network.join(a, b, 'batch');
    await network.join(a, c, 'interactive');
    await network.run();
    expect(bodies(b.delivered)).toEqual(written);
    expect(bodies(c.delivered).sort()).toEqual(written.toSorted());
    await expectInSync(network, [a, b, c]);
  });

  test('12: causal order holds at any depth: A from B from C, arriving B, C, A', async () => {
    const { node, receive } = await nodeAndPeer();
    const a = message('A');
    const b = message('B', { parents: [a.id] });
    const c = message('C', { parents: [b.id] });
    await receive({ messages: [b] });
    await receive({ messages: [c] });
    expect(node.delivered).toEqual([]);
    await receive({ messages: [a] });
    expect(bodies(node.delivered)).toEqual(['A', 'B', 'C']);
  });

  test('12: a message waits for all of its parents', async () => {
    const { node, receive } = await nodeAndPeer();
    const parents = ['p', 'q', 'r'].map((body) => message(body));
    const child = message('child', { parents: parents.map(({ id }) => id) });
    await receive({ messages: [child] });
    for (const parent of parents) {
      expect(bodies(node.delivered)).not.toContain('child');
      await receive({ messages: [parent] });
    }
    expect(bodies(node.delivered)).toEqual(['p', 'q', 'r', 'child']);
  });
});

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
    const { MvdsNode } = await import('../../main/mvds/node.ts');
    const { createMemorySyncStore } = await import('../../main/mvds/memory-store.ts');
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
