// `npm run package`: installers for this system, in release/. Further arguments go to electron-builder (`--dir`, say).
import { build } from './build.mjs';
import { node, run, tool } from './setup.mjs';

build();
run(node, [tool('electron-builder', 'cli.js'), '--publish', 'never', ...process.argv.slice(2)]);
