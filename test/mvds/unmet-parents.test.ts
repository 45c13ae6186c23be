/** Parents that nobody has, or that lie in a circle: what names them is delivered all the same, once, and named. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  PARENT_GRACE_EPOCHS,
  PARENT_PATIENCE_EPOCHS,
  PARENT_REQUEST_SENDS,
} from '../../main/mvds/constants.ts';
import { createMemorySyncStore, type MemorySyncStore } from '../../main/mvds/memory-store.ts';
import { toPeerId } from '../../main/mvds/ids.ts';
import type { Message } from '../../main/mvds/types.ts';
import { message, payload, strayId } from './messages.ts';
import { bodies, GROUP, OTHER_GROUP, TestNetwork, text, type TestNode } from './network.ts';

const PEER = toPeerId('peer');
/** Epochs by which asking ten times has ended, with waits of at most 32 epochs. */
const ASKING_ENDS = 400;
const LOST = strayId(1);

/** A message that names others by their bodies. Metadata is not covered by the id, so circles are easily made. */
function naming(body: string, ...parents: readonly string[]): Message {
  return message(body, { parents: parents.map((parent) => message(parent).id) });
}

async function open(store?: MemorySyncStore, peers = [PEER]) {
  const network = new TestNetwork();
  const node = await network.node('node', store === undefined ? {} : { memory: store });
  for (const peerId of peers) {
    await node.mvds.setPeer(peerId, { groups: new Set([GROUP]), mode: 'batch' });
    await node.mvds.peerOnline(peerId);
  }
  const receive = async (...messages: readonly Message[]) => {
    await node.mvds.receive(PEER, payload({ messages }));
    await node.mvds.settled();
  };
  return { network, node, receive };
}

/** A node on what a crash at this moment would leave. */
const restarted = ({ store }: TestNode, peers = [PEER]) =>
  open(createMemorySyncStore(store.snapshot()), peers);

const named = ({ unmet }: TestNode) =>
  unmet.map(({ type, messageId, parents }) => ({ type, messageId, parents }));

describe('a circle', () => {
  test('of one, a message that names itself, is delivered at once and named', async () => {
    const { node, receive } = await open();
    const self = naming('self', 'self');
    await receive(self);
    expect(bodies(node.delivered)).toEqual(['self']);
    expect(node.unmet).toEqual([
      { type: 'circle', messageId: self.id, groupId: GROUP, source: PEER, parents: [self.id] },
    ]);
  });

  test('of two is delivered as soon as it is whole, in the order of arrival, and named once', async () => {
    const { node, receive } = await open();
    const [a, b] = [naming('a', 'b'), naming('b', 'a')];
    await receive(a);
    expect(node.delivered).toEqual([]);
    await receive(b);
    expect(bodies(node.delivered)).toEqual(['a', 'b']);
    expect(named(node)).toEqual([{ type: 'circle', messageId: a.id, parents: [b.id] }]);
    await receive(a, b);
    expect(node.delivered).toHaveLength(2);
  });

  test('of the same second: a stored message overwritten by one that descends from it', async () => {
    const { node, receive } = await open();
    await receive(naming('first'), naming('ok', 'first'), naming('then', 'ok'));
    await receive(naming('ok', 'then'));
    expect(bodies(node.delivered)).toEqual(['first', 'ok', 'then']);
    const other = await open();
    await other.receive(
      naming('first'),
      naming('ok', 'then'),
      naming('then', 'ok'),
      naming('on', 'then'),
    );
    expect(bodies(other.node.delivered).sort()).toEqual(['first', 'ok', 'on', 'then']);
  });

  test('of 5,000 is delivered with a tail of 5,000, whole and in order, without a stack for it', async () => {
    const { node, receive } = await open();
    const length = 5_000;
    const circle = Array.from({ length }, (_, n) => naming(`c${n}`, `c${(n + 1) % length}`));
    const tail = Array.from({ length }, (_, n) => naming(`t${n}`, n === 0 ? 'c7' : `t${n - 1}`));
    await receive(...tail, ...circle);
    expect(node.delivered).toHaveLength(2 * length);
    const order = bodies(node.delivered);
    expect(order.filter((body) => body.startsWith('t'))).toEqual(tail.map((_, n) => `t${n}`));
    expect(order.indexOf('t0')).toBeGreaterThan(order.indexOf('c7'));
    expect(node.unmet).toHaveLength(1);
  });

  test('that waits for a parent that may come waits on, and is delivered after it', async () => {
    const { node, receive } = await open();
    await receive(naming('a', 'b', 'root'), naming('b', 'a'), naming('c', 'b'));
    expect(node.delivered).toEqual([]);
    await receive(naming('root'));
    expect(bodies(node.delivered)).toEqual(['root', 'a', 'b', 'c']);
  });

  test('behind a circle is delivered after it', async () => {
    const { node, receive } = await open();
    await receive(naming('x', 'y', 'a'), naming('y', 'x'), naming('a', 'b'), naming('b', 'a'));
    expect(bodies(node.delivered)).toEqual(['a', 'b', 'x', 'y']);
  });

  test('that closes after a restart is delivered, and what waited behind it too', async () => {
    const before = await open();
    await before.receive(naming('a', 'c'), naming('tail', 'a'), naming('b', 'a'));
    expect(before.node.delivered).toEqual([]);
    const { node, receive } = await restarted(before.node);
    await receive(naming('c', 'b'));
    expect(bodies(node.delivered).sort()).toEqual(['a', 'b', 'c', 'tail']);
    expect(node.unmet.map(({ type }) => type)).toEqual(['circle']);
    const again = await restarted(node);
    await again.network.epochs(5);
    expect(again.node.delivered).toEqual([]);
  });
});

describe('whatever the parents', () => {
  /** Up to 9 messages, each naming up to three of them or of two that nobody has. */
  const graphs = fc.array(fc.array(fc.nat(10), { maxLength: 3 }), { minLength: 1, maxLength: 9 });
  const runs = fc.record({
    graph: graphs,
    seed: fc.array(fc.nat(1000), { minLength: 9, maxLength: 9 }),
    restarts: fc.array(fc.boolean(), { minLength: 9, maxLength: 9 }),
    together: fc.array(fc.boolean(), { minLength: 9, maxLength: 9 }),
  });

  test('in any order, in any payloads, across restarts: all are delivered once, and every child before its parent is named', async () => {
    await fc.assert(
      fc.asyncProperty(runs, async ({ graph, seed, restarts, together }) => {
        const all = graph.map((parents, n) => naming(`m${n}`, ...parents.map((it) => `m${it}`)));
        const order = all
          .map((one, n) => ({ one, rank: seed[n] ?? 0 }))
          .sort((a, b) => a.rank - b.rank)
          .map(({ one }) => one);
        let device = await open();
        const delivered: Message[] = [];
        const excused = new Set<string>();
        const collect = ({ node }: typeof device): void => {
          delivered.push(...node.delivered);
          for (const { messageId, parents } of node.unmet) {
            for (const parent of parents) excused.add(`${messageId} ${parent}`);
          }
        };
        for (let at = 0; at < order.length;) {
          const count = together[at] === true ? 3 : 1;
          await device.receive(...order.slice(at, at + count));
          if (restarts[at] === true) {
            collect(device);
            device = await restarted(device.node);
          }
          at += count;
        }
        await device.network.epochs(ASKING_ENDS);
        collect(device);
        expect(delivered.map(({ id }) => id).sort()).toEqual(all.map(({ id }) => id).sort());
        const place = new Map(delivered.map(({ id }, at) => [id, at]));
        for (const { id, metadata } of delivered) {
          for (const parent of metadata.parents) {
            const isBefore = (place.get(parent) ?? Infinity) < (place.get(id) ?? 0);
            if (!isBefore) expect(excused).toContain(`${id} ${parent}`);
          }
        }
        expect((await device.node.store.messages.buffered(0, 10)).length).toBe(0);
      }),
      { numRuns: 150 },
    );
  });
});

describe('a parent that nobody has', () => {
  const child = message('child', { parents: [LOST] });
  const grandchild = naming('grandchild', 'child');
  const requests = (network: TestNetwork) =>
    network.takeLog().flatMap((sent) => sent.payload.requests);

  test('is asked for ten times; then what names it is delivered, with all that waits behind it', async () => {
    const { network, node, receive } = await open();
    await receive(grandchild);
    await receive(child);
    expect(node.delivered).toEqual([]);
    await network.epochs(100);
    expect(node.delivered).toEqual([]);
    await network.epochs(ASKING_ENDS - 100);
    expect(bodies(node.delivered)).toEqual(['child', 'grandchild']);
    expect(node.unmet).toEqual([
      { type: 'not-found', messageId: child.id, groupId: GROUP, source: PEER, parents: [LOST] },
    ]);
    const asked = requests(network).filter((id) => id === LOST);
    expect(asked).toHaveLength(PARENT_REQUEST_SENDS);
  });

  test('holds up the next message that names it no more', async () => {
    const { network, node, receive } = await open();
    await receive(child);
    await network.epochs(ASKING_ENDS);
    network.takeLog();
    const next = message('next', { parents: [LOST, child.id] });
    await receive(next);
    expect(bodies(node.delivered)).toEqual(['child', 'next']);
    expect(named(node).at(-1)).toEqual({ type: 'not-found', messageId: next.id, parents: [LOST] });
    await network.epochs(100);
    expect(requests(network)).toEqual([]);
  });

  test('is delivered late if it comes after all, and nothing twice', async () => {
    const late = message('late');
    const early = message('early', { parents: [late.id] });
    const { network, node, receive } = await open();
    await receive(early);
    await network.epochs(ASKING_ENDS);
    await receive(late);
    await receive(early, late);
    await receive(naming('after', 'late', 'early'));
    expect(bodies(node.delivered)).toEqual(['early', 'late', 'after']);
    expect(node.unmet).toHaveLength(1);
    const again = await restarted(node);
    await again.network.epochs(ASKING_ENDS);
    expect(again.node.delivered).toEqual([]);
  });

  test('is given up after a restart, too', async () => {
    const before = await open();
    await before.receive(grandchild, child);
    const { network, node } = await restarted(before.node);
    await network.epochs(ASKING_ENDS);
    expect(bodies(node.delivered)).toEqual(['child', 'grandchild']);
    expect(node.unmet).toHaveLength(1);
  });

  test('is given up by a node that is restarted and loses its connection all the time', async () => {
    let device = await open();
    await device.receive(child);
    const delivered: string[] = [];
    for (let round = 0; round < 30; round += 1) {
      await device.network.epochs(PARENT_GRACE_EPOCHS / 2);
      await device.node.mvds.peerOffline(PEER);
      await device.network.epochs(2);
      await device.node.mvds.peerOnline(PEER);
      await device.network.epochs(2);
      delivered.push(...bodies(device.node.delivered));
      device = await restarted(device.node);
    }
    await device.network.epochs(PARENT_GRACE_EPOCHS + 2);
    expect([...delivered, ...bodies(device.node.delivered)]).toEqual(['child']);
  });

  test('is given up at once when the last peer that could be asked is removed', async () => {
    const { node, receive } = await open();
    await receive(grandchild, child);
    await node.mvds.removePeer(PEER);
    expect(bodies(node.delivered)).toEqual(['child', 'grandchild']);
  });

  test('is waited for while another peer is asked', async () => {
    const other = toPeerId('other');
    const { network, node, receive } = await open(undefined, [PEER, other]);
    await receive(child);
    await node.mvds.removePeer(PEER);
    await network.epochs(PARENT_GRACE_EPOCHS * 2);
    expect(node.delivered).toEqual([]);
    await node.mvds.removePeer(other);
    expect(bodies(node.delivered)).toEqual(['child']);
  });

  test('is given up when the peer loses the group', async () => {
    const { network, node, receive } = await open();
    await receive(child);
    await node.mvds.setPeer(PEER, { groups: new Set([OTHER_GROUP]), mode: 'batch' });
    await network.epochs(PARENT_GRACE_EPOCHS + 1);
    expect(bodies(node.delivered)).toEqual(['child']);
  });

  test('is given up by a node that is opened again without any peers', async () => {
    const before = await open();
    await before.receive(grandchild, child);
    const { network, node } = await restarted(before.node, []);
    await network.epochs(PARENT_GRACE_EPOCHS + 2);
    expect(bodies(node.delivered)).toEqual(['child', 'grandchild']);
  });

  test.each(['is away', 'offers it all the time and never sends it'])(
    'is given up after 2,048 epochs if the peer %s',
    async (what) => {
      const { network, node, receive } = await open();
      await receive(child);
      if (what === 'is away') await node.mvds.peerOffline(PEER);
      else await node.mvds.receive(PEER, payload({ offers: [LOST] }));
      await network.epochs(PARENT_PATIENCE_EPOCHS - 10);
      expect(node.delivered).toEqual([]);
      await network.epochs(20);
      expect(bodies(node.delivered)).toEqual(['child']);
    },
  );

  test('is not waited for when there is no room to ask for it', async () => {
    const network = new TestNetwork();
    const node = await network.node('node', { limits: { maxRequestsPerPeer: 2 } });
    await node.mvds.setPeer(PEER, { groups: new Set([GROUP]), mode: 'batch' });
    await node.mvds.peerOnline(PEER);
    const many = Array.from({ length: 5 }, (_, n) => message(`m${n}`, { parents: [strayId(n)] }));
    await node.mvds.receive(PEER, payload({ messages: many }));
    await network.epochs(PARENT_GRACE_EPOCHS + 2);
    expect(bodies(node.delivered)).toEqual(['m2', 'm3', 'm4']);
    await network.epochs(ASKING_ENDS);
    expect(bodies(node.delivered).sort()).toEqual(['m0', 'm1', 'm2', 'm3', 'm4']);
  });

  test('that is deleted here holds nothing up', async () => {
    const { node, receive } = await open();
    await receive(grandchild, child);
    await node.mvds.tombstone([{ id: LOST, groupId: GROUP, timestamp: 1n }]);
    expect(bodies(node.delivered)).toEqual(['child', 'grandchild']);
    expect(node.unmet).toEqual([]);
  });

  test('among more than are remembered is given up as well', async () => {
    const { network, node } = await open();
    const count = 17_000;
    for (let at = 0; at < count; at += 1000) {
      const messages = Array.from({ length: 1000 }, (_, n) =>
        message(`m${at + n}`, { parents: [strayId(at + n)] }),
      );
      await node.mvds.receive(PEER, payload({ messages }));
    }
    await network.epochs(ASKING_ENDS + 400);
    expect(node.delivered).toHaveLength(count);
    expect(new Set(node.delivered.map(({ id }) => id)).size).toBe(count);
  }, 60_000);
});

test('in eventual delivery nothing waits and nothing is named; what waited in the store is delivered', async () => {
  const before = await open();
  await before.receive(naming('a', 'lost'), naming('b', 'a'));
  const network = new TestNetwork();
  const memory = createMemorySyncStore(before.node.store.snapshot());
  const node = await network.node('node', { memory, delivery: 'eventual' });
  await network.epochs(1);
  expect(bodies(node.delivered)).toEqual(['a', 'b']);
  await node.mvds.setPeer(PEER, { groups: new Set([GROUP]), mode: 'batch' });
  await node.mvds.receive(PEER, payload({ messages: [naming('x', 'y'), naming('y', 'x')] }));
  expect(bodies(node.delivered)).toEqual(['a', 'b', 'x', 'y']);
  await network.epochs(PARENT_PATIENCE_EPOCHS + 10);
  expect(node.delivered).toHaveLength(4);
  expect(node.unmet).toEqual([]);
});

test('a message written here waits for a parent that waits, and is delivered with it', async () => {
  const { network, node, receive } = await open();
  const waiting = message('waiting', { parents: [LOST] });
  await receive(waiting);
  await node.mvds.append(text('own', { metadata: { parents: [waiting.id] } }));
  expect(node.delivered).toEqual([]);
  await network.epochs(ASKING_ENDS);
  expect(bodies(node.delivered)).toEqual(['waiting', 'own']);
});
