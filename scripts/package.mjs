// `npm run package`: installers for this system, in release/. Further arguments go to electron-builder (`--dir`, say).
import { existsSync } from 'node:fs';
import { build } from './build.mjs';
import { node, run, tool } from './setup.mjs';

// npm installs what is for this computer; the universal app holds both.
const natives = process.platform === 'darwin' ? ['darwin-arm64', 'darwin-x64'] : [];

build();
const missing = natives.filter((name) => !existsSync(tool('@node-datachannel', name)));
if (missing.length > 0) {
  const names = missing.map((name) => `@node-datachannel/${name}`).join(' and ');
  console.error(`${names} has to be installed first: docs/releasing.md says how.`);
  process.exit(1);
}
run(node, [tool('electron-builder', 'cli.js'), '--publish', 'never', ...process.argv.slice(2)]);
