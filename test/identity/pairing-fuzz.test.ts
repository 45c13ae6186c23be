import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inputs, parsed } from './pairing-fuzz.ts';
import type { Reached } from './pairing-fuzz.ts';

const INPUTS = 1_000;

test(`${INPUTS} malformed links, codes and frames of pairing: each is read or refused, and none throws`, async () => {
  const reached = new Set<Reached>();
  const property = fc.asyncProperty(inputs, async (input) => {
    for (const parser of await parsed(input)) reached.add(parser);
  });
  await fc.assert(property, { numRuns: INPUTS });
  // The inputs reach every parser, else this would prove little.
  expect([...reached].sort()).toEqual(['code', 'entries', 'guesses', 'link', 'request']);
});
