import fc from 'fast-check';
import { expect, test } from 'vitest';
import { concatBytes, utf8 } from '../../main/helpers/bytes.ts';
import type { Admission } from '../../main/mvds/admission.ts';
import { decodePayload, EMPTY_PAYLOAD, type Hello } from '../../main/mvds/codec.ts';
import { MAX_NUMBERED_PAYLOADS } from '../../main/mvds/constants.ts';
import { toPeerId } from '../../main/mvds/ids.ts';
import { createMemorySyncStore } from '../../main/mvds/memory-store.ts';
import { MvdsNode } from '../../main/mvds/node.ts';
import type { Message, MessageId } from '../../main/mvds/types.ts';
import { message, payload } from './messages.ts';
import { GROUP, ids, TestNetwork, text, type TestNode } from './network.ts';

const PEER = toPeerId('peer');
const HELLO: Hello = { version: 1, storeId: '0b'.repeat(16), maxPayloadBytes: 0, bulkAcks: true };

/** Small payloads, so that a few messages take several. */
const LIMITS = { maxPayloadBytes: 4_096 };

/** A node in a session that loses nothing, with a peer that is played by hand. */
async function nodeWithPeer({
  hello = HELLO,
  admission,
}: { hello?: Hello; admission?: Admission } = {}) {
  const sent: Uint8Array[] = [];
  const acknowledged: MessageId[] = [];
  const store = createMemorySyncStore();
  const node = await MvdsNode.open({
    ...{ store, storeId: '00'.repeat(16), random: { next: () => 0.5 } },
    ...{ sendHello: false, reconciles: true, limits: LIMITS, delivery: 'eventual' as const },
    ...(admission && { admission }),
    onDelivered: () => undefined,
    onAcknowledged: (_, them) => acknowledged.push(...them),
    send: (_, bytes) => void sent.push(bytes),
  });
  await node.setPeer(PEER, { groups: new Set([GROUP]), mode: 'batch' });
  const begin = async () => {
    await node.receive(PEER, payload({ hello }));
    await node.peerOnline(PEER, { isReliable: true });
    await node.settled();
  };
  const write = async (count: number, from = 0): Promise<Message[]> => {
    const written: Message[] = [];
    for (let at = from; at < from + count; at += 1) {
      const body = utf8(`${at} Der Zug fällt aus 🚆 明日 ${'и так далее '.repeat(20)}`);
      written.push(await node.append({ groupId: GROUP, timestamp: BigInt(at), body }));
    }
    await node.settled();
    return written;
  };
  /** The payloads sent since the last call. */
  const takeSent = () =>
    sent.splice(0).map((bytes) => {
      const decoded = decodePayload(bytes);
      if (!decoded.ok) throw new Error(decoded.error.type);
      return decoded.payload;
    });
  const receive = async (parts: Parameters<typeof payload>[0]) => {
    const result = await node.receive(PEER, payload(parts));
    await node.settled();
    return result;
  };
  const left = async () => (await node.counts(PEER)).messages;
  return { node, store, begin, write, takeSent, receive, left, acknowledged };
}

test('a backlog is acknowledged by the numbers of its payloads, each as a whole', async () => {
  const { begin, write, takeSent, receive, left, acknowledged } = await nodeWithPeer();
  const written = await write(60);
  await begin();
  const [first, second, ...rest] = takeSent();
  expect(rest.length).toBeGreaterThan(2);
  await receive({ ackedPayloads: [first?.number ?? 0] });
  expect(acknowledged).toEqual(first?.messages.map(({ id }) => id));
  expect(await left()).toBe(60 - acknowledged.length);
  await receive({ ackedPayloads: [second, ...rest].map((each) => each?.number ?? 0) });
  expect(acknowledged).toEqual(written.map(({ id }) => id));
  expect(await left()).toBe(0);
});

test('so is a message that is written in the session, which has a record', async () => {
  const { store, begin, write, takeSent, receive, left } = await nodeWithPeer();
  await begin();
  await write(1);
  const [live] = takeSent();
  expect(store.snapshot().records).toMatchObject([{ sendCount: 1 }]);
  await receive({ ackedPayloads: [live?.number ?? 0] });
  expect([await left(), store.snapshot().records]).toEqual([0, []]);
});

test('in the next session all is sent again that was not acknowledged, under numbers that are new', async () => {
  const { node, begin, write, takeSent, receive, left } = await nodeWithPeer();
  await write(60);
  await begin();
  const before = takeSent();
  await receive({ ackedPayloads: [before[1]?.number ?? 0] });
  await node.peerOffline(PEER);
  await begin();
  const again = takeSent();
  const lost = before.filter((_, at) => at !== 1).flatMap(({ messages }) => messages);
  expect(again.flatMap(({ messages }) => messages)).toEqual(lost);
  // A late word of the session before is about none of these.
  await receive({ ackedPayloads: before.map(({ number }) => number ?? 0) });
  expect(await left()).toBe(lost.length);
  await receive({ ackedPayloads: again.map(({ number }) => number ?? 0) });
  expect(await left()).toBe(0);
});

test('a peer that is removed and comes back in the same session cannot acknowledge what it was sent since', async () => {
  const { node, begin, write, takeSent, receive, left } = await nodeWithPeer();
  await write(10);
  await begin();
  const before = takeSent();
  await node.removePeer(PEER);
  await node.setPeer(PEER, { groups: new Set([GROUP]), mode: 'batch' });
  await begin();
  await write(10, 100);
  expect(takeSent().length).toBeGreaterThan(0);
  const waiting = await left();
  await receive({ ackedPayloads: before.map(({ number }) => number ?? 0) });
  expect(await left()).toBe(waiting);
});

test('numbers that were never given, huge ones and malformed ones say nothing and cost nothing', async () => {
  const { node, begin, write, takeSent, receive, left, acknowledged } = await nodeWithPeer();
  await write(20);
  await begin();
  takeSent();
  const many = Array.from({ length: 16_000 }, (_, at) => at + 1_000);
  await receive({ ackedPayloads: [...many, Number.MAX_SAFE_INTEGER] });
  const field = [0x8a, 0xbf, 0x02]; // 5105, with a length
  for (const bad of [
    [1, 0x80],
    [1, 0x00],
    [11, ...new Array<number>(10).fill(0xff), 1],
  ]) {
    const { rejected } = await node.receive(PEER, Uint8Array.from([...field, ...bad]));
    expect(rejected).toEqual([{ type: 'bad-items', count: 1 }]);
  }
  expect([await left(), acknowledged, takeSent()]).toEqual([20, [], []]);
  expect(node.view.peers.get(PEER)?.sentPayloads.size).toBeLessThan(20);
});

test('a peer that never acknowledges by number is remembered no more payloads of than the limit', async () => {
  const { node, begin, write, takeSent, receive, left } = await nodeWithPeer();
  await begin();
  const count = MAX_NUMBERED_PAYLOADS + 5;
  for (let at = 0; at < count; at += 1) {
    const [live] = await write(1, at);
    await receive({ acks: live ? [live.id] : [] });
  }
  const numbered = takeSent().filter(({ number }) => number !== undefined);
  expect(numbered).toHaveLength(MAX_NUMBERED_PAYLOADS);
  expect(await left()).toBe(0);
  // Its first word by number ends that.
  await receive({ ackedPayloads: [numbered.at(-1)?.number ?? 0] });
  expect(node.view.peers.get(PEER)?.sentPayloads.size).toBe(0);
  await write(1, count);
  expect(takeSent()[0]?.number).toBeDefined();
});

test('only a peer whose hello says so, in a session that loses nothing, is sent numbers', async () => {
  for (const hello of [{ ...HELLO, bulkAcks: false }, undefined]) {
    const { begin, write, takeSent, node } = await nodeWithPeer(hello && { hello });
    if (hello) await begin();
    else await node.peerOnline(PEER, { isReliable: false });
    await write(3);
    expect(takeSent().every(({ number }) => number === undefined)).toBe(true);
  }
});

test('a payload is acknowledged by its number only where all of it is stored', async () => {
  const verdicts: Admission = {
    admit: ({ timestamp }) =>
      timestamp === 3n
        ? { type: 'hold', until: 'a key' }
        : timestamp === 4n
          ? { type: 'reject', reason: 'wrong' }
          : { type: 'accept' },
  };
  const { begin, receive, takeSent, node } = await nodeWithPeer({ admission: verdicts });
  await begin();
  const of = (...numbers: number[]) => numbers.map((n) => message(`m${n}`, {}, GROUP, BigInt(n)));
  const answers = async (...parts: Parameters<typeof payload>[0][]) => {
    for (const part of parts) await receive(part);
    const answered = takeSent();
    return {
      numbers: answered.flatMap(({ ackedPayloads = [] }) => ackedPayloads),
      acks: answered.flatMap(({ acks }) => acks),
    };
  };
  const idsOf = (...numbers: number[]) => of(...numbers).map(({ id }) => id);
  expect(await answers({ number: 7, messages: of(1, 2) })).toEqual({ numbers: [7], acks: [] });
  // Held, rejected or ephemeral: the others are acknowledged by their ids, and so is what follows by its number.
  expect(await answers({ number: 8, messages: of(5, 3) }, { number: 9, messages: of(6) })).toEqual({
    numbers: [9],
    acks: idsOf(5),
  });
  expect(await answers({ number: 10, messages: of(4, 7) })).toEqual({
    numbers: [],
    acks: idsOf(7),
  });
  const ephemeral = message('soon gone', { ephemeral: true });
  expect(await answers({ number: 11, messages: [ephemeral, ...of(8)] })).toEqual({
    numbers: [],
    acks: idsOf(8),
  });
  // A bad item may have been a message.
  const bad = Uint8Array.from([0xe2, 0xb8, 0x02, 0x02, 0x8a, 0xf7]);
  await node.receive(PEER, concatBytes(payload({ number: 12, messages: of(9) }), bad));
  await node.settled();
  expect(await answers()).toEqual({ numbers: [], acks: idsOf(9) });
});

test('nothing is acknowledged by number where the commit fails', async () => {
  const { begin, receive, takeSent, node, store } = await nodeWithPeer();
  await begin();
  const commit = store.commit.bind(store);
  store.commit = () => Promise.reject(new Error('the disk is full'));
  const parts = { number: 1, messages: [message('m')] };
  await expect(receive(parts)).rejects.toThrow('full');
  store.commit = commit;
  await node.tick();
  await node.settled();
  expect(takeSent()).toEqual([]);
  await receive(parts);
  expect(takeSent().map(({ ackedPayloads }) => ackedPayloads)).toEqual([[1]]);
});

test('an acknowledgement by number is not taken together with requests or offers about the same messages', async () => {
  const { node, begin, write, takeSent, left } = await nodeWithPeer();
  const [first] = await write(1);
  await begin();
  const [sent] = takeSent();
  const asks = payload({ requests: first ? [first.id] : [] });
  const acked = payload({ ackedPayloads: [sent?.number ?? 0] });
  // Acknowledged, and lost since: it is sent once more.
  await node.receive(PEER, [acked, asks]);
  await node.settled();
  expect(takeSent().flatMap(({ messages }) => messages)).toEqual([first]);
  expect(await left()).toBe(1);
});

/** Two nodes that write, and whose sessions end at any place: what is on its way then is lost, and nothing else. */
class Pair {
  readonly #network = new TestNetwork();
  #nodes: readonly [TestNode, TestNode] | undefined;
  /** Messages that the second node holds until it is told otherwise, by their timestamp. */
  readonly #kept = new Set<bigint>();
  #passes = Infinity;

  async open(): Promise<void> {
    const holding: Admission = {
      admit: ({ timestamp }) =>
        this.#kept.has(timestamp) ? { type: 'hold', until: 'a key' } : { type: 'accept' },
    };
    const options = { limits: LIMITS, reconciles: true, delivery: 'eventual' as const };
    const a = await this.#network.node('a', options);
    const b = await this.#network.node('b', { ...options, admission: holding });
    for (const [node, peer] of [
      [a, b],
      [b, a],
    ] as const) {
      await node.mvds.setPeer(peer.id, { groups: new Set([GROUP]), mode: 'batch' });
    }
    this.#nodes = [a, b];
    this.#network.passes = () => {
      this.#passes -= 1;
      return this.#passes >= 0;
    };
  }

  get nodes(): readonly [TestNode, TestNode] {
    if (!this.#nodes) throw new Error('not open');
    return this.#nodes;
  }

  async write(who: 0 | 1, isHeld: boolean): Promise<void> {
    const input = text(`Морской бой ${'🚢 '.repeat(60)}`);
    if (isHeld) this.#kept.add(input.timestamp);
    await this.nodes[who].mvds.append(input);
  }

  /** A session in which `passing` payloads arrive, and those after them do not. */
  async session(passing: number): Promise<void> {
    const [a, b] = this.nodes;
    this.#passes = Infinity;
    for (const [node, peer] of [
      [a, b],
      [b, a],
    ] as const) {
      const hello = { ...HELLO, storeId: node.id === a.id ? '0b'.repeat(16) : '0a'.repeat(16) };
      await peer.mvds.receive(node.id, payload({ ...EMPTY_PAYLOAD, hello }));
    }
    this.#passes = passing;
    await a.mvds.peerOnline(b.id, { isReliable: true });
    await b.mvds.peerOnline(a.id, { isReliable: true });
    await this.#network.run();
    if (passing === Infinity) return;
    await a.mvds.peerOffline(b.id);
    await b.mvds.peerOffline(a.id);
  }

  async release(): Promise<void> {
    this.#kept.clear();
    await this.nodes[1].mvds.readmit();
    await this.#network.run();
  }

  takeLog() {
    return this.#network.takeLog();
  }
}

test('however sessions end and whatever is held, both come to hold the union, once, and owe nothing', async () => {
  const step = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ write: fc.constantFrom<0 | 1>(0, 1), held: fc.boolean() }),
    },
    { weight: 2, arbitrary: fc.record({ session: fc.nat(8) }) },
    { weight: 1, arbitrary: fc.constant({ release: true }) },
  );
  let bulk = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const pair = new Pair();
      await pair.open();
      for (const each of steps) {
        if ('write' in each) await pair.write(each.write, each.held);
        else if ('session' in each) await pair.session(each.session);
        else await pair.release();
        // The peer holds each message that has no record: an acknowledgement never runs ahead of the store.
        await expectKnownToBeHeld(pair.nodes);
      }
      await pair.session(Infinity);
      await pair.release();
      const [a, b] = pair.nodes;
      const union = await ids(a.store);
      expect(await ids(b.store)).toEqual(union);
      for (const { store, delivered } of pair.nodes) {
        expect(store.snapshot().records).toEqual([]);
        expect(delivered.map(({ id }) => id).toSorted()).toEqual(union);
      }
      bulk += pair.takeLog().filter(({ payload: sent }) => sent.ackedPayloads).length;
    }),
    { numRuns: 120 },
  );
  expect(bulk).toBeGreaterThan(100);
});

async function expectKnownToBeHeld([a, b]: readonly [TestNode, TestNode]): Promise<void> {
  for (const [node, peer] of [
    [a, b],
    [b, a],
  ] as const) {
    const held = new Set(await ids(peer.store));
    const { records } = node.store.snapshot();
    const recorded = new Set(records.map(({ messageId }) => messageId));
    for (const id of await ids(node.store)) {
      expect(held.has(id) || recorded.has(id as MessageId)).toBe(true);
    }
  }
}
