#!/usr/bin/env -S MALLOC_ARENA_MAX=2 node --max-semi-space-size=2 --max-old-space-size=768
import { fileURLToPath } from 'node:url';
import { CommanderError } from 'commander';
import { EXIT, explain } from './failures.ts';
import { createProgram } from './program.ts';

// Beside the bundle: see scripts/bundle.mjs.
const page = fileURLToPath(new URL('./renderer/', import.meta.url));

try {
  // Not left to commander, which takes Electron's arguments for others when Electron runs this (desktop/main.ts).
  await createProgram({ page }).parseAsync(process.argv.slice(2), { from: 'user' });
} catch (error) {
  if (error instanceof CommanderError) {
    // --help and --version end here too; commander has printed what there is to say.
    process.exit(error.exitCode === 0 ? 0 : EXIT.usage);
  }
  const { message, exitCode } = explain(error);
  console.error(`reunion: ${message}`);
  if (process.env.REUNION_DEBUG) console.error(error);
  process.exit(exitCode);
}
