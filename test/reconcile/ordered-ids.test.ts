import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromHex, toHex } from '../../main/helpers/bytes.ts';
import type { MessageId } from '../../main/helpers/ids.ts';
import { compareBounds, orderTimestamp, type Bound } from '../../main/reconcile/bound.ts';
import { CHUNK_POSITIONS } from '../../main/reconcile/constants.ts';
import { OrderedIds } from '../../main/reconcile/index.ts';
import { idOf, orderedIds, packed, type Position } from './samples.ts';

/** Few timestamps, so that many are equal; the edges of what there may be; ids that begin alike. */
const timestamps = fc.oneof(
  fc.bigInt({ min: 0n, max: 4n }),
  fc.bigInt({ min: 2n ** 31n - 2n, max: 2n ** 32n + 2n }),
  fc.constantFrom(-(2n ** 63n), -1n, 2n ** 53n - 1n, 2n ** 53n, 2n ** 63n - 1n),
);
const ids = fc.oneof(
  fc.nat(400).map((number) => idOf(`id ${number}`)),
  fc.nat(40).map((number) => number.toString(16).padStart(64, '0') as MessageId),
  fc.nat(40).map((number) => number.toString(16).padStart(64, 'f') as MessageId),
);
const positions = fc.record({ timestamp: timestamps, id: ids });

/** What is held, in order and once each, told in the plainest way. */
function inOrder(held: readonly Position[]): { timestamp: number; id: MessageId }[] {
  const keys = held.map(({ timestamp, id }) => ({ timestamp: orderTimestamp(timestamp), id }));
  const once = new Map(keys.map((key) => [`${key.timestamp} ${key.id}`, key]));
  return [...once.values()].sort(
    (a, b) => a.timestamp - b.timestamp || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0),
  );
}

/** Negentropy V1, "Fingerprint Algorithm", with numbers of any size. */
function plainFingerprint(held: readonly MessageId[]): string {
  const number = (id: MessageId): bigint => BigInt(`0x${toHex(fromHex(id).toReversed())}`);
  const sum = held.reduce((total, id) => (total + number(id)) % 2n ** 256n, 0n);
  const digits: number[] = [];
  for (let rest = held.length; rest > 0 || digits.length === 0; rest >>= 7) {
    digits.unshift((rest & 127) | (digits.length > 0 ? 128 : 0));
  }
  return createHash('sha256')
    .update(fromHex(sum.toString(16).padStart(64, '0')).toReversed())
    .update(Uint8Array.from(digits))
    .digest('hex')
    .slice(0, 32);
}

function expectToHold(held: OrderedIds, expected: ReturnType<typeof inOrder>): void {
  expect(held.size).toBe(expected.length);
  const all = held.ids(0, held.size);
  expect(toHex(all)).toBe(expected.map(({ id }) => id).join(''));
}

describe('OrderedIds', () => {
  test('holds what was inserted, in order and once each, in whatever way it came', () => {
    fc.assert(
      fc.property(fc.array(fc.array(positions, { maxLength: 60 }), { maxLength: 8 }), (batches) => {
        const held = new OrderedIds();
        for (const [index, batch] of batches.entries()) {
          const before = held.size;
          if (index % 2 === 0) expect(held.insertPacked(packed(batch))).toBe(held.size - before);
          else for (const { timestamp, id } of batch) held.insert(timestamp, id);
        }
        expectToHold(held, inOrder(batches.flat()));
      }),
    );
  });

  test('gives the fingerprint of any range, and the rank of any bound, while it grows', () => {
    const change = fc.record({
      batch: fc.array(positions, { maxLength: 80 }),
      a: fc.nat(),
      b: fc.nat(),
    });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), (changes) => {
        const held = new OrderedIds();
        const all: Position[] = [];
        for (const { batch, a, b } of changes) {
          held.insertPacked(packed(batch));
          all.push(...batch);
          const expected = inOrder(all);
          const [from = 0, to = 0] = [a % (expected.length + 1), b % (expected.length + 1)].sort(
            (x, y) => x - y,
          );
          expect(toHex(held.fingerprint(from, to))).toBe(
            plainFingerprint(expected.slice(from, to).map(({ id }) => id)),
          );
          const bound = held.boundAt(from);
          expect(held.rank(bound)).toBe(from);
          const key = expected[from];
          if (key === undefined || from === 0) continue;
          const next: Bound = { timestamp: key.timestamp, prefix: fromHex(key.id) };
          expect(compareBounds(bound, next)).toBeLessThanOrEqual(0);
          expect(bound.prefix.length === 0).toBe(key.timestamp !== expected[from - 1]?.timestamp);
        }
      }),
    );
  });

  test('keeps to the plain truth over many chunks, filled from any side', () => {
    const count = 12 * CHUNK_POSITIONS;
    const forward = Array.from({ length: count }, (_, at) => ({
      timestamp: BigInt(at >> 2),
      id: idOf(`${at}`),
    }));
    const shuffled = forward.toSorted((a, b) => (a.id < b.id ? -1 : 1));
    const expected = inOrder(forward);
    for (const order of [forward, forward.toReversed(), shuffled]) {
      const held = new OrderedIds();
      for (const [at, { timestamp, id }] of order.entries()) {
        held.insert(timestamp, id);
        // Reading now and then keeps the running totals in use.
        if (at % 97 === 0) held.fingerprint(at >> 1, held.size);
      }
      expectToHold(held, expected);
      for (let at = 0; at < 200; at += 1) {
        const [from = 0, to = 0] = [(at * 7919) % (count + 1), (at * 104729) % (count + 1)].sort(
          (x, y) => x - y,
        );
        const wanted = plainFingerprint(expected.slice(from, to).map(({ id }) => id));
        expect(toHex(held.fingerprint(from, to))).toBe(wanted);
      }
      for (const { timestamp, id } of order) {
        expect(held.has(timestamp, id)).toBe(true);
        expect(held.insert(timestamp, id)).toBe(false);
      }
      expect(held.has(0n, idOf('never inserted'))).toBe(false);
      expect(held.has(1n, idOf('0'))).toBe(false);
      expect(held.size).toBe(count);
    }
  });

  test('takes ids that are views of a larger buffer', () => {
    const bytes = packed([{ timestamp: 5n, id: idOf('a') }]);
    const shifted = new Uint8Array(100);
    shifted.set(bytes, 13);
    const held = new OrderedIds();
    held.insertPacked(shifted.subarray(13, 13 + bytes.length));
    shifted.fill(0);
    expect(held.has(5n, idOf('a'))).toBe(true);
    expect(toHex(held.fingerprint(0, 1))).toBe(plainFingerprint([idOf('a')]));
  });

  test('puts what is before 1970 at 0 and what is above 2^53 − 1 there', () => {
    const held = orderedIds([
      { timestamp: 2n ** 63n - 1n, id: idOf('late') },
      { timestamp: -1n, id: idOf('early') },
      { timestamp: 0n, id: idOf('first') },
    ]);
    expect(held.has(-(2n ** 63n), idOf('early'))).toBe(true);
    expect(held.has(2n ** 53n - 1n, idOf('late'))).toBe(true);
    expect(held.boundAt(2).timestamp).toBe(2 ** 53 - 1);
  });

  test('refuses a part of a position', () => {
    expect(() => new OrderedIds().insertPacked(new Uint8Array(41))).toThrow(RangeError);
    expect(() => new OrderedIds().ids(0, 1)).toThrow(RangeError);
  });
});
