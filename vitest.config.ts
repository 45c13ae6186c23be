import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';
import { unit } from './test/groups.ts';

/** Several times what the slowest of them takes on a machine with two busy cores, milliseconds. */
const UNIT_TIMEOUT_MS = 15_000;
/** Bounds what hangs; processes and browsers start slowly on a busy machine, milliseconds. */
const SYSTEM_TIMEOUT_MS = 60_000;

export default defineConfig({
  test: {
    // Two cores: more workers only make the timing of real processes worse.
    maxWorkers: 2,
    testTimeout: UNIT_TIMEOUT_MS,
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
        test: { name: 'unit', ...unit },
      },
      {
        extends: true,
        test: { name: 'long', include: unit.exclude, testTimeout: SYSTEM_TIMEOUT_MS },
      },
      {
        extends: true,
        test: {
          name: 'system',
          include: ['test/**/*.test.ts'],
          exclude: [
            'test/renderer/**',
            // Longer runs, and those that need what is not everywhere, have commands of their own.
            ...['test/faults/**', 'test/electron/**'],
            ...unit.include,
          ],
          testTimeout: SYSTEM_TIMEOUT_MS,
        },
      },
    ],
  },
});
