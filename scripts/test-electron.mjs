// `npm run test:electron`: the journeys of test/journeys/ in the real app, where there is an Electron binary to run.
import { build } from './build.mjs';
import { electronBinary } from './electron.mjs';
import { node, run, tool } from './setup.mjs';

build();
const electron = electronBinary();
if (electron === undefined) {
  console.log(
    'NOT RUN: the journeys in Electron, because the Electron binary is not here and cannot be downloaded.\n' +
      'The same journeys run in a browser: npm test -- test/journeys',
  );
} else {
  console.log(`RUN: the journeys in Electron, ${electron}`);
  run(node, [tool('vitest', 'vitest.mjs'), 'run', '--config', 'test/electron/vitest.config.ts'], {
    env: { ...process.env, REUNION_ELECTRON: electron },
  });
}
