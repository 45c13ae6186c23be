import fc from 'fast-check';
import { expect, test } from 'vitest';
import { IntervalSet } from '../../main/helpers/interval-set.ts';

const value = fc.oneof(fc.nat(40), fc.integer({ min: 2 ** 40, max: 2 ** 40 + 20 }));
const step = fc.record({ op: fc.constantFrom('add', 'delete', 'deleteUpTo'), value });

function setOf(values: Iterable<number>): IntervalSet {
  const set = new IntervalSet();
  for (const each of values) set.add(each);
  return set;
}

function valuesOf(intervals: Iterable<readonly [number, number]>): number[] {
  const values: number[] = [];
  for (const [first, last] of intervals) {
    for (let each = first; each <= last; each += 1) values.push(each);
  }
  return values;
}

function ascending(values: Iterable<number>): number[] {
  return [...values].sort((a, b) => a - b);
}

test('holds what a set holds after any steps, in intervals that do not touch', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const set = new IntervalSet();
      const expected = new Set<number>();
      for (const { op, value: each } of steps) {
        if (op === 'add') {
          expect(set.add(each)).toBe(!expected.has(each));
          expected.add(each);
        } else if (op === 'delete') {
          expect(set.delete(each)).toBe(expected.delete(each));
        } else {
          const gone = [...expected].filter((one) => one <= each);
          for (const one of gone) expected.delete(one);
          expect(set.deleteUpTo(each)).toBe(gone.length);
        }
        expect(set.size).toBe(expected.size);
        expect(set.has(each)).toBe(expected.has(each));
      }
      expect(valuesOf(set.intervals())).toEqual(ascending(expected));
      for (let at = 2; at < set.bounds.length; at += 2) {
        expect(set.bounds[at]).toBeGreaterThan((set.bounds[at - 1] ?? 0) + 1);
      }
    }),
  );
});

test('is the same after packing and unpacking', () => {
  fc.assert(
    fc.property(fc.uniqueArray(value), (values) => {
      const set = setOf(values);
      const again = IntervalSet.unpack(set.pack());
      expect(again.bounds).toEqual(set.bounds);
      expect(again.size).toBe(set.size);
    }),
  );
  expect(setOf(Array.from({ length: 100_000 }, (_, at) => at + 1)).pack().byteLength).toBe(4);
  expect(() => IntervalSet.unpack(Uint8Array.of(5))).toThrow(RangeError);
  expect(() => IntervalSet.unpack(new Uint8Array(20).fill(0xff))).toThrow(RangeError);
});

test('gives what another set leaves of it', () => {
  fc.assert(
    fc.property(fc.uniqueArray(value), fc.uniqueArray(value), (values, others) => {
      const left = valuesOf(setOf(values).without(setOf(others).bounds));
      expect(left).toEqual(ascending(values.filter((each) => !others.includes(each))));
    }),
  );
});

test('takes out whole intervals, and is made of bounds', () => {
  const values = fc.array(value, { maxLength: 40 });
  fc.assert(
    fc.property(values, values, (all, taken) => {
      const set = IntervalSet.of(setOf(all).bounds);
      expect(set.size).toBe(new Set(all).size);
      const others = new Set(taken);
      const rest = new Set(all.filter((each) => !others.has(each)));
      expect(set.deleteAll(setOf(taken).bounds)).toBe(new Set(all).size - rest.size);
      expect([set.size, valuesOf(set.intervals())]).toEqual([rest.size, ascending(rest)]);
    }),
  );
});
