// `npm start`: the Electron window or, with --browser or where there is no Electron, the same app in the browser.
import { join } from 'node:path';
import { build } from './build.mjs';
import { electronBinary } from './electron.mjs';
import { forward } from './forward.mjs';
import { nodeEnvironment, nodeFlags } from './launch.mjs';
import { node, root } from './setup.mjs';

const args = process.argv.slice(2);
const browser = args.includes('--browser');
const others = args.filter((arg) => arg !== '--browser');

build();
const electron = browser ? undefined : electronBinary();
if (electron !== undefined) {
  forward(electron, [root, ...others]);
} else {
  if (!browser) {
    console.log(
      'The Electron binary is not here and cannot be downloaded: opening in the browser.',
    );
  }
  const program = join(root, 'dist', 'reunion.mjs');
  forward(node, [...nodeFlags, program, 'device', '--open', ...others], nodeEnvironment);
}
