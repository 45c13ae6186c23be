import { resolve } from 'node:path';
import { _electron } from 'playwright-core';
import { expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../helpers/processes.ts';

test('the window opens on the first run, and writes a message', async () => {
  const app = await _electron.launch({
    executablePath: process.env.REUNION_ELECTRON ?? '',
    args: [resolve(import.meta.dirname, '../..'), `--user-data-dir=${temporaryFolder()}`],
  });
  onTestFinished(() => app.close());
  const window = await app.firstWindow();
  await window.getByRole('button', { name: 'This is my first device' }).click();
  await window.getByRole('button', { name: 'Start one' }).click();
  await window.getByLabel('Name of the conversation').fill('Notes');
  await window.keyboard.press('Enter');
  await window.getByLabel('Write a message').fill('from the window');
  await window.keyboard.press('Enter');
  await window.getByRole('article').getByText('from the window').waitFor();

  // The page has what the preload script gives it, and nothing of Node.
  const reach = await window.evaluate(() => ({
    own: Object.keys((globalThis as { reunion?: object }).reunion ?? {}),
    node: 'process' in globalThis || 'require' in globalThis,
  }));
  expect(reach).toEqual({ own: ['connect'], node: false });
});
