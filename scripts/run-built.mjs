// Runs a program of dist/, built from the sources as they are: `node scripts/run-built.mjs reunion.mjs status …`.
import { join } from 'node:path';
import { build } from './build.mjs';
import { forward } from './forward.mjs';
import { nodeEnvironment, nodeFlags } from './launch.mjs';
import { node, root } from './setup.mjs';

const [program = '', ...args] = process.argv.slice(2);
build();
forward(node, [...nodeFlags, join(root, 'dist', program), ...args], nodeEnvironment);
