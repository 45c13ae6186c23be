import { RELAY_V2_HOP_CODEC, RELAY_V2_STOP_CODEC } from '@libp2p/circuit-relay-v2';
import type { Libp2p, Stream } from '@libp2p/interface';
import { lpStream } from '@libp2p/utils';
import { multiaddr } from '@multiformats/multiaddr';
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys';
import { noise } from '@libp2p/noise';
import { tcp } from '@libp2p/tcp';
import { yamux } from '@libp2p/yamux';
import { createLibp2p } from 'libp2p';
import { expect, onTestFinished, test } from 'vitest';
import { int64Of, VARINT, walkFields } from '../../main/mvds/wire.ts';
import { field } from '../interop/by-hand.ts';
import { keysOf } from '../helpers/identities.ts';
import { ourRelay } from './relay-helpers.ts';

/** Circuit relay v2, "Interaction": the numbers of the specification. */
const HOP = { peer: 2, limit: 4, status: 5, reserve: [8, 0], connect: [8, 1] } as const;
const STOP = { limit: 3, ok: [8, 1, 32, 100] } as const;
const LIMIT = { duration: 1, data: 2 } as const;
const OK = 100n;

/** A node that knows nothing of relays but what this test writes byte by byte. */
async function bareNode(number: number): Promise<Libp2p> {
  const node = await createLibp2p({
    privateKey: await generateKeyPairFromSeed('Ed25519', keysOf(number).seed),
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionMonitor: { enabled: false },
  });
  onTestFinished(async () => node.stop());
  return node;
}

/** The fields of a message: numbers as bigints, the rest as bytes. */
function fieldsOf(bytes: Uint8Array): Map<number, bigint | Uint8Array> {
  const fields = new Map<number, bigint | Uint8Array>();
  const isWhole = walkFields(bytes, ({ number, wireType, bytes: content }) => {
    fields.set(number, wireType === VARINT ? int64Of(content) : content);
  });
  if (!isWhole) throw new Error('no protobuf');
  return fields;
}

function limitIn(message: Uint8Array, number: number) {
  const limit = fieldsOf(message).get(number);
  if (!(limit instanceof Uint8Array)) throw new Error('no limit');
  const fields = fieldsOf(limit);
  return { seconds: fields.get(LIMIT.duration), bytes: fields.get(LIMIT.data) };
}

/** What the relay writes of its limits: to who reserves, to who is called, and to who calls. */
async function announced(relay: string) {
  const [called, caller] = [await bareNode(70), await bareNode(71)];
  const stop = Promise.withResolvers<Uint8Array>();
  const ended = Promise.withResolvers<number>();
  await called.handle(
    RELAY_V2_STOP_CODEC,
    async (stream: Stream) => {
      const messages = lpStream(stream);
      stop.resolve((await messages.read()).subarray());
      await messages.write(Uint8Array.from(STOP.ok));
      const began = performance.now();
      stream.addEventListener('close', () => ended.resolve(performance.now() - began));
    },
    { runOnLimitedConnection: true },
  );
  const request = async (node: Libp2p, ...parts: readonly Uint8Array[]) => {
    const connection = await node.dial(multiaddr(relay));
    const messages = lpStream(await connection.newStream(RELAY_V2_HOP_CODEC));
    await messages.write(Uint8Array.from(Buffer.concat(parts)));
    const answer = (await messages.read()).subarray();
    expect(fieldsOf(answer).get(HOP.status)).toBe(OK);
    return limitIn(answer, HOP.limit);
  };
  const reserving = await request(called, Uint8Array.from(HOP.reserve));
  const peer = field(HOP.peer, field(1, called.peerId.toMultihash().bytes));
  const calling = await request(caller, Uint8Array.from(HOP.connect), peer);
  return {
    reserving,
    called: limitIn(await stop.promise, STOP.limit),
    calling,
    ended: ended.promise,
  };
}

test.each([
  ['its default, a day', undefined, 86_400n],
  ['two minutes', 120_000, 120n],
  ['a minute and a half second, of which no more is said than is kept', 60_500, 60n],
  ['less than a second, since 0 would be no limit', 400, 1n],
])('the relay announces seconds, in all three places: %s', async (_name, connectionMs, seconds) => {
  const relay = await ourRelay(connectionMs === undefined ? {} : { connectionMs });
  const { reserving, called, calling } = await announced(relay.address);
  const limit = { seconds, bytes: 1n << 30n };
  expect({ reserving, called, calling }).toEqual({
    reserving: limit,
    called: limit,
    calling: limit,
  });
});

test('and keeps to milliseconds: a connection of two seconds is cut after two seconds', async () => {
  const relay = await ourRelay({ connectionMs: 2_000 });
  const { calling, ended } = await announced(relay.address);
  expect(calling.seconds).toBe(2n);
  const took = await ended;
  expect(took).toBeGreaterThan(1_500);
  expect(took).toBeLessThan(6_000);
}, 20_000);
