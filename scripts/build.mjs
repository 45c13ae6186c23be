// Builds dist/: the main-process bundles (esbuild) and the renderer (Vite). Does nothing when no source is newer.
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { install, node, root, run } from './setup.mjs';

const stamp = join(root, 'dist', '.built');
const sources = [
  'main',
  'renderer',
  'proto',
  'scripts',
  'test/simulator',
  'test/interop',
  'test/bench',
];
const sourceFiles = ['build/publisher.pub', 'package-lock.json', 'vite.config.ts', 'tsconfig.json'];

/** Brings dist/ up to date with the sources. */
export function build() {
  install();
  const wanted = fingerprint();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  console.error('Building …');
  run(node, [join('scripts', 'bundle.mjs')], { stdio: ['ignore', 2, 2] });
  writeFileSync(stamp, wanted);
}

/** Changes whenever a source file is added, removed or edited. */
function fingerprint() {
  const hash = createHash('sha256');
  for (const file of [...sourceFiles.map((name) => join(root, name)), ...walk()]) {
    if (!existsSync(file)) continue;
    hash.update(relative(root, file)).update('\0').update(readFileSync(file)).update('\0');
  }
  return hash.digest('hex');
}

/** @returns {string[]} every file below the source folders, in a fixed order */
function walk() {
  return sources.flatMap((folder) =>
    existsSync(join(root, folder))
      ? readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
          .sort()
          .map((name) => join(root, folder, name))
          .filter((path) => statSync(path).isFile())
      : [],
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) build();
