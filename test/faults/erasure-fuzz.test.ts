import fc from 'fast-check';
import { expect, test } from 'vitest';
import { outcomeOf, SEEDS } from '../fuzz/erasure-entries.ts';
import { mutated } from '../fuzz/mutations.ts';

const INPUTS = 1_000_000;
const SEED = 20_261_130;

test(`${INPUTS} inputs for the parser of erasure entries: none makes it throw, none is taken that nobody signed`, () => {
  const outcomes = new Map<string, number>();
  const property = fc.property(mutated(SEEDS), (input) => {
    const outcome = outcomeOf(input);
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  });
  fc.assert(property, { numRuns: INPUTS, seed: SEED, endOnFailure: true });
  for (const outcome of ['an entry: accept', 'an entry: reject', 'an entry: hold', 'reject']) {
    expect(outcomes.get(outcome) ?? 0, outcome).toBeGreaterThan(0);
  }
});
