import { expect, test } from 'vitest';
import { fromHex, utf8 } from '../../main/helpers/bytes.ts';
import { decodePayload } from '../../main/mvds/codec.ts';
import { messageIdOf, toGroupId, toPeerId } from '../../main/mvds/ids.ts';
import { createMemorySyncStore } from '../../main/mvds/memory-store.ts';
import { MvdsNode } from '../../main/mvds/node.ts';
import { encodePayload, EMPTY_PAYLOAD } from '../../main/mvds/codec.ts';
import type { MvdsNodeOptions } from '../../main/mvds/options.ts';
import type { MessageId } from '../../main/mvds/types.ts';
import { GROUP, OTHER_GROUP } from './network.ts';

const FILES = toGroupId(fromHex('0f'.repeat(32)));
const PEER = toPeerId('peer');
const CHUNK = 96 * 1024;
const STORE_ID = 'a'.repeat(32);

/** What one payload said: texts by what they say, chunks as their number. */
interface Said {
  readonly texts: readonly string[];
  readonly chunks: readonly number[];
  readonly ids: readonly MessageId[];
}

/** A node whose only peer is the test: a payload is taken when the test says so, as by a line that is slow. */
async function slowLine(options: Partial<MvdsNodeOptions> = {}) {
  const sent: Said[] = [];
  let take: (() => void) | undefined;
  const node = await MvdsNode.open({
    store: createMemorySyncStore(),
    random: { next: () => 0.5 },
    storeId: STORE_ID,
    sendHello: false,
    reconciles: true,
    bulk: (groupId) => groupId === FILES,
    onDelivered: () => undefined,
    send: (_peer, bytes) => {
      const decoded = decodePayload(bytes);
      if (!decoded.ok) throw new Error('no payload');
      const { messages } = decoded.payload;
      sent.push({
        texts: messages
          .filter(({ groupId }) => groupId !== FILES)
          .map(({ body }) => Buffer.from(body).toString()),
        chunks: messages
          .filter(({ groupId }) => groupId === FILES)
          .map(({ timestamp }) => Number(timestamp)),
        ids: messages.map(({ id }) => id),
      });
      return new Promise<void>((resolve) => (take = resolve));
    },
    ...options,
  });
  await node.setPeer(PEER, { groups: new Set([GROUP, OTHER_GROUP, FILES]), mode: 'batch' });
  await node.peerOnline(PEER);
  const line = {
    node,
    sent,
    /** The line takes what is on it, and the node puts on it what is next. */
    async next(): Promise<Said | undefined> {
      const before = sent.length;
      const taken = take;
      take = undefined;
      taken?.();
      // The node hears of it in a later turn.
      await new Promise((resolve) => setImmediate(resolve));
      await node.settled();
      return sent[before];
    },
    async acknowledge(ids: readonly MessageId[]): Promise<void> {
      await node.receive(PEER, encodePayload({ ...EMPTY_PAYLOAD, acks: ids }, 'spec'));
    },
    chunk: (number: number) =>
      node.append({
        groupId: FILES,
        timestamp: BigInt(number),
        body: new Uint8Array(CHUNK).fill(1),
      }),
    text: (text: string) => node.append({ groupId: GROUP, timestamp: 1n, body: utf8(text) }),
  };
  return line;
}

test('13: a text that is written in the middle of a file goes out as the next payload', async () => {
  const line = await slowLine();
  for (let number = 0; number < 20; number += 1) await line.chunk(number);
  await line.node.settled();
  expect(line.sent).toHaveLength(1);
  await line.next();
  await line.next();
  // Three chunks are on their way, the last of them still on the line.
  expect(line.sent.map(({ chunks }) => chunks)).toEqual([[0], [1], [2]]);
  await line.text('now');
  expect(await line.next()).toMatchObject({ texts: ['now'], chunks: [] });
  expect(await line.next()).toMatchObject({ texts: [], chunks: [3] });
});

test('13: nor does it wait for an answer where the file fills its part of the window', async () => {
  const line = await slowLine();
  for (let number = 0; number < 20; number += 1) await line.chunk(number);
  while (await line.next());
  // 768 KiB of 1 MiB, in chunks of a little more than 96 KiB.
  expect(line.sent.flatMap(({ chunks }) => chunks)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  await line.text('now');
  await line.node.settled();
  expect(line.sent.at(-1)).toMatchObject({ texts: ['now'] });
  expect(await line.next()).toBeUndefined();
  await line.acknowledge(line.sent[0]?.ids ?? []);
  await line.node.settled();
  expect(line.sent.at(-1)).toMatchObject({ chunks: [7] });
});

test('13: a file waits for every text there is, also for those that come meanwhile', async () => {
  const line = await slowLine();
  await line.node.peerOffline(PEER);
  for (let number = 0; number < 3; number += 1) await line.chunk(number);
  const long = 'x'.repeat(30_000);
  for (let number = 0; number < 5; number += 1) await line.text(`${number} ${long}`);
  await line.node.peerOnline(PEER);
  await line.node.settled();
  const kinds: string[] = [];
  let said = line.sent.at(-1);
  for (let turn = 0; said; turn += 1) {
    kinds.push(said.chunks.length > 0 ? 'chunk' : `${said.texts.length} texts`);
    if (turn === 1) await line.text('late');
    said = await line.next();
  }
  expect(kinds).toEqual(['2 texts', '2 texts', '2 texts', 'chunk', 'chunk', 'chunk']);
});

test('13: chunks that were asked for wait as others do', async () => {
  const line = await slowLine();
  const since = new Map([[FILES, 1_000n]]);
  await line.node.setPeer(PEER, { groups: new Set([GROUP, FILES]), mode: 'batch' });
  const hello = { version: 1, storeId: STORE_ID, maxPayloadBytes: 0, since };
  await line.node.receive(PEER, encodePayload({ ...EMPTY_PAYLOAD, hello }, 'spec'));
  const chunks = [await line.chunk(1), await line.chunk(2)];
  await line.node.settled();
  // Older than what the peer wants: nothing goes out unasked.
  expect(line.sent).toEqual([]);
  expect(await line.node.counts(PEER)).toEqual({ offers: 0, requests: 0, messages: 0 });
  const requests = chunks.map(({ id }) => id);
  await line.node.receive(PEER, encodePayload({ ...EMPTY_PAYLOAD, requests }, 'spec'));
  await line.node.settled();
  expect(line.sent).toMatchObject([{ chunks: [1] }]);
  await line.text('now');
  expect(await line.next()).toMatchObject({ texts: ['now'], chunks: [] });
  expect(await line.next()).toMatchObject({ chunks: [2] });
});

test('14: what a peer does not want any more is taken back; what it had not wanted has no record', async () => {
  const line = await slowLine();
  await line.node.peerOffline(PEER);
  await line.chunk(10);
  await line.chunk(20);
  await line.text('wanted');
  const hello = (since: bigint) => ({
    ...{ version: 1, storeId: STORE_ID, maxPayloadBytes: 0 },
    since: new Map([[FILES, since]]),
  });
  await line.node.receive(PEER, encodePayload({ ...EMPTY_PAYLOAD, hello: hello(15n) }, 'spec'));
  expect(await line.node.counts(PEER)).toMatchObject({ messages: 2 });
  await line.chunk(14);
  expect(await line.node.counts(PEER)).toMatchObject({ messages: 2 });
  // Said again, as it is five times a second, it changes nothing.
  await line.node.receive(PEER, encodePayload({ ...EMPTY_PAYLOAD, hello: hello(15n) }, 'spec'));
  expect(await line.node.counts(PEER)).toMatchObject({ messages: 2 });
});

test('14: a muted group is neither announced, nor sent when it is asked for, nor sent again', async () => {
  let isMuted = false;
  const line = await slowLine({ mutes: (groupId) => isMuted && groupId === FILES });
  const before = await line.chunk(1);
  await line.node.settled();
  isMuted = true;
  await line.node.mute(PEER, new Set([FILES]));
  await line.chunk(2);
  const requests = [before.id];
  await line.node.receive(PEER, encodePayload({ ...EMPTY_PAYLOAD, requests }, 'spec'));
  await line.text('goes on');
  expect(await line.next()).toMatchObject({ texts: ['goes on'], chunks: [] });
  expect(await line.next()).toBeUndefined();
  expect(await line.node.counts(PEER)).toEqual({ offers: 0, requests: 0, messages: 1 });
});

test('messages that are wanted by their ids are asked for until they come, or are wanted no more', async () => {
  const store = createMemorySyncStore();
  const asked: MessageId[][] = [];
  const line = await slowLine({
    store,
    send: (_peer, bytes) => {
      const decoded = decodePayload(bytes);
      if (decoded.ok) asked.push([...decoded.payload.requests]);
    },
  });
  const body = utf8('chunk');
  const one = messageIdOf(FILES, 1n, body);
  const never = messageIdOf(FILES, 2n, body);
  await line.node.want(PEER, [one, never]);
  await line.node.settled();
  expect(asked).toEqual([[one, never]]);
  await line.node.want(PEER, [one]);
  await line.node.settled();
  expect(asked).toHaveLength(1);
  const metadata = { parents: [], ephemeral: false };
  const messages = [{ id: one, groupId: FILES, timestamp: 1n, body, metadata }];
  await line.node.receive(PEER, encodePayload({ ...EMPTY_PAYLOAD, messages }, 'spec'));
  expect(await line.node.counts(PEER)).toMatchObject({ requests: 1 });
  for (let epoch = 0; epoch < 6; epoch += 1) await line.node.tick();
  await line.node.settled();
  expect(asked.filter((ids) => ids.includes(never))).toHaveLength(2);
  await line.node.unwant([one, never]);
  expect(await line.node.counts(PEER)).toEqual({ offers: 0, requests: 0, messages: 0 });
  await line.node.tombstone([{ id: one, groupId: FILES, timestamp: 1n }]);
  await line.node.want(PEER, [one]);
  expect(await line.node.counts(PEER)).toMatchObject({ requests: 0 });
  await line.node.revive([one]);
  await line.node.want(PEER, [one]);
  expect(await line.node.counts(PEER)).toMatchObject({ requests: 1 });
  await line.node.receive(PEER, encodePayload({ ...EMPTY_PAYLOAD, messages }, 'spec'));
  expect((await store.messages.read([one])).get(one)?.body).toEqual(body);
});
