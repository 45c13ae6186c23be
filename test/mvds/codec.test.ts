import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { concatBytes, fromHex, toHex } from '../../main/helpers/bytes.ts';
import {
  decodePayload,
  encodePayload,
  EMPTY_PAYLOAD,
  extensionsOf,
  type Dialect,
  type Payload,
} from '../../main/mvds/codec.ts';
import {
  MAX_BODY_BYTES,
  MAX_ITEMS_PER_PAYLOAD,
  MAX_RECEIVED_PAYLOAD_BYTES,
} from '../../main/mvds/constants.ts';
import { messageIdOf, toGroupId, toMessageId } from '../../main/mvds/ids.ts';
import { isEmpty, messageItemBytes, splitPayload } from '../../main/mvds/size.ts';
import type { Message } from '../../main/mvds/types.ts';
import { message, payload, strayId } from './messages.ts';

const DIALECTS: readonly Dialect[] = ['spec', 'compact'];

const GOLDEN: Payload = {
  acks: [strayId(1), strayId(2)],
  offers: [strayId(3)],
  requests: [strayId(4)],
  messages: [
    message('plain'),
    message('', { parents: [strayId(5), strayId(6)] }, undefined, -1n),
    message('typing', { ephemeral: true }, undefined, 2n ** 63n - 1n),
  ],
};

const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 });
const messageIds = fc.uniqueArray(bytes32.map(toMessageId), { maxLength: 8 });
/** Of every length of bits: numbers of 64 bits taken at random hardly ever have fewer than 50. */
const anyTimestamp = fc
  .tuple(fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }), fc.nat(62), fc.boolean())
  .map(([bits, shift, isNegative]) =>
    isNegative ? -1n - (bits >> BigInt(shift)) : bits >> BigInt(shift),
  );

const messages: fc.Arbitrary<Message> = fc
  .record({
    group: bytes32,
    timestamp: anyTimestamp,
    body: fc.uint8Array({ maxLength: 300 }),
    parents: messageIds,
    ephemeral: fc.boolean(),
  })
  .map(({ group, timestamp, body, parents, ephemeral }) => {
    const groupId = toGroupId(group);
    const id = messageIdOf(groupId, timestamp, body);
    return { id, groupId, timestamp, body, metadata: { parents, ephemeral } };
  });
const payloads: fc.Arbitrary<Payload> = fc.record({
  acks: messageIds,
  offers: messageIds,
  requests: messageIds,
  messages: fc.array(messages, { maxLength: 6 }),
});

function decoded(bytes: Uint8Array) {
  const result = decodePayload(bytes);
  if (!result.ok) throw new Error(result.error.type);
  return result;
}

describe.each(DIALECTS)('dialect %s', (dialect) => {
  test('encodes the golden payload byte for byte, and decodes it', () => {
    const file = new URL(`golden/payload-${dialect}.hex`, import.meta.url);
    const golden = readFileSync(file, 'utf8').replaceAll('\n', '');
    expect(toHex(encodePayload(GOLDEN, dialect))).toBe(golden);
    expect(decoded(fromHex(golden))).toMatchObject({ payload: GOLDEN, dialect, rejected: 0 });
  });

  test('what is encoded decodes to itself', () => {
    fc.assert(
      fc.property(payloads, (original) => {
        const result = decoded(encodePayload(original, dialect));
        expect(result.payload).toEqual(original);
        expect(result.dialect).toBe(isEmpty(original) ? undefined : dialect);
        expect(result.rejected).toBe(0);
      }),
      { numRuns: 500 },
    );
  });

  test.each([0n, 1n, -1n, 2n ** 53n, -(2n ** 32n), -(2n ** 53n), -(2n ** 53n) - 1n, -(2n ** 63n)])(
    'the timestamp %s comes through exactly',
    (timestamp) => {
      const one = message('one', {}, undefined, timestamp);
      const bytes = encodePayload({ ...EMPTY_PAYLOAD, messages: [one] }, dialect);
      expect(decoded(bytes).payload.messages).toEqual([one]);
    },
  );

  test('a split payload has parts within the limit that say the same', () => {
    fc.assert(
      fc.property(payloads, fc.integer({ min: 100, max: 2000 }), (original, limit) => {
        const parts = splitPayload(original, limit);
        for (const part of parts) {
          const items = part.acks.length + part.offers.length + part.requests.length;
          const isAlone = items === 0 && part.messages.length === 1;
          expect(isEmpty(part)).toBe(false);
          if (!isAlone) expect(encodePayload(part, dialect).length).toBeLessThanOrEqual(limit);
        }
        expect(parts.flatMap(({ acks }) => acks)).toEqual(original.acks);
        expect(parts.flatMap(({ offers }) => offers)).toEqual(original.offers);
        expect(parts.flatMap(({ requests }) => requests)).toEqual(original.requests);
        expect(parts.flatMap((part) => part.messages)).toEqual(original.messages);
      }),
    );
  });

  test('no message is larger on the wire than it is counted', () => {
    fc.assert(
      fc.property(messages, (one) => {
        const { length } = encodePayload({ ...EMPTY_PAYLOAD, messages: [one] }, dialect);
        expect(length).toBeLessThanOrEqual(messageItemBytes(one));
      }),
    );
  });

  test('every truncation and every flipped bit is a result and no exception', () => {
    const whole = encodePayload(GOLDEN, dialect);
    for (let at = 0; at < whole.length; at += 1) {
      expect(() => decodePayload(whole.subarray(0, at))).not.toThrow();
      const flipped = whole.slice();
      flipped[at] = (flipped[at] ?? 0) ^ (1 << (at % 8));
      expect(() => decodePayload(flipped)).not.toThrow();
    }
  });
});

describe('decoding', () => {
  const GOOD = payload({ acks: [strayId(1)], messages: [message('good')] });

  test.each([
    ['an ack of 31 bytes', `cab8021f${'aa'.repeat(31)}`],
    ['an offer of 33 bytes', `d2b80221${'aa'.repeat(33)}`],
    ['a request of no bytes', 'dab80200'],
    ['acks that are a number', 'c8b80207'],
    ['a message of garbage', 'e2b80203ffffff'],
    ['a message with a group of 31 bytes', `e2b802238af7021f${'aa'.repeat(31)}`],
    ['a message without a group', 'e2b80200'],
    ['a hello with a store id of 3 bytes', 'eabe02051203aabbcc'],
  ])('%s is left out, its neighbours stay', (_name, bad) => {
    const result = decoded(concatBytes(GOOD, fromHex(bad), payload({ offers: [strayId(2)] })));
    expect(result.rejected).toBe(1);
    expect(result.payload).toEqual({
      ...EMPTY_PAYLOAD,
      acks: [strayId(1)],
      offers: [strayId(2)],
      messages: [message('good')],
    });
  });

  test('a parent of 31 bytes or too long a body costs the one message', () => {
    const group = `8af70220${'01'.repeat(32)}`;
    const shortParent = fromHex(`e2b80249${group}a2f702210a1f${'aa'.repeat(31)}`);
    const tooLong = payload({ messages: [message('y'.repeat(MAX_BODY_BYTES + 1))] });
    const limit = payload({ messages: [message('z'.repeat(MAX_BODY_BYTES))] });
    const result = decoded(concatBytes(shortParent, tooLong, GOOD, limit));
    expect(result.rejected).toBe(2);
    expect(result.payload.messages.map(({ body }) => body.length)).toEqual([4, MAX_BODY_BYTES]);
  });

  test('unknown fields are skipped, in the payload and in a message', () => {
    const groupOffers = fromHex('eab80203aabbcc');
    const varint = fromHex('f8ff0396ffffff0f');
    const result = decoded(concatBytes(groupOffers, varint, GOOD, groupOffers));
    expect(result.rejected).toBe(0);
    expect(result.payload.messages).toEqual([message('good')]);
  });

  test('an id that repeats is one id', () => {
    const result = decoded(concatBytes(GOOD, payload({ acks: [strayId(1)] })));
    expect(result.payload.acks).toEqual([strayId(1)]);
  });

  test('of too many items those beyond the limit are left out', () => {
    const ack = payload({ acks: [strayId(1)] });
    const result = decoded(concatBytes(...Array<Uint8Array>(MAX_ITEMS_PER_PAYLOAD + 5).fill(ack)));
    expect(result.rejected).toBe(5);
    expect(result.payload.acks).toHaveLength(1);
  });

  test('too many bytes, and bytes that are no protobuf message, are typed errors', () => {
    const bytes = MAX_RECEIVED_PAYLOAD_BYTES + 1;
    const error = { type: 'payload-too-large', bytes, limit: MAX_RECEIVED_PAYLOAD_BYTES };
    expect(decodePayload(new Uint8Array(bytes))).toEqual({ ok: false, error });
    for (const bad of ['00', 'cab802', 'cab80220aa', 'ff', 'cab802ffffffffffffffffffff7f']) {
      expect(decodePayload(fromHex(bad))).toEqual({ ok: false, error: { type: 'malformed' } });
    }
  });

  test('a payload is of the dialect of its first item', () => {
    const spec = payload({ acks: [strayId(1)] }, 'spec');
    const compact = payload({ acks: [strayId(2)] }, 'compact');
    expect(decoded(concatBytes(spec, compact))).toMatchObject({
      dialect: 'spec',
      payload: { acks: [strayId(1)] },
    });
    expect(decoded(concatBytes(compact, spec))).toMatchObject({
      dialect: 'compact',
      payload: { acks: [strayId(2)] },
    });
    expect(decoded(new Uint8Array(0)).dialect).toBeUndefined();
  });

  test('a hello says how much is waiting, or does not say it', () => {
    const silent = { version: 1, storeId: 'ab'.repeat(16), maxPayloadBytes: 4096 };
    for (const pending of [0, 1, 100_000, Number.MAX_SAFE_INTEGER]) {
      const hello = { ...silent, pending };
      expect(decoded(payload({ hello }, 'spec')).payload.hello).toEqual(hello);
    }
    expect(decoded(payload({ hello: silent }, 'spec')).payload.hello).toEqual(silent);
  });

  test('a hello says whether it is paused, at what interval it comes and from when on it keeps messages, and is found without the rest', () => {
    const plain = { version: 1, storeId: 'ab'.repeat(16), maxPayloadBytes: 4096 };
    const since = new Map([
      [toGroupId(new Uint8Array(32).fill(1)), 0n],
      [toGroupId(new Uint8Array(32).fill(2)), 2n ** 53n],
    ]);
    for (const more of [{}, { paused: true }, { paused: false, interval: 600 }, { since }]) {
      const hello = { ...plain, ...more };
      const bytes = payload({ ...GOLDEN, hello }, 'spec');
      expect(decoded(bytes).payload.hello).toEqual(hello);
      expect(extensionsOf(bytes).hello).toEqual(hello);
    }
    expect(extensionsOf(payload(GOLDEN, 'spec')).hello).toBeUndefined();
    expect(extensionsOf(payload({ ...GOLDEN, hello: plain }, 'compact')).hello).toEqual(plain);
    expect(extensionsOf(new Uint8Array([255, 255, 255])).hello).toBeUndefined();
  });

  test('frames of reconciliation come through in order, and one without a whole group id is left out', () => {
    const groupId = toGroupId(new Uint8Array(32).fill(3));
    const frames = [new Uint8Array(), new Uint8Array([0x61, 1, 2])];
    const reconcile = frames.map((frame, number) => ({ groupId, number, frame }));
    const bytes = payload({ ...EMPTY_PAYLOAD, reconcile }, 'spec');
    expect(extensionsOf(bytes).reconcile).toEqual(reconcile);
    expect(decoded(bytes).rejected).toBe(0);
    const short = bytes.slice();
    // The length of the second frame's group id, and with it the rest of the frame, means something else.
    short[bytes.lastIndexOf(32)] = 31;
    expect(extensionsOf(short).reconcile.length).toBeLessThan(2);
    expect(payload({ ...EMPTY_PAYLOAD, reconcile }, 'compact').byteLength).toBe(0);
  });

  test('a hello comes through in both dialects, with the same number, and in the first part of a split payload', () => {
    const hello = { version: 1, storeId: 'ab'.repeat(16), maxPayloadBytes: 4096 };
    const both = DIALECTS.map((it) => decoded(payload({ acks: [strayId(1)], hello }, it)).payload);
    expect(both).toEqual(DIALECTS.map(() => ({ ...EMPTY_PAYLOAD, acks: [strayId(1)], hello })));
    const [first, ...rest] = splitPayload({ ...GOLDEN, hello }, 200);
    expect(first?.hello).toEqual(hello);
    expect(rest.some((part) => part.hello !== undefined)).toBe(false);
  });
});
