import fc from 'fast-check';
import { expect, test } from 'vitest';
import { concatBytes } from '../../main/helpers/bytes.ts';
import { decodePayload, EMPTY_PAYLOAD, encodePayload } from '../../main/mvds/codec.ts';
import { idBytes, toGroupId, toPeerId } from '../../main/mvds/ids.ts';
import { createMemorySyncStore } from '../../main/mvds/memory-store.ts';
import { MvdsNode } from '../../main/mvds/node.ts';
import { SpecPayload } from '../../main/proto/mvds.ts';
import { message } from './messages.ts';
import { GROUP } from './network.ts';

const OTHER = toGroupId(new Uint8Array(32).fill(9));
const PEER = toPeerId('peer');
const STORE_ID = '0b'.repeat(16);

function decoded(bytes: Uint8Array) {
  const result = decodePayload(bytes);
  if (!result.ok) throw new Error(result.error.type);
  return result;
}

test('messages are the same whether their payload names their group once or each names it', () => {
  const written = fc.array(fc.tuple(fc.string(), fc.boolean(), fc.boolean()), { maxLength: 8 });
  fc.assert(
    fc.property(written, (texts) => {
      const messages = texts.map(([text, isOther, ephemeral], at) =>
        message(text, { ephemeral }, isOther ? OTHER : GROUP, BigInt(at)),
      );
      const payload = { ...EMPTY_PAYLOAD, messages };
      const once = encodePayload(payload, 'spec', { sharesGroup: true });
      expect(decoded(once)).toEqual(decoded(encodePayload(payload, 'spec')));
      expect(decoded(once)).toMatchObject({ payload, rejected: 0 });
    }),
  );
});

test('a message costs 36 bytes less, and a payload 36 bytes once', () => {
  const length = (count: number, sharesGroup: boolean) => {
    const messages = Array.from({ length: count }, (_, at) => message('x', {}, GROUP, BigInt(at)));
    return encodePayload({ ...EMPTY_PAYLOAD, messages }, 'spec', { sharesGroup }).byteLength;
  };
  expect(length(100, false) - length(100, true)).toBe(99 * 36);
});

test('the group may be named after the messages, and one of another length is a bad item', () => {
  const body = new Uint8Array([1]);
  const bare = { groupId: new Uint8Array(), timestamp: 1n, body };
  const messages = SpecPayload.encode({
    acks: [],
    offers: [],
    requests: [],
    messages: [bare],
    reconcile: [],
  });
  const group = (bytes: Uint8Array<ArrayBuffer>) =>
    SpecPayload.encode({
      acks: [],
      offers: [],
      requests: [],
      messages: [],
      reconcile: [],
      groupId: bytes,
    });
  const named = decoded(concatBytes(messages, group(Uint8Array.from(idBytes(GROUP)))));
  expect(named.payload.messages.map(({ groupId }) => groupId)).toEqual([GROUP]);
  expect(decoded(messages)).toMatchObject({ rejected: 1, payload: { messages: [] } });
  const short = decoded(concatBytes(group(new Uint8Array(31)), messages));
  expect(short).toMatchObject({ rejected: 2, payload: { messages: [] } });
});

test('only a peer whose hello says so in this session gets a group that is named once', async () => {
  const sent: Uint8Array[] = [];
  const node = await MvdsNode.open({
    ...{ store: createMemorySyncStore(), storeId: '00'.repeat(16), random: { next: () => 0.5 } },
    ...{ sendHello: false, reconciles: true },
    onDelivered: () => undefined,
    send: (_, bytes) => void sent.push(bytes),
  });
  await node.setPeer(PEER, { groups: new Set([GROUP]), mode: 'batch' });
  const namesOnce = async (isReliable: boolean) => {
    await node.peerOnline(PEER, { isReliable });
    await node.append({ groupId: GROUP, timestamp: BigInt(sent.length), body: new Uint8Array(9) });
    await node.settled();
    await node.peerOffline(PEER);
    return SpecPayload.decode(sent.at(-1) ?? new Uint8Array()).groupId !== undefined;
  };
  const hello = { version: 1, storeId: STORE_ID, maxPayloadBytes: 0 };
  const says = (sharedGroup: boolean) =>
    node.receive(
      PEER,
      encodePayload({ ...EMPTY_PAYLOAD, hello: { ...hello, sharedGroup } }, 'spec'),
    );
  expect(await namesOnce(true)).toBe(false);
  await says(true);
  expect(await namesOnce(true)).toBe(true);
  expect(await namesOnce(true)).toBe(false);
  await says(true);
  expect(await namesOnce(false)).toBe(false);
  await says(false);
  expect(await namesOnce(true)).toBe(false);
});
