import { fileURLToPath } from 'node:url';
import { app } from 'electron';
import { commandLineOf } from './command-line.ts';
import { refusalText, refusedSwitch } from './debug-switches.ts';

// One program for the app and, without a window, for `reunion`: with the fuses set, nothing else runs JavaScript here.
const refused = refusedSwitch(app);
const words = commandLineOf(process.argv, process.platform);
if (refused !== undefined) {
  process.stderr.write(`${refusalText(refused)}\n`);
  app.exit(1);
} else if (words) {
  process.argv = [process.execPath, 'reunion', ...words];
  await import('../headless/cli.ts');
  app.exit(Number(process.exitCode ?? 0));
} else {
  // Electron waits for this module, and so for what has to be said before it is ready.
  const { startApp } = await import('./app.ts');
  // Beside the bundle: see scripts/bundle.mjs.
  startApp(fileURLToPath(new URL('.', import.meta.url)));
}
