/** The dialect of a peer that has not spoken is found out, and kept once it is known. */
import { describe, expect, test } from 'vitest';
import { decodePayload, type Dialect, type Payload } from '../../main/mvds/codec.ts';
import { toPeerId } from '../../main/mvds/ids.ts';
import { MvdsNode } from '../../main/mvds/node.ts';
import { createMemorySyncStore, type MemorySyncStore } from '../../main/mvds/memory-store.ts';
import { message, payload } from './messages.ts';
import { bodies, GROUP, TestNetwork, text } from './network.ts';

const PEER = toPeerId('peer');
const DIALECTS: readonly Dialect[] = ['spec', 'compact'];
const EMPTY = new Uint8Array();

/**
 * A peer that knows one dialect alone, as the Go nodes do, and writes nothing of its own. What it does not understand it
 * answers with an empty payload or not at all. With no dialect it understands nothing.
 */
class OneDialect {
  readonly got = new Set<string>();
  readonly payloads: Uint8Array[] = [];
  readonly speaks: Dialect | undefined;
  readonly answersEmpty: boolean;
  private answers: Uint8Array[] = [];

  constructor(speaks: Dialect | undefined, answersEmpty: boolean) {
    this.speaks = speaks;
    this.answersEmpty = answersEmpty;
  }

  readonly receive = (bytes: Uint8Array): void => {
    this.payloads.push(bytes);
    const { messages, offers, acks } = this.read(bytes);
    for (const { body } of messages) this.got.add(new TextDecoder().decode(body));
    const answer = { acks: messages.map(({ id }) => id), requests: offers };
    const isEmpty = messages.length + offers.length === 0;
    if (!isEmpty) this.answers.push(payload(answer, this.speaks ?? 'spec'));
    else if (this.answersEmpty && acks.length === 0) this.answers.push(EMPTY);
  };

  takeAnswers(): Uint8Array[] {
    return this.answers.splice(0);
  }

  private read(bytes: Uint8Array): Payload {
    const decoded = decodePayload(bytes);
    if (!decoded.ok) throw new Error(decoded.error.type);
    const nothing = { acks: [], offers: [], requests: [], messages: [] };
    const isKnown = this.speaks !== undefined && decoded.dialect === this.speaks;
    return isKnown ? decoded.payload : nothing;
  }
}

async function open(
  peer: OneDialect,
  begins: Dialect,
  mode: 'batch' | 'interactive' = 'batch',
  store: MemorySyncStore = createMemorySyncStore(),
) {
  const node = await MvdsNode.open({
    store,
    random: { next: () => 0 },
    storeId: '0'.repeat(32),
    onDelivered: () => undefined,
    send: (_peerId, bytes) => peer.receive(bytes),
  });
  await node.setPeer(PEER, { groups: new Set([GROUP]), mode, dialect: begins });
  await node.peerOnline(PEER);
  const run = async (): Promise<void> => {
    await node.settled();
    for (let answers = peer.takeAnswers(); answers.length > 0; answers = peer.takeAnswers()) {
      for (const answer of answers) await node.receive(PEER, answer);
      await node.settled();
    }
  };
  const epochs = async (count: number): Promise<void> => {
    for (let epoch = 0; epoch < count; epoch += 1) {
      await node.tick();
      await run();
    }
  };
  return { node, run, epochs };
}

const TEXTS = ['one', 'two', 'three', 'four', 'five'];

describe.each(DIALECTS)('begun in dialect %s', (begins) => {
  describe.each(DIALECTS)('with a peer that knows %s', (speaks) => {
    test.each(['batch', 'interactive'] as const)(
      'and is silent about what it does not know: all arrives in mode %s, and then nothing is repeated',
      async (mode) => {
        const peer = new OneDialect(speaks, false);
        const { node, run, epochs } = await open(peer, begins, mode);
        for (const body of TEXTS) await node.append(text(body));
        await run();
        await epochs(10);
        expect([...peer.got]).toEqual(TEXTS);
        expect(node.view.peers.get(PEER)).toMatchObject({ dialect: speaks, dialectHeard: true });
        const count = peer.payloads.length;
        await epochs(1000);
        expect(peer.payloads).toHaveLength(count);
      },
    );

    test('and answers emptily: all arrives without an epoch', async () => {
      const peer = new OneDialect(speaks, true);
      const { node, run } = await open(peer, begins);
      for (const body of TEXTS) await node.append(text(body));
      await run();
      expect([...peer.got]).toEqual(TEXTS);
      expect(node.view.peers.get(PEER)).toMatchObject({ dialect: speaks, dialectHeard: true });
    });

    test('and is there for a moment each time: a session without an answer is followed by one in the other', async () => {
      const peer = new OneDialect(speaks, false);
      const { node, run } = await open(peer, begins);
      for (const body of TEXTS) await node.append(text(body));
      for (let session = 0; session < 2; session += 1) {
        await run();
        await node.peerOffline(PEER);
        await node.peerOnline(PEER);
      }
      await run();
      expect([...peer.got]).toEqual(TEXTS);
    });
  });
});

test('a whole history of 3,000 messages reaches a peer that knows the other dialect', async () => {
  const peer = new OneDialect('compact', false);
  const { node, run, epochs } = await open(peer, 'spec');
  const texts = Array.from({ length: 3000 }, (_, n) => `${n} ${'x'.repeat(1000)}`);
  await Promise.all(texts.map((body) => node.append(text(body))));
  await run();
  await epochs(100);
  expect(peer.got.size).toBe(3000);
});

test('once known, the dialect stays: neither retransmission, nor an empty answer, nor another session changes it', async () => {
  const peer = new OneDialect(undefined, true);
  const { node, run, epochs } = await open(peer, 'spec');
  await node.receive(PEER, payload({ messages: [message('hello')] }, 'compact'));
  await node.append(text('one'));
  await run();
  await epochs(40);
  await node.peerOffline(PEER);
  await node.peerOnline(PEER);
  await run();
  await epochs(40);
  expect(peer.payloads.length).toBeGreaterThan(6);
  const dialects = peer.payloads.map((bytes) => {
    const decoded = decodePayload(bytes);
    return decoded.ok ? decoded.dialect : undefined;
  });
  expect(new Set(dialects)).toEqual(new Set(['compact']));
});

test('a peer that answers everything emptily causes one transmission more, and no storm', async () => {
  const peer = new OneDialect(undefined, true);
  const { node, run, epochs } = await open(peer, 'spec');
  await node.receive(PEER, EMPTY);
  await run();
  expect(peer.payloads).toEqual([]);
  await node.append(text('one'));
  await run();
  expect(peer.payloads).toHaveLength(2);
  for (let n = 0; n < 100; n += 1) await node.receive(PEER, EMPTY);
  await run();
  expect(peer.payloads).toHaveLength(2);
  await epochs(100);
  expect(peer.payloads.length).toBeLessThan(9);
});

test('two nodes of this kind find to the dialect of the specification, though the first payloads are lost', async () => {
  const network = new TestNetwork();
  const [a, b] = [await network.node('a'), await network.node('b')];
  let lost = 0;
  network.passes = () => (lost += 1) > 3;
  await network.join(a, b);
  await a.mvds.append(text('from a'));
  await network.run();
  await network.epochs(40);
  await b.mvds.append(text('from b'));
  await network.epochs(10);
  expect(bodies(a.delivered)).toEqual(['from a', 'from b']);
  expect(bodies(b.delivered)).toEqual(['from a', 'from b']);
  for (const [node, peer] of [[a, b] as const, [b, a] as const]) {
    expect(node.mvds.view.peers.get(peer.id)).toMatchObject({
      dialect: 'spec',
      dialectHeard: true,
    });
  }
});
