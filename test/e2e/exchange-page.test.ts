import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { expect, test } from 'vitest';
import { startBrowser } from '../helpers/browser.ts';
import { openPage } from '../helpers/page.ts';
import { reunion, startDevice, temporaryFolder } from '../helpers/processes.ts';
import { apiOf } from '../helpers/watch.ts';

test('everything goes out and comes in by the page, and by the command line', async () => {
  const folder = temporaryFolder();
  const files = temporaryFolder();
  const device = await startDevice(folder, ['--name', 'Desk']);
  const api = await apiOf(folder);
  await api.call('createFirstDevice', { name: 'Desk' });
  await api.call('send', { conversation: 'Notes', text: 'written here' });
  await api.call('createRecoveryPhrase', {});
  const page = await openPage(await startBrowser(), await device.link());
  await page.getByRole('article').getByText('written here').waitFor();
  await page.getByRole('button', { name: 'Settings' }).click();
  await page.getByRole('tab', { name: 'Backup, export, import' }).click();

  const saved = async (name: string): Promise<string> => {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name }).click(),
    ]);
    const path = join(files, download.suggestedFilename());
    await download.saveAs(path);
    return path;
  };
  const json = await saved('Export as JSON');
  expect(json).toMatch(/reunion-\d{4}-\d{2}-\d{2}\.json$/u);
  expect(readFileSync(json, 'utf8')).toContain('written here');
  const markdown = unzipSync(readFileSync(await saved('Export as Markdown')));
  expect(Buffer.from(markdown['Notes.md'] ?? []).toString()).toContain('written here');

  // The backup is that of `reunion store backup`: what it holds opens on another computer.
  const backup = unzipSync(readFileSync(await saved('Make a backup')));
  expect(Object.keys(backup)).toEqual(['backup.db', 'backup.db.recovery']);
  const copy = join(files, 'backup.db');
  writeFileSync(copy, backup['backup.db'] ?? new Uint8Array());
  expect(readFileSync(copy).includes('written here')).toBe(false);

  // A chat of WhatsApp, and a folder of Markdown.
  const chat = join(files, 'WhatsApp Chat with Ana.txt');
  const lines = Array.from({ length: 3_000 }, (_, number) => {
    const minute = String(number % 60).padStart(2, '0');
    return `31/12/2023, ${String(Math.floor(number / 60) % 24).padStart(2, '0')}:${minute} - Ana: line ${number}`;
  });
  writeFileSync(chat, lines.join('\n'));
  await page.getByLabel('Choose a file').setInputFiles(chat);
  await page.getByText('3,000 messages imported.').waitFor();
  await page.getByLabel('Choose a file').setInputFiles(chat);
  await page.getByText('Nothing was new. 3,000 were here already.').waitFor();
  const notes = join(files, 'Garden');
  mkdirSync(notes);
  writeFileSync(join(notes, 'Roses.md'), 'Cut them in *March*.');
  await page.getByLabel('Choose a folder').setInputFiles(notes);
  await page.getByText('1 message imported.').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: /^Roses/u }).click();
  await page.getByRole('article').locator('em').getByText('March').waitFor();

  const wrong = await reunion(['import', '--data', folder, copy]);
  expect(wrong).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('none of the files') as string,
  });
  const out = join(files, 'all.json');
  expect(await reunion(['export', '--data', folder, out])).toMatchObject({ code: 0 });
  expect(statSync(out).size).toBeGreaterThan(100_000);
  expect((await reunion(['export', '--data', folder, out])).stderr).toContain('is there already');
  const other = temporaryFolder();
  await startDevice(other, ['--name', 'Laptop']);
  const there = await apiOf(other);
  await there.call('createFirstDevice', { name: 'Laptop' });
  expect((await reunion(['import', '--data', other, out])).stdout).toBe(
    'imported 3002, here already 0',
  );
  expect((await reunion(['import', '--data', other, out])).stdout).toBe(
    'imported 0, here already 3002',
  );
}, 120_000);

test('a backup is put back by the page, which goes on with what that holds', async () => {
  const folder = temporaryFolder();
  const device = await startDevice(folder, ['--name', 'Desk']);
  const api = await apiOf(folder);
  await api.call('createFirstDevice', { name: 'Desk' });
  await api.call('send', { conversation: 'Notes', text: 'in the backup' });
  const page = await openPage(await startBrowser(), await device.link(), {
    expected: /400 \(Bad Request\)/u,
  });
  const settings = async () => {
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByRole('tab', { name: 'Backup, export, import' }).click();
  };
  await settings();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Make a backup' }).click(),
  ]);
  const backup = join(temporaryFolder(), download.suggestedFilename());
  await download.saveAs(backup);
  await api.call('send', { conversation: 'Notes', text: 'after the backup' });
  await api.call('send', { conversation: 'Later', text: 'shown when it goes' });
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: /^Later/u }).click();
  await page.getByRole('article').getByText('shown when it goes').waitFor();

  await settings();
  const chooser = page.getByLabel('Restore a backup…').and(page.locator('input'));
  const text = join(temporaryFolder(), 'notes.zip');
  writeFileSync(text, 'no backup');
  await chooser.setInputFiles(text);
  await page.getByRole('button', { name: 'Restore', exact: true }).click();
  await page.getByRole('alert').getByText('This file is no backup of Reunion').waitFor();

  await chooser.setInputFiles(backup);
  const question = page.getByRole('dialog', { name: 'Restore this backup?' });
  await question.getByRole('button', { name: 'Cancel' }).click();
  await question.waitFor({ state: 'detached' });
  await chooser.setInputFiles(backup);
  await question.getByRole('button', { name: 'Restore', exact: true }).click();
  await page.getByRole('status').getByText('Reunion is starting again').waitFor();

  // The same page, whose link was used up long ago, shows the device that is running now.
  await page.getByRole('article').getByText('in the backup').waitFor();
  await expect.poll(() => page.getByRole('article').count()).toBe(1);
  expect(await page.getByRole('button', { name: /^Later/u }).count()).toBe(0);
  expect(
    (await reunion(['messages', '--data', folder, '--conversation', 'Notes'])).stdout,
  ).toContain('in the backup');
  expect(device.process.lines).toHaveLength(3);
});
