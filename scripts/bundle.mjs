// The build itself; `build.mjs` decides whether it is needed.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { build as esbuild } from 'esbuild';
import { build as vite } from 'vite';
import { root } from './setup.mjs';

const dist = join(root, 'dist');

// Bundled CommonJS packages call require() for Node's own modules.
const requireShim =
  "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);";

/** Packages with a native or WebAssembly file that they look for beside their own code. */
const external = [
  ...['electron', 'fs-native-extensions', 'node-datachannel', 'sql.js'],
  // Of the benchmarks alone.
  ...['playwright-core', '@sparticuz/chromium'],
];

rmSync(dist, { recursive: true, force: true });

await esbuild({
  entryPoints: {
    reunion: join(root, 'main/headless/cli.ts'),
    'desktop/main': join(root, 'main/desktop/main.ts'),
    // Started by main/store/thread.ts, which knows this place.
    'store/worker': join(root, 'main/store/worker.ts'),
    'interop/mvds-stdio': join(root, 'test/interop/mvds-stdio.ts'),
    'simulator/cli': join(root, 'test/simulator/cli.ts'),
    'bench/run': join(root, 'test/bench/run.ts'),
  },
  outdir: dist,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  platform: 'node',
  format: 'esm',
  target: 'node22',
  external,
  banner: { js: requireShim },
  legalComments: 'none',
  logLevel: 'warning',
});

// A sandboxed preload script can only be CommonJS.
await esbuild({
  entryPoints: [join(root, 'main/desktop/preload.ts')],
  outfile: join(dist, 'desktop/preload.cjs'),
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node22',
  external: ['electron'],
  logLevel: 'warning',
});

await vite({
  root: join(root, 'renderer'),
  configFile: join(root, 'vite.config.ts'),
  logLevel: 'warn',
});
