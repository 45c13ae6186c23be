import { rmSync } from 'node:fs';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { fuzzFolder, KEPT_FILES } from '../fuzz/kept-files.ts';
import { mutated } from '../fuzz/mutations.ts';
import { WIRE } from '../fuzz/wire.ts';

const INPUTS = 1_000_000;
/** Bytes by which the heap may be larger after all inputs than after the first tenth. */
const HEAP_GROWTH = 96 * 1024 * 1024;
const SEED = 20_261_130;

test.each([...KEPT_FILES, ...WIRE])(
  `up to ${INPUTS} inputs for the parser of $name: no exception past its edge, and bounded memory`,
  async ({ seeds, run, outcomes, inputs = INPUTS }) => {
    const folder = fuzzFolder();
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const found = new Map<string, number>();
    let count = 0;
    let heapAtTenth = 0;
    await fc.assert(
      fc.asyncProperty(mutated(seeds), async (input) => {
        count += 1;
        if (count === Math.floor(inputs / 10)) heapAtTenth = process.memoryUsage().heapUsed;
        const outcome = await run(input, folder);
        found.set(outcome, (found.get(outcome) ?? 0) + 1);
      }),
      { numRuns: inputs, seed: SEED, endOnFailure: true },
    );
    expect(process.memoryUsage().heapUsed - heapAtTenth).toBeLessThan(HEAP_GROWTH);
    // The inputs reach every kind of outcome, else this would prove little.
    for (const outcome of outcomes) expect(found.get(outcome) ?? 0, outcome).toBeGreaterThan(0);
    console.log(Object.fromEntries(found));
  },
);
