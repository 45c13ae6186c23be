import { rmSync } from 'node:fs';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { fuzzFolder, KEPT_FILES } from './kept-files.ts';
import { WIRE } from './wire.ts';
import { mutated } from './mutations.ts';

/** `npm run test:faults` has a million. */
const INPUTS = 400;

test.each([...KEPT_FILES, ...WIRE])(
  '$name: whatever they hold, nothing gets past the edge of the parser',
  async ({ seeds, run }) => {
    const folder = fuzzFolder();
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const outcomes = new Set<string>();
    await fc.assert(
      fc.asyncProperty(mutated(seeds), async (input) => {
        outcomes.add(await run(input, folder));
      }),
      { numRuns: INPUTS },
    );
    expect(outcomes.size).toBeGreaterThan(0);
  },
);
