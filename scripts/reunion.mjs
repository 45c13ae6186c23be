// `npm run -s reunion -- …`: the command line, from the sources as they are.
import { join } from 'node:path';
import { build } from './build.mjs';
import { forward } from './forward.mjs';
import { node, root } from './setup.mjs';

build();
forward(node, [join(root, 'dist', 'reunion.mjs'), ...process.argv.slice(2)]);
