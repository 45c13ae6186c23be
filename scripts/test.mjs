// `npm test`: sets up what is needed, then checks and tests. Further arguments go to Vitest, without the checks.
import { build } from './build.mjs';
import { findChromium } from './chromium.mjs';
import { install, node, root, run, tool } from './setup.mjs';
import { check } from './check.mjs';

const args = process.argv.slice(2);
install();
if (args.length === 0) check();
build();

const chromium = await findChromium();
console.log(`Chromium: ${chromium.path} (${chromium.origin})`);
run(node, [tool('vitest', 'vitest.mjs'), 'run', ...args], {
  cwd: root,
  env: { ...process.env, REUNION_CHROMIUM: chromium.path },
});
