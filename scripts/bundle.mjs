// The build itself; `build.mjs` decides whether it is needed.
import { cpSync, existsSync, rmSync } from 'node:fs';
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
  // Of the simulator alone, which draws with it.
  'echarts',
];

rmSync(dist, { recursive: true, force: true });

/**
 * Zod's messages in fifty languages, half a megabyte that no part of the program shows: every start would read and compile them.
 * @type {import('esbuild').Plugin}
 */
const zodInEnglish = {
  name: 'zod-in-english',
  setup(build) {
    build.onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js';",
    }));
  },
};

/** @type {import('esbuild').BuildOptions} */
const node = {
  outdir: dist,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  splitting: true,
  platform: 'node',
  format: 'esm',
  target: 'node22',
  external,
  banner: { js: requireShim },
  legalComments: 'none',
  logLevel: 'warning',
  plugins: [zodInEnglish],
};

// What is packaged.
await esbuild({
  ...node,
  entryPoints: {
    reunion: join(root, 'main/headless/cli.ts'),
    'desktop/main': join(root, 'main/desktop/main.ts'),
    // Started by main/store/thread.ts, which knows this place.
    'store/worker': join(root, 'main/store/worker.ts'),
    // Started by main/device/exchange/import-thread.ts.
    'import/worker': join(root, 'main/device/exchange/import-worker.ts'),
  },
  chunkNames: 'chunks/[name]-[hash]',
});

// What is not, with chunks of its own.
await esbuild({
  ...node,
  entryPoints: {
    'interop/mvds-stdio': join(root, 'test/interop/mvds-stdio.ts'),
    'simulator/cli': join(root, 'test/simulator/cli.ts'),
    'bench/run': join(root, 'test/bench/run.ts'),
    // Preloaded into the processes that are measured.
    'bench/socket-count': join(root, 'test/bench/peers/socket-count.ts'),
  },
  chunkNames: 'tool-chunks/[name]-[hash]',
});

// A sandboxed preload script can only be CommonJS.
await esbuild({
  entryPoints: [
    join(root, 'main/desktop/preload.ts'),
    join(root, 'main/desktop/passphrase/preload.ts'),
  ],
  outdir: join(dist, 'desktop'),
  outbase: join(root, 'main/desktop'),
  outExtension: { '.js': '.cjs' },
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node22',
  external: ['electron'],
  logLevel: 'warning',
});

// The page that asks for the passphrase is as small as a page can be.
await esbuild({
  entryPoints: [join(root, 'main/desktop/passphrase/page.ts')],
  outfile: join(dist, 'desktop/passphrase/page.js'),
  bundle: true,
  platform: 'browser',
  format: 'iife',
  target: 'chrome140',
  logLevel: 'warning',
});
for (const file of ['icons', 'passphrase/index.html', 'passphrase/style.css']) {
  cpSync(join(root, 'main/desktop', file), join(dist, 'desktop', file), { recursive: true });
}

// The key that updates on Linux are signed with, where whoever publishes the build has one: see docs/releasing.md.
const publisherKey = join(root, 'build/publisher.pub');
if (existsSync(publisherKey)) cpSync(publisherKey, join(dist, 'desktop/publisher.pub'));

await vite({
  root: join(root, 'renderer'),
  configFile: join(root, 'vite.config.ts'),
  logLevel: 'warn',
});
