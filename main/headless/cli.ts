#!/usr/bin/env -S MALLOC_ARENA_MAX=2 node --max-semi-space-size=2
import { fileURLToPath } from 'node:url';
import { CommanderError } from 'commander';
import { EXIT, explain } from './failures.ts';
import { createProgram } from './program.ts';

// Beside the bundle: see scripts/bundle.mjs.
const page = fileURLToPath(new URL('./renderer/', import.meta.url));

try {
  await createProgram({ page }).parseAsync();
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
