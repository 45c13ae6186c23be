// `npm run test:electron`: the tests of the Electron window, where there is an Electron binary to run.
import { build } from './build.mjs';
import { electronBinary } from './electron.mjs';
import { node, run, tool } from './setup.mjs';

build();
const electron = electronBinary();
if (electron === undefined) {
  console.log(
    'NOT RUN: the Electron tests, because the Electron binary is not here and cannot be downloaded.',
  );
} else {
  console.log(`Electron: ${electron}`);
  run(node, [tool('vitest', 'vitest.mjs'), 'run', '--config', 'test/electron/vitest.config.ts'], {
    env: { ...process.env, REUNION_ELECTRON: electron },
  });
}
