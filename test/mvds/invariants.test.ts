/** The numbered invariants above `main/mvds/decide.ts`, each by a test of its number. */
import { describe, expect, test } from 'vitest';
import { WINDOW_BYTES } from '../../main/mvds/constants.ts';
import { decide } from '../../main/mvds/decide.ts';
import { toPeerId } from '../../main/mvds/ids.ts';
import { createMemorySyncStore } from '../../main/mvds/memory-store.ts';
import { policyOf } from '../../main/mvds/options.ts';
import { MutableState } from '../../main/mvds/state.ts';
import { message, payload, strayId } from './messages.ts';
import { nodeWith, PEER, THIRD } from './node-with.ts';
import { bodies, GROUP, ids, OTHER_GROUP, TestNetwork, text, type TestNode } from './network.ts';

async function three(mode: 'batch' | 'interactive') {
  const network = new TestNetwork();
  const a = await network.node('a');
  const b = await network.node('b');
  const c = await network.node('c');
  await network.join(a, b, mode);
  await network.join(b, c, mode);
  await network.join(a, c, mode);
  return { network, a, b, c };
}

describe('invariant', () => {
  test('1: one record per peer and message, whatever follows whatever', async () => {
    const { network, node } = await nodeWith(PEER);
    const own = await node.mvds.append(text('own', { mode: 'interactive' }));
    const steps = [
      { requests: [own.id] },
      { offers: [own.id, strayId(1)] },
      { requests: [own.id, strayId(1)] },
      { offers: [strayId(1)] },
    ];
    for (const step of steps) {
      await node.mvds.receive(PEER, payload(step));
      await network.run();
      const keys = node.store.snapshot().records.map((it) => `${it.peerId} ${it.messageId}`);
      expect(new Set(keys).size).toBe(keys.length);
    }
    expect(node.store.snapshot().records.map(({ type }) => type)).toContain('request');
  });

  test('2: what has no record for a peer is known to be held by it', async () => {
    const { network, a, b, c } = await three('interactive');
    network.passes = ({ to }) => to !== c.id;
    for (let n = 0; n < 20; n += 1) await a.mvds.append(text(`m${n}`));
    await network.epochs(20);
    const holds: [TestNode, TestNode][] = [
      [a, b],
      [a, c],
      [b, c],
      [b, a],
    ];
    for (const [node, peer] of holds) {
      const held = new Set(await ids(peer.store));
      const { records } = node.store.snapshot();
      const recorded = new Set(
        records.filter(({ peerId }) => peerId === peer.id).map(({ messageId }) => messageId),
      );
      for (const { id } of node.store.snapshot().messages) {
        expect(recorded.has(id) || held.has(id)).toBe(true);
      }
    }
  });

  test('3: a held message is acknowledged whenever it is sent or offered, after its commit', async () => {
    const { network, node } = await nodeWith(PEER);
    const one = message('one');
    const commit = node.store.commit.bind(node.store);
    const atCommit: number[] = [];
    node.store.commit = async (changes) => {
      atCommit.push(network.log.length);
      return commit(changes);
    };
    for (const parts of [{ messages: [one] }, { messages: [one] }, { offers: [one.id] }]) {
      await node.mvds.receive(PEER, payload(parts));
      await network.run();
      expect(network.takeLog().map((sent) => sent.payload.acks)).toEqual([[one.id]]);
    }
    expect(atCommit[0]).toBe(0);
  });

  test('4: delivered once, parents before children, in every order of arrival', async () => {
    const root = message('root');
    const left = message('left', { parents: [root.id] });
    const right = message('right', { parents: [root.id] });
    const tip = message('tip', { parents: [left.id, right.id] });
    const all = [root, left, right, tip];
    for (let order = 0; order < 256; order += 1) {
      const { node } = await nodeWith(PEER);
      const arrivals = [0, 2, 4, 6].map((shift) => all[(order >> shift) & 3] ?? root);
      for (const it of [...arrivals, ...all]) {
        await node.mvds.receive(PEER, payload({ messages: [it] }));
      }
      const seen: string[] = [];
      for (const { id, metadata, delivered } of node.delivered) {
        expect(delivered).toBe(true);
        expect(seen).toEqual(expect.arrayContaining([...metadata.parents]));
        seen.push(id);
      }
      expect(seen.toSorted()).toEqual(all.map(({ id }) => id).sort());
    }
  });

  test('4: what is delivered carries its place in the store', async () => {
    const { node } = await nodeWith(PEER);
    const root = message('root');
    const child = message('child', { parents: [root.id] });
    await node.mvds.receive(PEER, payload({ messages: [child] }));
    await node.mvds.receive(PEER, payload({ messages: [message('other'), root] }));
    const places = node.delivered.map(({ sequence }) => sequence);
    expect(bodies(node.delivered)).toEqual(['other', 'root', 'child']);
    expect(places).toEqual([2, 3, 1]);
    const stored = await node.store.messages.arrivedAfter(0, 10);
    expect(stored.every(({ delivered }) => delivered)).toBe(true);
  });

  test('5: acks alone are never answered, nothing is empty, a trio in sync is silent', async () => {
    const { network, a, b, c } = await three('batch');
    for (const node of [a, b, c]) await node.mvds.append(text(`from ${node.id}`));
    await network.run();
    for (const { payload: sent, bytes } of network.takeLog()) {
      const { acks, offers, requests, messages } = sent;
      expect(acks.length + offers.length + requests.length + messages.length).toBeGreaterThan(0);
      expect(bytes.length).toBeGreaterThan(0);
    }
    await network.epochs(1000);
    expect(network.takeLog()).toEqual([]);
  });

  test('6: nothing goes to a peer that is offline; at its return all of it, once', async () => {
    const { network, node } = await nodeWith(PEER);
    await node.mvds.append(text('lost on the way'));
    // Sent so often that its next time is far away.
    await network.epochs(300);
    await node.mvds.peerOffline(PEER);
    network.takeLog();
    await node.mvds.append(text('written meanwhile'));
    await node.mvds.receive(PEER, payload({ messages: [message('late')] }));
    await network.epochs(10);
    expect(network.takeLog()).toEqual([]);
    await node.mvds.peerOnline(PEER);
    await network.run();
    const sent = network.takeLog();
    expect(sent).toHaveLength(1);
    expect(sent[0]?.payload.messages).toHaveLength(2);
  });

  test('7: a peer gets and gives messages only in its groups', async () => {
    const { network, node } = await nodeWith(PEER);
    await node.mvds.append(text('secret', { groupId: OTHER_GROUP }));
    const forged = message('forged', {}, OTHER_GROUP);
    const result = await node.mvds.receive(PEER, payload({ messages: [forged, message('fine')] }));
    await network.epochs(20);
    expect(result.stored).toEqual([message('fine').id]);
    expect(result.acknowledged).toEqual([message('fine').id]);
    expect(bodies(node.delivered)).toEqual(['secret', 'fine']);
    expect(network.log.flatMap((sent) => sent.payload.messages)).toEqual([]);
  });

  test('7: a group taken from a peer takes its records along, and giving it back fills it again', async () => {
    const { network, node } = await nodeWith(PEER);
    const both = new Set([GROUP, OTHER_GROUP]);
    await node.mvds.setPeer(PEER, { groups: both, mode: 'batch' });
    const first = await node.mvds.append(text('first', { groupId: OTHER_GROUP }));
    await node.mvds.receive(PEER, payload({ acks: [first.id] }));
    await node.mvds.setPeer(PEER, { groups: new Set([GROUP]), mode: 'batch' });
    const second = await node.mvds.append(text('second', { groupId: OTHER_GROUP }));
    await network.epochs(20);
    expect(await node.mvds.counts(PEER)).toEqual({ offers: 0, requests: 0, messages: 0 });
    await node.mvds.setPeer(PEER, { groups: both, mode: 'batch' });
    await network.run();
    const known = network.log.flatMap((sent) => [
      ...sent.payload.offers,
      ...sent.payload.messages.map(({ id }) => id),
    ]);
    expect(known).toContain(second.id);
  });

  test('8: bad, unknown and repeated items change nothing for their neighbours', async () => {
    const { node } = await nodeWith(PEER);
    const good = payload({ messages: [message('good')] });
    const shortId = Buffer.from('cab8021faa'.padEnd(6 + 2 + 31 * 2, 'a'), 'hex');
    const badMessage = Buffer.from('e2b802028af7', 'hex');
    const bytes = Buffer.concat([shortId, badMessage, good, shortId, good]);
    const result = await node.mvds.receive(PEER, bytes);
    expect(result.stored).toEqual([message('good').id]);
    expect(result.rejected).toEqual([{ type: 'bad-items', count: 3 }]);
  });

  test('9: a new message goes to every other member, not back, nor to who offered it', async () => {
    const fourth = toPeerId('fourth');
    const { network, node } = await nodeWith(PEER, THIRD, fourth);
    const one = message('one');
    await node.mvds.receive(THIRD, payload({ offers: [one.id] }));
    await network.run();
    network.takeLog();
    await node.mvds.receive(PEER, payload({ messages: [one] }));
    await network.run();
    const sent = network.takeLog();
    expect(sent.filter(({ to }) => to === PEER).map((it) => it.payload)).toEqual([
      expect.objectContaining({ acks: [one.id], offers: [], messages: [] }),
    ]);
    expect(sent.filter(({ to }) => to === THIRD).map((it) => it.payload)).toEqual([
      expect.objectContaining({ acks: [one.id], offers: [], messages: [] }),
    ]);
    expect(sent.filter(({ to }) => to === fourth).map((it) => it.payload.offers)).toEqual([
      [one.id],
    ]);
  });

  test('10: unanswered bytes per peer stay within the window, and acks open it again', async () => {
    const { network, node } = await nodeWith(PEER);
    const body = 'x'.repeat(10_000);
    for (let n = 0; n < 300; n += 1) await node.mvds.append(text(body));
    await network.run();
    const first = network.takeLog();
    const bytes = first.reduce((sum, sent) => sum + sent.bytes.length, 0);
    expect(bytes).toBeLessThanOrEqual(WINDOW_BYTES);
    expect(bytes).toBeGreaterThan(WINDOW_BYTES * 0.9);
    await network.epochs(2);
    expect(network.takeLog()).toEqual([]);
    const acks = first.flatMap((sent) => sent.payload.messages.map(({ id }) => id)).slice(0, 50);
    await node.mvds.receive(PEER, payload({ acks }));
    await network.run();
    const next = network.takeLog().flatMap((sent) => sent.payload.messages);
    expect(next).toHaveLength(50);
  });

  test('11: an ephemeral message reaches each member once, and no store', async () => {
    const { network, a, b, c } = await three('interactive');
    await a.mvds.append(text('typing', { metadata: { ephemeral: true } }));
    await network.epochs(100);
    for (const node of [a, b, c]) {
      expect(bodies(node.delivered)).toEqual(['typing']);
      expect(node.delivered[0]?.sequence).toBe(0);
      expect(await node.store.messages.count()).toBe(0);
      expect(node.store.snapshot().records).toEqual([]);
    }
    const links = network.log.map(({ from, to }) => `${from} ${to}`);
    expect(new Set(links).size).toBe(links.length);
    expect(network.log.flatMap((sent) => sent.payload.acks)).toEqual([]);
  });

  test('12: an event that fails to commit changes nothing, and works when it comes again', async () => {
    const { network, node } = await nodeWith(PEER, THIRD);
    const before = node.store.snapshot();
    const commit = node.store.commit.bind(node.store);
    node.store.commit = () => Promise.reject(new Error('disk full'));
    const bytes = payload({ messages: [message('one')], offers: [strayId(1)] });
    await expect(node.mvds.receive(PEER, bytes)).rejects.toThrow('disk full');
    await expect(node.mvds.append(text('own'))).rejects.toThrow('disk full');
    await network.run();
    expect(network.log).toEqual([]);
    expect(node.delivered).toEqual([]);
    expect(node.store.snapshot()).toEqual(before);
    node.store.commit = commit;
    // Not even later may an ack go out for what was not stored.
    await network.epochs(5);
    expect(network.log).toEqual([]);
    await node.mvds.receive(PEER, bytes);
    await network.run();
    expect(bodies(node.delivered)).toEqual(['one']);
    expect(network.log.map(({ to }) => to).sort()).toEqual([PEER, THIRD]);
  });
});

test('a decision is a pure function: it changes nothing that it sees, and repeats itself', () => {
  const state = new MutableState(1);
  const peer = {
    groups: new Set([GROUP]),
    mode: 'batch',
    dialect: 'spec',
    dialectHeard: false,
  } as const;
  state.apply({ type: 'addPeer', peerId: PEER, storeId: undefined, since: undefined, ...peer });
  state.apply({ type: 'startSession', isReliable: false, peerId: PEER });
  const policy = policyOf({
    store: createMemorySyncStore(),
    random: { next: () => 0 },
    storeId: 'f'.repeat(32),
    onDelivered: () => undefined,
    send: () => undefined,
  });
  const event = {
    type: 'append',
    items: [{ message: message('one'), mode: undefined }],
    slice: { held: new Set<never>(), undelivered: new Set<never>() },
  } as const;
  const first = decide({ state: state.view, policy }, event);
  expect(decide({ state: state.view, policy }, event)).toEqual(first);
  expect(state.view.peers.get(PEER)?.pendingAcks.size).toBe(0);
  expect(first.changes?.putRecords).toHaveLength(1);
  expect(first.effects.map(({ type }) => type)).toEqual(['flush', 'deliver']);
});
