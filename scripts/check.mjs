// `npm run check`: formatting, lint, types (Svelte included), import rules, unused exports, and whether generated code is current.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { install, node, root, run, tool } from './setup.mjs';

export function check() {
  install();
  run(node, [join(root, 'scripts', 'proto.mjs'), '--check']);
  run(node, [tool('prettier', 'bin/prettier.cjs'), '--check', '--log-level=warn', '.']);
  run(node, [tool('eslint', 'bin/eslint.js'), '--max-warnings=0', '.']);
  run(node, [tool('typescript', 'bin/tsc'), '-p', '.']);
  run(node, [tool('svelte-check', 'bin/svelte-check'), '--fail-on-warnings', '--output=human']);
  run(node, [
    tool('dependency-cruiser', 'bin/dependency-cruiser.mjs'),
    ...['--config', '.dependency-cruiser.cjs', '--output-type=err', 'main', 'renderer/src'],
  ]);
  run(node, [tool('knip', 'bin/knip.js'), '--no-progress', '--include=files,exports,types']);
  run(node, [tool('vitest', 'vitest.mjs'), 'run', 'test/house']);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) check();
