import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Longer runs, and those that need what is not everywhere, have commands of their own.
    exclude: ['test/faults/**', 'test/electron/**'],
    // Two cores: more workers only make the timing of real processes worse.
    maxWorkers: 2,
    testTimeout: 20_000,
  },
});
