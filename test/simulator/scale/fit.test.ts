import { expect, test } from 'vitest';
import { exponentOf, fitLine, isLogarithmic, logarithmOf, quantile } from './fit.ts';

const SIZES = [10, 30, 100, 300, 1000];
const over = (of: (x: number) => number) => SIZES.map((x) => ({ x, y: of(x) }));

test('the exponent of a power is found, whatever its factor', () => {
  expect(exponentOf(over((x) => 7 * x))).toBeCloseTo(1);
  expect(exponentOf(over((x) => 0.2 * x * (x - 1)))).toBeGreaterThan(2);
  expect(exponentOf(over(() => 5))).toBeCloseTo(0);
});

test('a logarithm is told from a root', () => {
  expect(isLogarithmic(over((x) => 3 + 2 * Math.log(x)))).toBe(true);
  expect(isLogarithmic(over(() => 3))).toBe(true);
  expect(isLogarithmic(over((x) => Math.sqrt(x)))).toBe(false);
  expect(isLogarithmic(over((x) => x))).toBe(false);
  expect(logarithmOf(over((x) => 1 + 3 * Math.log2(x)))).toMatchObject({ r2: 1 });
});

test('a line needs two different x', () => {
  expect(() => fitLine([{ x: 1, y: 1 }])).toThrow(RangeError);
  expect(() => isLogarithmic([{ x: 1, y: 1 }])).toThrow(RangeError);
});

test('a quantile lies between its neighbours', () => {
  expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5);
  expect(quantile([], 0.5)).toBe(0);
});
