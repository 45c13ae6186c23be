import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inputs, parsed } from '../identity/pairing-fuzz.ts';
import { SEED } from './seed.ts';

const INPUTS = 1_000_000;
/** Bytes by which the heap may be larger after all inputs than after the first tenth. */
const HEAP_GROWTH = 64 * 1024 * 1024;

test(`${INPUTS} malformed links, codes and frames of pairing (seed ${SEED}): each is read or refused`, async () => {
  let count = 0;
  let taken = 0;
  let heapAtTenth = 0;
  const property = fc.asyncProperty(inputs, async (input) => {
    count += 1;
    if (count === INPUTS / 10) heapAtTenth = process.memoryUsage().heapUsed;
    taken += (await parsed(input)).length;
  });
  await fc.assert(property, { numRuns: INPUTS, seed: SEED });
  expect(process.memoryUsage().heapUsed - heapAtTenth).toBeLessThan(HEAP_GROWTH);
  expect(taken).toBeGreaterThan(INPUTS / 50);
});
