import { wordlist } from '@scure/bip39/wordlists/english.js';
import { validateMnemonic } from '@scure/bip39';
import { expect, test } from 'vitest';
import { comparisonWords } from '../../main/identity/comparison-words.ts';
import { keysOf } from '../helpers/identities.ts';

const peer = (number: number) => keysOf(number).peerId;

test('two devices get the same twelve words, whichever is named first', async () => {
  const words = await comparisonWords(peer(1), peer(2));
  expect(await comparisonWords(peer(2), peer(1))).toEqual(words);
  expect(words).toHaveLength(12);
  expect(validateMnemonic(words.join(' '), wordlist)).toBe(true);
});

test('with another key on either side, every pair gets other words', async () => {
  const pairs = [
    [1, 2],
    [1, 3],
    [2, 3],
    [1, 1],
  ] as const;
  const all = await Promise.all(
    pairs.map(async ([one, other]) => (await comparisonWords(peer(one), peer(other))).join(' ')),
  );
  expect(new Set(all).size).toBe(pairs.length);
});

test('the words of two keys stay what they are, as they may have been written down', async () => {
  expect((await comparisonWords(peer(1), peer(2))).join(' ')).toMatchInlineSnapshot(
    `"abuse model fold link giant ribbon april second party elegant ostrich excuse"`,
  );
});
