import { defineConfig } from 'vitest/config';

/** The long runs: `npm run test:faults`. */
export default defineConfig({
  test: {
    include: ['test/faults/**/*.test.ts'],
    maxWorkers: 2,
    // Each is bounded by its own count of rounds, not by time.
    testTimeout: 60 * 60_000,
  },
});
