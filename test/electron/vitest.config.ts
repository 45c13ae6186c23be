import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Two apps with a window each are enough for two cores.
  test: { include: ['test/electron/**/*.test.ts'], testTimeout: 60_000, maxWorkers: 1 },
});
