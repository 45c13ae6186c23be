import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/faults/**'],
    // Two cores: more workers only make the timing of real processes worse.
    maxWorkers: 2,
    testTimeout: 20_000,
  },
});
