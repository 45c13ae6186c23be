/** Ephemeral messages (4/MVDS-META): all that are written go out, and those that are repeated are delivered once. */
import { describe, expect, test } from 'vitest';
import { decodePayload } from '../../main/mvds/codec.ts';
import { EPHEMERAL_QUEUE_BYTES, EPHEMERAL_QUEUE_MESSAGES } from '../../main/mvds/constants.ts';
import { createMemorySyncStore } from '../../main/mvds/memory-store.ts';
import { MvdsNode } from '../../main/mvds/node.ts';
import type { Message, MessageId } from '../../main/mvds/types.ts';
import { message, payload } from './messages.ts';
import { nodeWith, PEER, THIRD } from './node-with.ts';
import { bodies, GROUP, text } from './network.ts';

const EPHEMERAL = { metadata: { ephemeral: true } };

/** A node whose transport takes one payload at a time, when the test says so. */
async function slowNode() {
  const sent: Message[][] = [];
  const dropped: MessageId[] = [];
  let took: (() => void) | undefined;
  const node = await MvdsNode.open({
    store: createMemorySyncStore(),
    random: { next: () => 0 },
    storeId: '0'.repeat(32),
    onDelivered: () => undefined,
    onEphemeralDropped: (_peerId, ids) => dropped.push(...ids),
    send: (_peerId, bytes) => {
      const decoded = decodePayload(bytes);
      if (!decoded.ok) throw new Error(decoded.error.type);
      sent.push([...decoded.payload.messages]);
      return new Promise((resolve) => (took = resolve));
    },
  });
  await node.setPeer(PEER, { groups: new Set([GROUP]), mode: 'batch' });
  await node.peerOnline(PEER);
  const take = async (): Promise<void> => {
    took?.();
    await new Promise((resolve) => setImmediate(resolve));
    await node.settled();
  };
  const write = async (count: number, body = (n: number) => `typing ${n}`) => {
    const inputs = Array.from({ length: count }, (_, n) => text(body(n), EPHEMERAL));
    return Promise.all(inputs.map((input) => node.append(input)));
  };
  return { node, sent, dropped, take, write };
}

describe('ephemeral messages of this node', () => {
  test('that are written together while the transport is busy all go, in order', async () => {
    const { node, sent, dropped, take, write } = await slowNode();
    const first = await node.append(text('here', EPHEMERAL));
    const written = await write(20);
    await node.settled();
    expect(sent).toHaveLength(1);
    await take();
    expect(sent.flat().map(({ id }) => id)).toEqual([first, ...written].map(({ id }) => id));
    expect(sent.flat().every(({ metadata }) => metadata.ephemeral)).toBe(true);
    await take();
    await node.tick();
    expect(sent).toHaveLength(2);
    expect(dropped).toEqual([]);
  });

  test('overtake a backlog, and do not hold it up', async () => {
    const { node, sent, take, write } = await slowNode();
    const backlog = Array.from({ length: 200 }, (_, n) => text(`${n} ${'x'.repeat(2000)}`));
    await Promise.all(backlog.map((input) => node.append(input)));
    await node.settled();
    await write(3);
    await take();
    expect(sent[1]).toHaveLength(3);
    await take();
    expect(sent[2]?.length).toBeGreaterThan(3);
  });

  test('beyond what is kept for a peer replace the oldest, which are named', async () => {
    const { node, sent, dropped, take, write } = await slowNode();
    await node.append(text('takes the transport', EPHEMERAL));
    await node.settled();
    const written = await write(EPHEMERAL_QUEUE_MESSAGES + 30);
    expect(dropped).toEqual(written.slice(0, 30).map(({ id }) => id));
    for (let round = 0; round < 10; round += 1) await take();
    expect(
      sent
        .flat()
        .slice(1)
        .map(({ id }) => id),
    ).toEqual(written.slice(30).map(({ id }) => id));
  });

  test('take no more memory than a mebibyte for a peer, however large they are', async () => {
    const { node, dropped, sent, take, write } = await slowNode();
    await node.append(text('takes the transport', EPHEMERAL));
    await node.settled();
    await write(12, (n) => `${n} ${'x'.repeat(200_000)}`);
    for (let round = 0; round < 15; round += 1) await take();
    const kept = sent.slice(1).flat();
    expect(kept.reduce((sum, { body }) => sum + body.length, 0)).toBeLessThan(
      EPHEMERAL_QUEUE_BYTES,
    );
    expect(kept.length).toBe(5);
    expect(dropped).toHaveLength(7);
  });

  test('are not kept for a peer that leaves', async () => {
    const { node, sent, take, write } = await slowNode();
    await node.append(text('takes the transport', EPHEMERAL));
    await write(5);
    await node.peerOffline(PEER);
    await node.peerOnline(PEER);
    await take();
    expect(sent).toHaveLength(1);
  });
});

describe('ephemeral messages of a peer', () => {
  const acks = (log: readonly { readonly payload: { readonly acks: readonly MessageId[] } }[]) =>
    log.flatMap((sent) => sent.payload.acks);

  test('are not acknowledged, but a repeat is, so that a Go node ends to repeat it', async () => {
    const { network, node } = await nodeWith(PEER, THIRD);
    const typing = message('typing', { ephemeral: true });
    const bytes = payload({ messages: [typing] });
    await node.mvds.receive(PEER, bytes);
    await node.mvds.receive(THIRD, bytes);
    await network.run();
    expect(acks(network.takeLog())).toEqual([]);
    await node.mvds.receive(PEER, bytes);
    await network.run();
    expect(network.takeLog().map(({ to, payload: { acks: ids } }) => [to, ids])).toEqual([
      [PEER, [typing.id]],
    ]);
    expect(bodies(node.delivered)).toEqual(['typing']);
  });

  test('that are offered are requested once, delivered, and then acknowledged', async () => {
    const { network, node } = await nodeWith(PEER);
    const typing = message('typing', { ephemeral: true });
    await node.mvds.receive(PEER, payload({ offers: [typing.id] }));
    await node.mvds.receive(PEER, payload({ messages: [typing] }));
    await network.epochs(100);
    expect(network.takeLog().flatMap((sent) => sent.payload.requests)).toEqual([typing.id]);
    await node.mvds.receive(PEER, payload({ offers: [typing.id] }));
    await network.epochs(20);
    expect(network.takeLog().map((sent) => sent.payload)).toMatchObject([
      { acks: [typing.id], requests: [] },
    ]);
    expect(await node.mvds.counts(PEER)).toEqual({ offers: 0, requests: 0, messages: 0 });
  });

  test.each([3_000, 20_000])(
    'are delivered once each, though %i of them are repeated for many epochs',
    async (count) => {
      const { network, node } = await nodeWith(PEER);
      const all = Array.from({ length: count }, (_, n) => message(`${n}`, { ephemeral: true }));
      const payloads: Uint8Array[] = [];
      for (let at = 0; at < count; at += 1000) {
        payloads.push(payload({ messages: all.slice(at, at + 1000) }));
      }
      for (let epoch = 0; epoch < 12; epoch += 1) {
        for (const bytes of payloads) await node.mvds.receive(PEER, bytes);
        await network.epochs(1);
      }
      expect(node.delivered).toHaveLength(count);
      expect(new Set(acks(network.takeLog())).size).toBe(count);
    },
    60_000,
  );

  test('that go on being repeated are not forgotten for newer ones', async () => {
    const { node } = await nodeWith(PEER);
    const old = message('old', { ephemeral: true });
    for (let round = 0; round < 10; round += 1) {
      const news = Array.from({ length: 10_000 }, (_, n) =>
        message(`${round} ${n}`, { ephemeral: true }),
      );
      await node.mvds.receive(PEER, payload({ messages: [old, ...news] }));
    }
    expect(bodies(node.delivered).filter((body) => body === 'old')).toHaveLength(1);
  }, 60_000);
});
