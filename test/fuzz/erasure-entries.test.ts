import fc from 'fast-check';
import { expect, test } from 'vitest';
import { outcomeOf, SEEDS } from './erasure-entries.ts';
import { mutated } from './mutations.ts';

/** `npm run test:faults` has a million. */
const INPUTS = 3_000;

test('no bytes make the parser of erasure entries throw, and none are taken that nobody signed', () => {
  const outcomes = new Set<string>();
  const property = fc.property(mutated(SEEDS), (input) => void outcomes.add(outcomeOf(input)));
  fc.assert(property, { numRuns: INPUTS });
  expect(outcomes).toContain('an entry: accept');
  expect(outcomes).toContain('reject');
});
