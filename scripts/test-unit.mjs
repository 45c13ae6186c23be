// `npm run test:unit`: the tests that need no build, no process and no browser. Further arguments go to Vitest.
import { install, node, root, run, tool } from './setup.mjs';

install();
run(
  node,
  [
    tool('vitest', 'vitest.mjs'),
    'run',
    '--project=unit',
    '--project=page',
    ...process.argv.slice(2),
  ],
  { cwd: root },
);
