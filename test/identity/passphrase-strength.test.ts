import { expect, test } from 'vitest';
import { weaknessOf } from '../../main/identity/passphrase-strength.ts';

test.each([
  'a',
  '123456',
  'password',
  'Password1!',
  'qwertyuiop',
  'reunion2026',
  'aaaaaaaaaaaaaaaaaaaa',
  '19.04.1987',
])('%j is too easy to guess, and it is said why in plain English', async (weak) => {
  expect(await weaknessOf(weak)).toMatch(
    /^This passphrase is too easy to guess\.( [A-Z][^.]*\.)*$/u,
  );
});

test.each([
  'correct horse battery staple',
  'Vier Igel tanzen im Regen',
  'kL9#vTq2-wX',
  '玄関の鍵は植木鉢の下にはない',
  `otter violin cloud ${'x'.repeat(1_000)}`,
])('%j is taken', async (strong) => {
  expect(await weaknessOf(strong)).toBeUndefined();
});
