// `npm run simulate -- …`: MVDS nodes on a virtual clock and a bad network; see test/simulator/.
import { join } from 'node:path';
import { build } from './build.mjs';
import { forward } from './forward.mjs';
import { node, root } from './setup.mjs';

build();
forward(node, [join(root, 'dist', 'simulator', 'cli.mjs'), ...process.argv.slice(2)]);
