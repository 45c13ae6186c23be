import fc from 'fast-check';
import { expect, test } from 'vitest';
import { frames, isSound, served } from '../headless/frames.ts';
import { SEED } from './seed.ts';

const INPUTS = 1_000_000;
/** Bytes by which the heap may be larger after all inputs than after the first tenth. */
const HEAP_GROWTH = 64 * 1024 * 1024;

test(`${INPUTS} frames of any JSON (seed ${SEED}): each gets an answer, or ends its connection`, async () => {
  let count = 0;
  let heapAtTenth = 0;
  const property = fc.asyncProperty(frames, async (frame) => {
    count += 1;
    if (count === INPUTS / 10) heapAtTenth = process.memoryUsage().heapUsed;
    return isSound(await served(frame));
  });
  await fc.assert(property, { numRuns: INPUTS, seed: SEED });
  expect(process.memoryUsage().heapUsed - heapAtTenth).toBeLessThan(HEAP_GROWTH);
});
