import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // Two cores: more workers only make the timing of real processes worse.
    maxWorkers: 2,
    // Bounds what hangs; processes and browsers start slowly on a busy machine.
    testTimeout: 60_000,
    projects: [
      {
        extends: true,
        // Compiles the runes of the page's state.
        plugins: [svelte({ configFile: false })],
        test: {
          name: 'page',
          include: ['test/renderer/**/*.test.ts'],
          environment: './test/renderer/page-environment.ts',
        },
      },
      {
        extends: true,
        test: {
          name: 'rest',
          include: ['test/**/*.test.ts'],
          // Longer runs, and those that need what is not everywhere, have commands of their own.
          exclude: ['test/faults/**', 'test/electron/**', 'test/renderer/**'],
        },
      },
    ],
  },
});
