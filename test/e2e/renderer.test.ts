import type { Browser, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { picture, startBrowser } from '../helpers/browser.ts';
import { startDevice, startRelay, temporaryFolder } from '../helpers/processes.ts';

/** Opens the page of a device, and collects what the browser complains of. */
async function openPage(
  browser: Browser,
  link: string,
  colorScheme: 'light' | 'dark',
): Promise<{ readonly page: Page; readonly complaints: string[] }> {
  const viewport = { width: 900, height: 600 };
  const context = await browser.newContext({ viewport, colorScheme });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  await page.goto(link);
  return { page, complaints };
}

async function write(page: Page, text: string): Promise<void> {
  await page.getByLabel('Write a message').fill(text);
  await page.keyboard.press('Enter');
  await page.getByRole('article').getByText(text).waitFor();
}

test('a person starts, pairs a second device and writes on both, all in the page', async () => {
  const relay = await startRelay();
  const a = await startDevice(temporaryFolder(), ['--name', 'Desk', '--relay', relay.address]);
  const b = await startDevice(temporaryFolder(), ['--name', 'Laptop']);
  const browser = await startBrowser();
  const one = await openPage(browser, await a.link(), 'light');
  const other = await openPage(browser, await b.link(), 'dark');

  await one.page.getByRole('button', { name: 'This is my first device' }).click();
  await one.page.getByRole('button', { name: 'Start one' }).click();
  await one.page.getByLabel('Name of the conversation').fill('Journal');
  await one.page.keyboard.press('Enter');
  await write(one.page, 'written on the desk');

  await one.page.getByRole('button', { name: 'Add a device' }).click();
  const link = await one.page.getByLabel('Link for the other device').inputValue();
  await other.page.getByRole('button', { name: 'I already have one' }).click();
  await other.page.getByRole('tab', { name: 'Paste a link' }).click();
  await other.page.getByPlaceholder(/reunion:/u).fill(link.slice(0, -9));
  await other.page.getByRole('button', { name: 'Join' }).click();
  await other.page.getByRole('alert').getByText('This is not a Reunion link').waitFor();
  await one.page.getByText(/^\d{4}-[a-z]+-[a-z]+$/u).waitFor();
  await picture(one.page, 'invite');
  await other.page.getByPlaceholder(/reunion:/u).fill(link);
  await other.page.getByRole('button', { name: 'Join' }).click();
  await other.page.getByText('Approve this device on “Desk”.').waitFor();
  await one.page.getByText('Laptop wants to join.').waitFor();
  const digits = await other.page.getByText(/^\d\d$/u).innerText();
  expect(await one.page.getByRole('button', { name: 'Approve' }).isDisabled()).toBe(true);
  await one.page.getByLabel('The two digits that it shows').fill(digits);
  await picture(one.page, 'approve');
  await picture(other.page, 'digits');
  await one.page.getByRole('button', { name: 'Approve' }).click();
  await one.page.getByText('“Laptop” is one of your devices now.').waitFor();
  await one.page.getByRole('button', { name: 'Done' }).click();

  await other.page.getByRole('article').getByText('written on the desk').waitFor();
  await write(other.page, 'written on the laptop');
  await one.page.getByRole('article').getByText('written on the laptop').waitFor();

  // The device panel tells state, path, counts and last contact.
  const card = one.page.locator(`[data-device="${b.id}"]`);
  await card.getByText('Up to date').waitFor();
  await card.getByText('Relay', { exact: true }).waitFor();
  await card.getByText('Nothing waiting on either side').waitFor();
  await card.getByText('now', { exact: true }).waitFor();

  await b.process.kill('SIGKILL');
  await card.getByText('Offline').waitFor();
  expect(await card.getByText('just now').count()).toBe(2);
  await write(one.page, 'while the laptop is off');
  // A draft that a slow machine keeps between typing and Enter counts as well.
  await card.getByText(/[1-9]\d* to send/u).waitFor();
  await other.page.getByRole('alert').getByText('Reunion is not running').waitFor();

  // Neither page scrolls sideways, and the content security policy had nothing to stop.
  const sideways = (page: Page) =>
    page.evaluate(
      () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
    );
  expect(await sideways(one.page)).toBe(false);
  expect(one.complaints).toEqual([]);
}, 90_000);
