import { expect, test } from 'vitest';
import type { Admission, Verdict } from '../../main/mvds/admission.ts';
import { HELD_BYTES_PER_PEER, HELD_MESSAGES_PER_PEER } from '../../main/mvds/constants.ts';
import type { Message, PeerId } from '../../main/mvds/types.ts';
import { message, payload } from './messages.ts';
import { bodies, GROUP, TestNetwork } from './network.ts';
import { PEER, THIRD } from './node-with.ts';

const text = ({ body }: Message): string => new TextDecoder().decode(body);

/** Rejects what begins with “bad”, holds what begins with “sealed” until it was opened. */
class Rules implements Admission {
  isOpen = false;
  readonly judged: string[] = [];

  admit(candidate: Message, _from: PeerId): Verdict {
    const body = text(candidate);
    this.judged.push(body);
    if (body.startsWith('bad')) return { type: 'reject', reason: 'made up' };
    if (body.startsWith('sealed') && !this.isOpen) return { type: 'hold', until: 'the key' };
    return { type: 'accept' };
  }
}

async function guarded() {
  const rules = new Rules();
  const network = new TestNetwork();
  const node = await network.node('node', { admission: rules });
  for (const peerId of [PEER, THIRD]) {
    await node.mvds.setPeer(peerId, { groups: new Set([GROUP]), mode: 'batch' });
    await node.mvds.peerOnline(peerId);
  }
  return { rules, network, node };
}

test('a rejected message is neither stored, acknowledged, delivered nor relayed, and its neighbours are', async () => {
  const { network, node } = await guarded();
  const [good, bad, last] = [message('good'), message('bad: junk'), message('last')];
  const result = await node.mvds.receive(PEER, payload({ messages: [good, bad, last] }));
  await network.run();
  expect(result.stored).toEqual([good.id, last.id]);
  expect(result.acknowledged).toEqual([good.id, last.id]);
  expect(result.rejected).toEqual([
    { type: 'not-admitted', messageId: bad.id, groupId: GROUP, reason: 'made up' },
  ]);
  expect(node.rejected.map(([peer, { type }]) => [peer, type])).toEqual([[PEER, 'not-admitted']]);
  expect(bodies(node.delivered)).toEqual(['good', 'last']);
  expect((await node.store.messages.held([bad.id])).size).toBe(0);
  const sent = network.takeLog().flatMap(({ payload: { acks, offers, messages } }) => {
    return [...acks, ...offers, ...messages.map(({ id }) => id)];
  });
  expect(sent).not.toContain(bad.id);
});

test('a held message is no part of Q until it is judged again, and is then acknowledged and relayed', async () => {
  const { rules, network, node } = await guarded();
  const sealed = message('sealed one');
  const result = await node.mvds.receive(PEER, payload({ messages: [sealed] }));
  await network.run();
  expect(result).toMatchObject({ stored: [], acknowledged: [], rejected: [], held: 1 });
  expect(network.takeLog()).toEqual([]);
  expect(await node.store.messages.count()).toBe(0);

  expect((await node.mvds.readmit()).stored.size).toBe(0);
  rules.isOpen = true;
  expect(await node.mvds.readmit()).toEqual({ stored: new Map([[PEER, 1]]), overflowed: [] });
  await network.run();
  expect(bodies(node.delivered)).toEqual(['sealed one']);
  const log = network.takeLog();
  expect(log.filter(({ to }) => to === PEER).flatMap((sent) => sent.payload.acks)).toEqual([
    sealed.id,
  ]);
  expect(log.filter(({ to }) => to === THIRD).flatMap((sent) => sent.payload.offers)).toEqual([
    sealed.id,
  ]);
});

test('an offer of a held message is neither acknowledged nor answered by a request; a request for it ends', async () => {
  const { network, node } = await guarded();
  const sealed = message('sealed one');
  await node.mvds.receive(PEER, payload({ offers: [sealed.id] }));
  await network.run();
  expect(network.takeLog().flatMap((sent) => sent.payload.requests)).toEqual([sealed.id]);
  await node.mvds.receive(PEER, payload({ messages: [sealed] }));
  await node.mvds.receive(PEER, payload({ offers: [sealed.id] }));
  await network.epochs(40);
  expect(network.takeLog()).toEqual([]);
});

test('a message that is stored already is not judged again', async () => {
  const { rules, network, node } = await guarded();
  rules.isOpen = true;
  const sealed = message('sealed one');
  await node.mvds.receive(PEER, payload({ messages: [sealed] }));
  rules.isOpen = false;
  const again = await node.mvds.receive(THIRD, payload({ messages: [sealed] }));
  await network.run();
  expect(again).toMatchObject({ acknowledged: [sealed.id], held: 0 });
  expect(rules.judged).toEqual(['sealed one']);
});

test('what one peer has held is bounded in messages; the rest is asked for once the others are accepted', async () => {
  const { rules, node } = await guarded();
  const many = Array.from({ length: HELD_MESSAGES_PER_PEER + 5 }, (_, n) => message(`sealed ${n}`));
  const result = await node.mvds.receive(PEER, payload({ messages: many }));
  expect(result.held).toBe(many.length);
  rules.isOpen = true;
  const { stored, overflowed } = await node.mvds.readmit();
  expect(stored.get(PEER)).toBe(HELD_MESSAGES_PER_PEER);
  expect(overflowed).toEqual([PEER]);
  // Nothing of it is left.
  expect((await node.mvds.readmit()).stored.size).toBe(0);
});

test('what one peer has held is bounded in bytes, and another peer has a quota of its own', async () => {
  const { rules, node } = await guarded();
  const large = 'x'.repeat(HELD_BYTES_PER_PEER / 32 - 20);
  const many = Array.from({ length: 40 }, (_, n) => message(`sealed ${n} ${large}`));
  for (const one of many) await node.mvds.receive(PEER, payload({ messages: [one] }));
  await node.mvds.receive(THIRD, payload({ messages: [message('sealed by another')] }));
  rules.isOpen = true;
  const { stored } = await node.mvds.readmit();
  expect(stored.get(PEER)).toBe(32);
  expect(stored.get(THIRD)).toBe(1);
});

test('what a peer has held is forgotten with the peer', async () => {
  const { rules, node } = await guarded();
  await node.mvds.receive(PEER, payload({ messages: [message('sealed one')] }));
  await node.mvds.removePeer(PEER);
  rules.isOpen = true;
  expect((await node.mvds.readmit()).stored.size).toBe(0);
});
