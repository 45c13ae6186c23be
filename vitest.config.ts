import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Longer runs, and those that need what is not everywhere, have commands of their own.
    exclude: ['test/faults/**', 'test/electron/**'],
    // Two cores: more workers only make the timing of real processes worse.
    maxWorkers: 2,
    // Bounds what hangs; processes and browsers start slowly on a busy machine.
    testTimeout: 60_000,
  },
});
