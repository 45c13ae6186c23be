import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DEVICE_NAME_MAX, isVisible, presentable } from '../../main/identity/device-name.ts';
import { isSimilar } from '../../main/identity/similar-names.ts';

test.each([
  ['nothing', ''],
  ['spaces', ' \t\n\u00a0\u3000'],
  ['Hangul fillers', '\u3164\u115f\u1160\uffa0'],
  ['the empty braille pattern', '\u2800\u2800'],
  ['zero width and joiners', '\u200b\u200c\u200d\u2060\ufeff'],
  ['variation selectors and tags', '\ufe0f\u{e0041}\u{e0100}'],
  ['bidirectional controls', '\u202e\u2066\u061c'],
  ['a mark with nothing to carry it', '\u0301'],
  ['blank hieroglyphs and a null notehead', '\u{13441}\u{13442}\u{1d159}'],
  ['half of a character', '\ud83d'],
  ['soft hyphens', '\u00ad\u034f\u17b4'],
])('a name of %s shows nothing, and is not shown as one', (_what, name) => {
  expect(isVisible(name)).toBe(false);
  expect(presentable(name)).toBe('A device without a name');
});

test.each([
  'Laptop',
  'MacBook Pro von Jürgen',
  '我的电脑',
  'حاسوبي',
  'ノートPC',
  '휴대폰',
  'मेरा फ़ोन',
  '💻',
  '7',
  '«»',
  '⠓⠊',
])('%s is a name as it is', (name) => {
  expect(isVisible(name)).toBe(true);
  expect(presentable(name)).toBe(name);
});

test('whatever comes is one line of whole characters that shows something', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
      const shown = presentable(text);
      expect(isVisible(shown)).toBe(true);
      expect(shown.length).toBeLessThanOrEqual(DEVICE_NAME_MAX);
      expect(shown.isWellFormed()).toBe(true);
      expect(shown).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      expect(presentable(shown)).toBe(shown);
    }),
  );
  expect(presentable(`${'x'.repeat(99)}💻`)).toBe('x'.repeat(99));
});

test.each([
  ['Laptop', 'Laptop'],
  ['Laptop', 'LAPTOP'],
  ['Laptop', 'L\u0430ptop'],
  ['MacBook', 'Mac\u0412ook'],
  ['Pixel 8', 'Pixe1 8'],
  ['Mail', 'MaiI'],
  ['iPad', '\u0456Pad'],
  ['Desk top', 'Desktop'],
  ['Desk', 'D\u200besk'],
  ['Ｌａｐｔｏｐ', 'Laptop'],
  ['modern', 'modem'],
  ['Jürgen', 'Ju\u0308rgen'],
])('%j and %j are names that a person could mix up', (one, other) => {
  expect(isSimilar(one, other)).toBe(true);
  expect(isSimilar(other, one)).toBe(true);
});

test.each([
  ['Laptop', 'Desktop'],
  ['Phone', 'Phone 2'],
  ['我的电脑', '我的手机'],
  ['Laptop A', 'Laptop B'],
  ['Jürgen', 'Jurgen'],
])('%j and %j are told apart', (one, other) => {
  expect(isSimilar(one, other)).toBe(false);
});
