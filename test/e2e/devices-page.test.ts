import { expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { picture, startBrowser } from '../helpers/browser.ts';
import { pair, reunion, startDevice, startRelay, temporaryFolder } from '../helpers/processes.ts';

test('in the page a person renames, pauses and removes a device, which says that it was removed', async () => {
  const relay = await startRelay();
  const [a, b] = [temporaryFolder(), temporaryFolder()];
  const desk = await startDevice(a, ['--name', 'Desk', '--relay', relay.address]);
  const laptop = await startDevice(b, ['--name', 'Laptop']);
  await pair(a, b);
  const browser = await startBrowser();
  const viewport = { width: 900, height: 600 };
  const page = await browser.newPage({ viewport, colorScheme: 'light' });
  const other = await browser.newPage({ viewport, colorScheme: 'dark' });
  await page.goto(await desk.link());
  await other.goto(await laptop.link());
  const card = page.locator(`[data-device="${laptop.id}"]`);
  await card.getByText('Up to date').waitFor();

  await page.getByRole('button', { name: 'Details of Laptop' }).click();
  const dialog = page.getByRole('dialog');
  await picture(page, 'device-dialog');
  await dialog.getByLabel('Name').fill('   ');
  expect(await dialog.getByRole('button', { name: 'Rename' }).isDisabled()).toBe(true);
  await dialog.getByLabel('Name').fill('Old laptop');
  await page.keyboard.press('Enter');
  await card.getByText('Old laptop').waitFor();
  await other.getByRole('heading', { name: 'Old laptop' }).waitFor();

  await page.getByRole('button', { name: 'Details of Old laptop' }).click();
  await dialog.getByRole('button', { name: 'Pause' }).click();
  await card.getByText('Paused').waitFor();
  await dialog.getByRole('button', { name: 'Resume' }).click();
  await card.getByText('Up to date').waitFor();

  // A second thought, and the keyboard's way out.
  await dialog.getByRole('button', { name: 'Remove…' }).click();
  await picture(page, 'device-remove');
  await dialog.getByRole('button', { name: 'Keep' }).click();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  expect(await card.getByText('Up to date').count()).toBe(1);

  await page.getByRole('button', { name: 'Details of Old laptop' }).click();
  await dialog.getByRole('button', { name: 'Remove…' }).click();
  await dialog.getByRole('button', { name: 'Remove for good' }).click();
  await dialog.waitFor({ state: 'detached' });
  await card.getByText('Removed').waitFor();
  await other.getByRole('alert').getByText('“Desk” has removed this device').waitFor();
  expect(await other.getByRole('button', { name: 'Add a device' }).count()).toBe(0);
  expect(await other.locator(`[data-device="${desk.id}"]`).count()).toBe(0);
  await picture(page, 'device-removed');
  await picture(other, 'own-device-removed');

  await other.getByRole('button', { name: 'Erase…' }).click();
  await picture(other, 'own-device-erase');
  await other.getByRole('button', { name: 'Erase everything here' }).click();
  await other.getByRole('heading', { name: 'Erased' }).waitFor();
  expect(await laptop.process.finished).toMatchObject({ code: 0 });
}, 90_000);

test('the page makes a recovery phrase, shows it once, and asks before it makes another', async () => {
  const folder = temporaryFolder();
  const device = await startDevice(folder, ['--name', 'Desk']);
  await reunion(['send', '--data', folder, '--conversation', 'Notes', 'hello']);
  const browser = await startBrowser();
  const page = await browser.newPage({ viewport: { width: 900, height: 600 } });
  await repeatWord(page);
  await page.goto(await device.link());
  await page.getByText('No recovery phrase yet').waitFor();
  await picture(page, 'recovery-none');
  await page.getByRole('button', { name: 'Make a phrase…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Not now' }).click();
  await dialog.waitFor({ state: 'detached' });

  await page.getByRole('button', { name: 'Make a phrase…' }).click();
  await page.keyboard.press('Enter');
  const words = dialog.getByRole('list', { name: 'Recovery phrase' }).getByRole('listitem');
  await words.first().waitFor();
  expect(await words.count()).toBe(24);
  await picture(page, 'recovery-words');
  await page.emulateMedia({ colorScheme: 'dark' });
  await picture(page, 'recovery-words-dark');
  await dialog.getByRole('button', { name: 'I have written them down' }).click();
  await page.getByText('No recovery phrase yet').waitFor({ state: 'detached' });

  await page.getByRole('button', { name: 'Settings' }).click();
  await page.getByRole('tab', { name: 'Keys' }).click();
  await page.getByText('You have a recovery phrase.').waitFor();
  await page.getByRole('button', { name: 'Replace it…' }).click();
  await dialog.getByText('There is one already').waitFor();
  await picture(page, 'recovery-replace');
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
}, 90_000);

/** Makes the second word of a phrase equal to the first: every eighth phrase has some word twice. */
async function repeatWord(page: Page): Promise<void> {
  await page.routeWebSocket(/./u, (socket) => {
    const device = socket.connectToServer();
    device.onMessage((data) => {
      // The first texts are those of the proof: see main/api/mutual-proof.ts.
      if (!String(data).startsWith('{')) {
        socket.send(data);
        return;
      }
      const frame = JSON.parse(String(data)) as { result?: { words?: string[] } };
      const words = frame.result?.words;
      if (words) words[1] = words[0] ?? '';
      socket.send(JSON.stringify(frame));
    });
  });
}
