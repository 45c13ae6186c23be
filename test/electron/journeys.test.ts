import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { _electron } from 'playwright-core';
import type { ElectronApplication, Page } from 'playwright-core';
import { expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../helpers/processes.ts';
import { AppPage } from '../journeys/app-page.ts';
import { journeys } from '../journeys/journeys.ts';
import type { Host } from '../journeys/journeys.ts';

const BINARY = process.env.REUNION_ELECTRON ?? '';
const PROJECT = resolve(import.meta.dirname, '../..');
/** Where no keychain is, as in most CI, the app asks for one. */
const PASSPHRASE = 'correct horse battery staple';

/** The real app. Two of them run at once, each with user data of its own. */
const electronHost: Host = {
  name: 'Electron',
  async start(name, options) {
    const folder = temporaryFolder();
    const args = [
      PROJECT,
      `--user-data-dir=${folder}`,
      '--no-lan',
      '--no-direct',
      '--name',
      name,
      ...options,
    ];
    const app = await _electron.launch({ executablePath: BINARY, args });
    onTestFinished(() => app.close());
    const window = await pageWindow(app);
    return {
      folder,
      page: () => new AppPage(window),
      async closeWindow() {
        await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
        expect(await isShown(app)).toBe(false);
      },
      // A second start shows the window of the first, and ends.
      async reopen() {
        const second = spawn(BINARY, args, { stdio: 'ignore' });
        await once(second, 'exit');
        await expect.poll(() => isShown(app)).toBe(true);
      },
    };
  },
};

/** The window of the page, past that of the passphrase, if there is one. */
async function pageWindow(app: ElectronApplication): Promise<Page> {
  const first = await app.firstWindow();
  if (!first.url().startsWith('reunion-app://passphrase/')) return first;
  const next = app.waitForEvent('window');
  await first.getByLabel('Passphrase', { exact: true }).fill(PASSPHRASE);
  await first.getByLabel('The same again').fill(PASSPHRASE);
  await first.getByRole('button', { name: 'Use this passphrase' }).click();
  return next;
}

function isShown(app: ElectronApplication): Promise<boolean> {
  return app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows().some((window) => window.isVisible()),
  );
}

journeys(electronHost);

test('the page has what the preload script gives it, and nothing of Node', async () => {
  const args = [PROJECT, `--user-data-dir=${temporaryFolder()}`, '--no-lan'];
  const app = await _electron.launch({ executablePath: BINARY, args });
  onTestFinished(() => app.close());
  const window = await pageWindow(app);
  const reach = await window.evaluate(() => ({
    own: Object.keys((globalThis as { reunion?: object }).reunion ?? {}).sort(),
    node: 'process' in globalThis || 'require' in globalThis,
  }));
  expect(reach).toEqual({ own: ['connect', 'scanner'], node: false });
});

const PACKED = process.env.REUNION_PACKED ?? '';

// `npm run package -- --dir` makes it; REUNION_PACKED is the path of its program.
if (PACKED !== '') {
  test('the packed program ends with a sentence when it is to be opened to a debugger', async () => {
    const refused = [
      '--remote-debugging-port=0',
      '--remote-debugging-pipe',
      '--js-flags=--expose-gc',
    ];
    for (const argument of refused) {
      const args = [argument, `--user-data-dir=${temporaryFolder()}`];
      const program = spawn(PACKED, args, { stdio: ['ignore', 'ignore', 'pipe'] });
      let told = '';
      program.stderr.on('data', (part: Buffer) => (told += part.toString()));
      const [code] = (await once(program, 'exit')) as [number | null];
      expect(code, argument).toBe(1);
      expect(told, argument).toMatch(/Reunion does not start with --/u);
      expect(told, argument).not.toMatch(/DevTools listening/u);
    }
  });
}
