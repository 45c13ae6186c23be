import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodePayload, EMPTY_PAYLOAD, type Payload } from '../../main/mvds/codec.ts';
import { createMemorySyncStore } from '../../main/mvds/memory-store.ts';
import { MvdsNode } from '../../main/mvds/node.ts';
import { messageIdOf, toGroupId, toPeerId } from '../../main/mvds/ids.ts';
import type { Message, MessageId } from '../../main/mvds/types.ts';

const GROUP = toGroupId(new Uint8Array(32).fill(7));
const PEER = toPeerId('peer');

function message(number: number): Message {
  const body = new TextEncoder().encode(`Zug ${number}, 明日, مرحبا`);
  const id = messageIdOf(GROUP, BigInt(number), body);
  const metadata = { parents: [], ephemeral: false };
  return { id, groupId: GROUP, timestamp: BigInt(number), body, metadata };
}

async function openNode() {
  const store = createMemorySyncStore();
  const delivered: MessageId[] = [];
  const node = await MvdsNode.open({
    ...{ store, storeId: '00'.repeat(16), random: { next: () => 0.5 }, sendHello: false },
    onDelivered: (messages) => delivered.push(...messages.map(({ id }) => id)),
    send: () => undefined,
  });
  await node.setPeer(PEER, { groups: new Set([GROUP]), mode: 'batch' });
  for (let own = 0; own < 8; own += 1) {
    const { timestamp, body } = message(own);
    await node.append({ groupId: GROUP, timestamp, body });
  }
  return { node, store, delivered };
}

const numbers = fc.array(fc.nat(15), { maxLength: 6 });
const payload = fc
  .record({ acks: numbers, offers: numbers, requests: numbers, messages: numbers })
  .map(({ acks, offers, requests, messages }): Payload => {
    const ids = (list: readonly number[]) => list.map((number) => message(number).id);
    return {
      ...EMPTY_PAYLOAD,
      ...{ acks: ids(acks), offers: ids(offers), requests: ids(requests) },
      messages: messages.map(message),
    };
  });
const frame = fc.oneof(
  { weight: 9, arbitrary: fc.tuple(payload, fc.constantFrom('spec', 'compact')) },
  { weight: 1, arbitrary: fc.constant(undefined) },
);

test('payloads taken together leave the same messages, and deliver them once, as one after another', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(frame, { maxLength: 8 }), async (payloads) => {
      const frames = payloads.map((each) =>
        each ? encodePayload(each[0], each[1]) : Uint8Array.of(0xff),
      );
      const together = await openNode();
      const apart = await openNode();
      const result = await together.node.receive(PEER, frames);
      const stored: MessageId[] = [];
      const acknowledged = new Set<MessageId>();
      let malformed = 0;
      for (const each of frames) {
        const one = await apart.node.receive(PEER, each);
        stored.push(...one.stored);
        for (const id of one.acknowledged) acknowledged.add(id);
        malformed += one.rejected.length;
      }
      expect(new Set(result.stored)).toEqual(new Set(stored));
      expect(result.stored.length).toBe(stored.length);
      expect(new Set(result.acknowledged)).toEqual(acknowledged);
      expect(result.rejected.length).toBe(malformed);
      expect(together.delivered.toSorted()).toEqual(apart.delivered.toSorted());
      const counts = await together.store.records.counts(PEER);
      expect(counts).toEqual(await apart.store.records.counts(PEER));
    }),
    { numRuns: 200 },
  );
});
