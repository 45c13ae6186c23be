import { expect, test } from 'vitest';
import { toPeerId } from '../../main/mvds/ids.ts';
import { createMemorySyncStore, type MemorySyncStore } from '../../main/mvds/memory-store.ts';
import { message, payload, strayId } from './messages.ts';
import { bodies, GROUP, TestNetwork, text } from './network.ts';
import { nodeWith, PEER, THIRD } from './node-with.ts';

async function reopened(store: MemorySyncStore, storeId?: string) {
  const network = new TestNetwork();
  const node = await network.node('node', { memory: createMemorySyncStore(store.snapshot()) });
  const groups = new Set([GROUP]);
  await node.mvds.setPeer(PEER, {
    groups,
    mode: 'batch',
    ...(storeId !== undefined && { storeId }),
  });
  await node.mvds.peerOnline(PEER);
  await network.run();
  return { network, node };
}

test('a restart neither repeats what was acknowledged nor forgets what was not', async () => {
  const { network, node } = await nodeWith(PEER);
  const done = await node.mvds.append(text('done'));
  const open = await node.mvds.append(text('open'));
  await node.mvds.receive(PEER, payload({ acks: [done.id] }));
  await network.run();
  const { network: later } = await reopened(node.store);
  expect(later.log.flatMap((sent) => sent.payload.messages.map(({ id }) => id))).toEqual([open.id]);
});

test('a peer that comes back with another store is offered everything again, what it wrote too', async () => {
  const { network, node } = await nodeWith(PEER);
  const own = await node.mvds.append(text('own'));
  const theirs = message('theirs');
  await node.mvds.receive(PEER, payload({ acks: [own.id], messages: [theirs] }));
  await network.run();
  const { network: later, node: again } = await reopened(node.store, '1'.repeat(32));
  later.takeLog();
  const hello = (digit: string) =>
    payload({
      acks: [own.id],
      hello: { version: 1, storeId: digit.repeat(32), maxPayloadBytes: 0 },
    });
  await again.mvds.receive(PEER, hello('1'));
  await later.run();
  expect(later.takeLog()).toEqual([]);
  await again.mvds.receive(PEER, hello('2'));
  await later.run();
  const offers = later.takeLog().flatMap((sent) => sent.payload.offers);
  expect(offers.toSorted()).toEqual([own.id, theirs.id].sort());
});

test('a hello goes beside the first record of a session, and never alone', async () => {
  const { network, node } = await nodeWith(PEER);
  await network.epochs(5);
  expect(network.takeLog()).toEqual([]);
  await node.mvds.append(text('one'));
  await node.mvds.append(text('two'));
  await network.run();
  const hellos = network.takeLog().map((sent) => sent.payload.hello?.version);
  expect(hellos).toEqual([1, undefined]);
});

test('a peer is answered in its own dialect', async () => {
  const { network, node } = await nodeWith(PEER);
  await node.mvds.receive(PEER, payload({ messages: [message('one')] }, 'compact'));
  await node.mvds.append(text('two'));
  await network.run();
  const tags = network.log.map(({ bytes }) => bytes[0]);
  expect(tags.length).toBeGreaterThan(0);
  expect(tags.every((tag) => tag === 0x0a || tag === 0x22)).toBe(true);
});

test('missing parents are requested from the sender and from others, and come from whoever has them', async () => {
  const fourth = toPeerId('fourth');
  const { network, node } = await nodeWith(PEER, THIRD, fourth);
  const root = message('root');
  const child = message('child', { parents: [root.id] });
  await node.mvds.receive(PEER, payload({ messages: [child] }));
  await network.run();
  const asked = network.log.filter((sent) => sent.payload.requests.includes(root.id));
  expect(asked.map(({ to }) => to).sort()).toEqual([PEER, THIRD, fourth].sort());
  await node.mvds.receive(THIRD, payload({ messages: [root] }));
  await network.run();
  expect(bodies(node.delivered)).toEqual(['root', 'child']);
  const { requests } = await node.mvds.counts(PEER);
  expect(requests).toBe(0);
});

test('in eventual delivery nothing waits for parents', async () => {
  const network = new TestNetwork();
  const node = await network.node('node', { delivery: 'eventual' });
  await node.mvds.setPeer(PEER, { groups: new Set([GROUP]), mode: 'batch' });
  await node.mvds.receive(PEER, payload({ messages: [message('c', { parents: [strayId(9)] })] }));
  expect(bodies(node.delivered)).toEqual(['c']);
});

test('a live message overtakes a backlog that fills the window', async () => {
  const { network, node } = await nodeWith();
  for (let n = 0; n < 200; n += 1) await node.mvds.append(text('x'.repeat(20_000)));
  await node.mvds.setPeer(PEER, { groups: new Set([GROUP]), mode: 'batch' });
  await node.mvds.peerOnline(PEER);
  await network.run();
  const first = network.takeLog().flatMap((sent) => sent.payload.messages.map(({ id }) => id));
  const live = await node.mvds.append(text('live'));
  await node.mvds.receive(PEER, payload({ acks: first.slice(0, 3) }));
  await network.run();
  const next = network.takeLog().flatMap((sent) => sent.payload.messages.map(({ id }) => id));
  expect(next).toContain(live.id);
});
