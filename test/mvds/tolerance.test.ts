/** What other implementations may write in a payload, and what of it is taken. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { concatBytes, fromHex } from '../../main/helpers/bytes.ts';
import {
  decodePayload,
  encodePayload,
  EMPTY_PAYLOAD,
  type Dialect,
} from '../../main/mvds/codec.ts';
import { MAX_PARENTS } from '../../main/mvds/constants.ts';
import { idBytes } from '../../main/mvds/ids.ts';
import type { MessageId } from '../../main/mvds/types.ts';
import { field, varint } from '../interop/by-hand.ts';
import { message, payload, strayId } from './messages.ts';
import { GROUP } from './network.ts';

const DIALECTS: readonly Dialect[] = ['spec', 'compact'];
const GOOD = payload({ acks: [strayId(1)], messages: [message('good')] });
const AFTER = payload({ offers: [strayId(2)] });

const HEADS = Array.from({ length: 1000 }, (_, n) => strayId(n));

function decoded(bytes: Uint8Array) {
  const result = decodePayload(bytes);
  if (!result.ok) throw new Error(result.error.type);
  return result;
}

function received(parents: readonly MessageId[], dialect: Dialect) {
  const many = message('a reply', { parents });
  return decoded(encodePayload({ ...EMPTY_PAYLOAD, messages: [many] }, dialect));
}

describe.each(DIALECTS)('parents in dialect %s', (dialect) => {
  test.each([
    ['65 times the same', Array<MessageId>(65).fill(strayId(7)), [strayId(7)]],
    ['65 different ones', HEADS.slice(0, 65), HEADS.slice(0, MAX_PARENTS)],
    ['1,000 different ones', HEADS, HEADS.slice(0, MAX_PARENTS)],
    [
      '1,000 times the same, and then others',
      [...Array<MessageId>(1000).fill(strayId(7)), ...HEADS.slice(20, 25)],
      [strayId(7), ...HEADS.slice(20, 25)],
    ],
  ])('%s cost no message: each counts once, and the first 64 are kept', (_name, parents, kept) => {
    const { payload: read, rejected } = received(parents, dialect);
    expect(rejected).toBe(0);
    expect(read.messages).toEqual([message('a reply', { parents: kept })]);
  });

  test('however many there are and however often they repeat, the message comes through with the first 64', () => {
    const anyParents = fc
      .array(fc.nat(999), { maxLength: 400, size: 'max' })
      .map((numbers) => numbers.map((n) => HEADS[n] ?? strayId(n)));
    fc.assert(
      fc.property(anyParents, (parents) => {
        const [one] = received(parents, dialect).payload.messages;
        expect(one?.id).toBe(message('a reply').id);
        expect(one?.metadata.parents).toEqual([...new Set(parents)].slice(0, MAX_PARENTS));
      }),
    );
  });
});

/** A group, by hand: wire type 3, then the fields, then wire type 4. */
function group(number: number, ...inside: readonly Uint8Array[]): Uint8Array {
  return concatBytes(varint(number * 8 + 3), ...inside, varint(number * 8 + 4));
}

const nested = (depth: number): Uint8Array =>
  depth === 0 ? new Uint8Array() : group(5200 + (depth % 3), nested(depth - 1));

describe('fields of wire type group', () => {
  test.each([
    ['an empty one', group(5200)],
    ['one with a number of four bytes', group(70_000)],
    [
      'one with a varint, 8 bytes, 4 bytes and a string',
      group(9, fromHex('08ffffffff0f11010203040506070815aabbccdd1a02abcd')),
    ],
    ['one that holds what would be an ack', group(9, payload({ acks: [strayId(3)] }))],
    ['one that holds another of its own number', group(9, group(9), group(9, group(9)))],
    ['a hundred within each other', nested(100)],
  ])('%s is skipped at the top of a payload', (_name, unknown) => {
    const result = decoded(concatBytes(unknown, GOOD, unknown, AFTER, unknown));
    expect(result).toMatchObject({ rejected: 0, dialect: 'spec' });
    expect(result.payload.acks).toEqual([strayId(1)]);
    expect(result.payload.offers).toEqual([strayId(2)]);
    expect(result.payload.messages).toEqual([message('good')]);
  });

  test.each([
    ['has no end', varint(9 * 8 + 3)],
    ['ends as another', concatBytes(varint(9 * 8 + 3), varint(10 * 8 + 4))],
    ['ends and never began', varint(9 * 8 + 4)],
    ['crosses another', fromHex('4b534c54')],
    ['holds field number 0', fromHex('4b004c')],
    ['holds a string that is cut off', fromHex('4b0a7f4c')],
    ['holds a wire type that there is none of', fromHex('4b0e4c')],
    ['is one of 101 within each other', nested(101)],
    ['is one of a million that have no end', new Uint8Array(1_000_000).fill(0x4b)],
  ])('one that %s is malformed', (_name, bytes) => {
    expect(decodePayload(concatBytes(GOOD, bytes))).toEqual({
      ok: false,
      error: { type: 'malformed' },
    });
  });

  test('with a number that is known it is an item of the wrong type', () => {
    const result = decoded(concatBytes(GOOD, group(5001), AFTER));
    expect(result.rejected).toBe(1);
    expect(result.payload.offers).toEqual([strayId(2)]);
  });

  test('in a message and in its metadata it is skipped, and one that is malformed costs that message alone', () => {
    const whole = field(1, idBytes(strayId(5)));
    const inMetadata = (...parts: readonly Uint8Array[]) =>
      byHand(field(6004, concatBytes(...parts)));
    const good = [byHand(group(9, group(4))), inMetadata(group(3), whole, group(3))];
    const bad = [byHand(varint(9 * 8 + 3)), inMetadata(whole, fromHex('4b54'))];
    const result = decoded(concatBytes(...good, ...bad, AFTER));
    expect(result.rejected).toBe(2);
    expect(result.payload.messages.map(({ metadata }) => metadata.parents)).toEqual([
      [],
      [strayId(5)],
    ]);
  });
});

/** A message with nothing but a group id and what is given. */
function byHand(...more: readonly Uint8Array[]): Uint8Array {
  return concatBytes(field(5004, concatBytes(field(6001, idBytes(GROUP)), ...more)));
}

describe('values that are written as nobody does', () => {
  const parent = (n: number): Uint8Array => field(1, idBytes(strayId(n)));
  const bool = (value: number | bigint): Uint8Array => concatBytes(varint(16), varint(value));

  test('metadata that is given in several parts is merged', () => {
    const parts = [parent(1), bool(1), concatBytes(parent(2), parent(1)), new Uint8Array()];
    const bytes = byHand(...parts.map((part) => field(6004, part)));
    expect(decoded(bytes).payload.messages[0]?.metadata).toEqual({
      parents: [strayId(1), strayId(2)],
      ephemeral: true,
    });
  });

  test('metadata in as many parts as a payload holds is read without a stack for it', () => {
    const one = field(6004, bool(1));
    const parts = new Uint8Array(one.length * 600_000);
    for (let at = 0; at < parts.length; at += one.length) parts.set(one, at);
    expect(decoded(byHand(parts)).payload.messages[0]?.metadata.ephemeral).toBe(true);
  });

  test.each([
    [1, true],
    [2n ** 32n, true],
    [2n ** 63n, true],
    [-1, true],
    [0, false],
  ])('the bool %s reads as %s', (value, expected) => {
    const bytes = byHand(field(6004, bool(value)));
    expect(decoded(bytes).payload.messages[0]?.metadata.ephemeral).toBe(expected);
  });

  test('of a field that is given twice the last counts, and one of another wire type is unknown', () => {
    const body = (text: string): Uint8Array => field(6003, Buffer.from(text));
    const time = (value: bigint): Uint8Array => concatBytes(varint(6002 * 8), varint(value));
    const wrong = concatBytes(varint(6003 * 8), varint(7), field(6002, Buffer.from('soon')));
    const bytes = byHand(body('first'), time(1n), body('last'), time(-5n), wrong);
    expect(decoded(bytes).payload.messages).toEqual([message('last', {}, GROUP, -5n)]);
  });
});
