/** The twelve faults found by running the Go implementations, each kept away by name. */
import { describe, expect, test } from 'vitest';
import { nodeAndPeer, PEER, sentTo } from './hand-made.ts';
import { message, payload, strayId } from './messages.ts';
import { bodies, GROUP, TestNetwork, text, type TestNode } from './network.ts';

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
