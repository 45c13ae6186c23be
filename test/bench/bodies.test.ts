import { expect, test } from 'vitest';
import { BODY_KINDS, bodyOf, MEAN_BYTES } from './bodies.ts';

const COUNT = 5_000;
const bodies = (kind: 'words' | 'random', origin: 'a' | 'b' = 'a') =>
  Array.from({ length: COUNT }, (_, index) => bodyOf(index, kind, origin));

test.each(BODY_KINDS)('%s are the same for the same number, and others for others', (kind) => {
  expect(bodies(kind)).toEqual(bodies(kind));
  expect(bodyOf(7, kind, 'b')).not.toBe(bodyOf(7, kind, 'a'));
  // Some are as short as “ok”, which people write more than once.
  expect(new Set(bodies(kind)).size).toBeGreaterThan(0.98 * COUNT);
});

test.each(BODY_KINDS)('%s have odd sizes, of about 300 bytes on average', (kind) => {
  const sizes = bodies(kind).map((body) => Buffer.byteLength(body));
  const mean = sizes.reduce((sum, size) => sum + size, 0) / COUNT;
  expect(Math.abs(mean - MEAN_BYTES)).toBeLessThan(0.1 * MEAN_BYTES);
  expect(new Set(sizes).size).toBeGreaterThan(300);
  expect(Math.min(...sizes)).toBeGreaterThan(0);
  expect(Math.max(...sizes)).toBeGreaterThan(1_000);
});

test('words are of many scripts, few of them frequent and most of them rare, as the search index meets them', () => {
  const text = bodies('words').join(' ');
  for (const script of ['Latin', 'Cyrillic', 'Han', 'Arabic', 'Devanagari']) {
    expect(text).toMatch(new RegExp(`\\p{Script=${script}}`, 'u'));
  }
  const counts = new Map<string, number>();
  for (const word of text.split(/[ ,]+/u)) counts.set(word, (counts.get(word) ?? 0) + 1);
  const frequencies = [...counts.values()].sort((a, b) => b - a);
  expect(frequencies.length).toBeGreaterThan(20_000);
  expect(frequencies.at(0) ?? 0).toBeGreaterThan(1_000);
  expect(frequencies.at(Math.floor(frequencies.length / 2)) ?? 0).toBeLessThan(5);
});
