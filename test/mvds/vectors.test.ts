import { describe, expect, test } from 'vitest';
import { fromHex, toHex, utf8 } from '../../main/helpers/bytes.ts';
import { decodePayload, encodePayload, EMPTY_PAYLOAD } from '../../main/mvds/codec.ts';
import { messageIdOf, parseGroupId, toGroupId } from '../../main/mvds/ids.ts';
import type { Message, Metadata } from '../../main/mvds/types.ts';
import { CompactPayload } from '../../main/proto/mvds.ts';

const COUNTING = '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f';
const V1 = '8e1c3d0b1fad10ac2ac58d077a28f5d81d34384b4a39ff7855247a1b4890f42b';
const V2 = 'fe3bf1a20c7f57f7e5789197f04ee8b5f94d42a5321804f831068dd1cae0fa29';
const V3 = '063ed55bdac7ad7f3da0496b8147192b116ae1ef02e31d9cac8c57ffdbd991e4';

const UPSTREAM_GROUP = '6f3fbd8493518a4d78daad70d5e4f33e26c596e39da1e00166100e2090e5d788';
const UPSTREAM_BODY =
  'fc8ed6a95d3d9a1e8ba6346bb0adc0f165870758e8d8247963c98f5388bf6e287a534c5d0c4c2d6fb80d19c4999d4d4a8f1d7d4f55f5aac90cd666088233bd0e14 testing';

function idOf(group: string, timestamp: bigint, body: string): string {
  return messageIdOf(toGroupId(fromHex(group)), timestamp, utf8(body));
}

describe('message ids', () => {
  test.each([
    ['V1', '00'.repeat(32), 0n, '', V1],
    ['V2', COUNTING, 1_600_000_000n, 'hello', V2],
    ['V3', 'ff'.repeat(32), -1n, 'héllo', V3],
    [
      'upstream, time …790',
      UPSTREAM_GROUP,
      1_594_801_790n,
      UPSTREAM_BODY,
      '0d70c8d33a02af988f6a3e273b1bd028cb51e91699d4ed05f459e491829a4863',
    ],
    [
      'upstream, time …785',
      UPSTREAM_GROUP,
      1_594_801_785n,
      UPSTREAM_BODY,
      '542df026fe2bf017f498bf88cc07b36d5f602d00dc7cc90d30e84004747c95e5',
    ],
  ])('%s', (_name, group, timestamp, body, expected) => {
    expect(idOf(group, timestamp, body)).toBe(expected);
  });

  test('V2 with a big-endian timestamp is another message', () => {
    expect(idOf(COUNTING, 1_600_000_000n, 'hello')).not.toMatch(/^b0f824fd/);
    const bigEndian = Buffer.alloc(8);
    bigEndian.writeBigInt64BE(1_600_000_000n);
    expect(idOf(COUNTING, bigEndian.readBigInt64LE(), 'hello')).toMatch(/^b0f824fd.*905aa061$/);
  });
});

function message(metadata: Metadata): Message {
  const groupId = toGroupId(fromHex(COUNTING));
  const body = utf8('hello');
  const timestamp = 1_600_000_000n;
  return { id: messageIdOf(groupId, timestamp, body), groupId, timestamp, body, metadata };
}

const BARE: Metadata = { parents: [], ephemeral: false };
const WIRE_SPEC = `e2b802358af70220${COUNTING}90f70280a0f8fa059af7020568656c6c6f`;
const WIRE_COMPACT_MESSAGE = `0a20${COUNTING}1080a0f8fa051a0568656c6c6f`;
const WIRE_COMPACT = `222f${WIRE_COMPACT_MESSAGE}`;
const WIRE_COMPACT_METADATA = `2255${WIRE_COMPACT_MESSAGE}22240a20${V1}1001`;

describe('wire', () => {
  test('A: encodes and decodes the message of V2', () => {
    const payload = { ...EMPTY_PAYLOAD, messages: [message(BARE)] };
    expect(toHex(encodePayload(payload, 'spec'))).toBe(WIRE_SPEC);
    expect(decodePayload(fromHex(WIRE_SPEC))).toEqual({
      ok: true,
      payload,
      dialect: 'spec',
      rejected: 0,
    });
  });

  test('B: decodes the message of V2', () => {
    const payload = { ...EMPTY_PAYLOAD, messages: [message(BARE)] };
    expect(decodePayload(fromHex(WIRE_COMPACT))).toEqual({
      ok: true,
      payload,
      dialect: 'compact',
      rejected: 0,
    });
    expect(toHex(CompactPayload.encode(CompactPayload.decode(fromHex(WIRE_COMPACT))))).toBe(
      WIRE_COMPACT,
    );
  });

  test('B: encodes it with metadata, even empty, because the Go node that speaks B needs one', () => {
    const payload = { ...EMPTY_PAYLOAD, messages: [message(BARE)] };
    expect(toHex(encodePayload(payload, 'compact'))).toBe(`2231${WIRE_COMPACT_MESSAGE}2200`);
  });

  test('B: encodes and decodes parent and ephemeral', () => {
    const parent = idOf('00'.repeat(32), 0n, '');
    expect(parent).toBe(V1);
    const decoded = decodePayload(fromHex(WIRE_COMPACT_METADATA));
    if (!decoded.ok) throw new Error('not decoded');
    expect(decoded.payload.messages[0]?.metadata).toEqual({ parents: [V1], ephemeral: true });
    expect(decoded.payload.messages[0]?.id).toBe(V2);
    expect(toHex(encodePayload(decoded.payload, 'compact'))).toBe(WIRE_COMPACT_METADATA);
  });
});

test('ids are read from text only when they are 64 lower-case hexadecimal characters', () => {
  expect(parseGroupId(COUNTING)).toBe(COUNTING);
  for (const bad of [
    '',
    COUNTING.slice(2),
    COUNTING.toUpperCase(),
    `${COUNTING}00`,
    'g'.repeat(64),
  ]) {
    expect(parseGroupId(bad)).toBeUndefined();
  }
  expect(() => toGroupId(new Uint8Array(31))).toThrow(RangeError);
  expect(() => toGroupId(new Uint8Array(33))).toThrow(RangeError);
});
