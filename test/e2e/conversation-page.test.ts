import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { startBrowser } from '../helpers/browser.ts';
import { openPage } from '../helpers/page.ts';
import { pair, startDevice, startRelay, temporaryFolder } from '../helpers/processes.ts';
import { apiOf, eventually } from '../helpers/watch.ts';

/** Two devices that know each other, and the pages of both. */
async function twoPages(): Promise<{
  readonly page: Page;
  readonly other: Page;
  readonly a: string;
  readonly b: string;
}> {
  const [a, b] = [temporaryFolder(), temporaryFolder()];
  const relay = await startRelay();
  const desk = await startDevice(a, ['--name', 'Desk', '--relay', relay.address]);
  const laptop = await startDevice(b, ['--name', 'Laptop']);
  const here = await apiOf(a);
  await here.call('createFirstDevice', { name: 'Desk' });
  await here.call('send', { conversation: 'Journal', text: 'the first' });
  await pair(a, b);
  const browser = await startBrowser();
  const page = await openPage(browser, await desk.link());
  const other = await openPage(browser, await laptop.link());
  for (const each of [page, other])
    await each.getByRole('article').getByText('the first').waitFor();
  return { page, other, a, b };
}

const message = (page: Page, text: string) => page.getByRole('article').filter({ hasText: text });

test('what is done with a message on one device shows on the other', async () => {
  const { page, other, b } = await twoPages();
  await page.getByLabel('Write a message').fill('milk **and** honey');
  await page.keyboard.press('Enter');
  await message(page, 'milk and honey').waitFor();
  await message(other, 'milk and honey').locator('strong').getByText('and').waitFor();
  await message(page, 'milk and honey')
    .getByText('on 2 of 2 devices')
    .waitFor({ state: 'attached' });

  // Edited in place, by the arrow key; the other one sees it, and every version.
  await page.getByLabel('Write a message').press('ArrowUp');
  await page.getByLabel('Edit the message').fill('milk and bread');
  await page.keyboard.press('Enter');
  await message(other, 'milk and bread').getByRole('button', { name: 'edited' }).click();
  await other.getByRole('dialog').getByText('milk and honey').waitFor();
  await other.keyboard.press('Escape');

  await message(other, 'milk and bread').hover();
  await other.getByRole('button', { name: 'React' }).click();
  await other.getByRole('button', { name: '👍' }).click();
  await message(page, 'milk and bread').getByRole('button', { name: '👍, from Laptop' }).click();
  await message(other, 'milk and bread')
    .getByRole('button', { name: /^👍, from (?:Desk, Laptop|Laptop, Desk)$/u })
    .waitFor();

  // Deleted, thought better of, and deleted for good: only then does the other device hear of it.
  await message(page, 'milk and bread').focus();
  await page.keyboard.press('Delete');
  await message(page, 'milk and bread').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Undo' }).click();
  await message(page, 'milk and bread').waitFor();
  await message(page, 'milk and bread').focus();
  await page.keyboard.press('Delete');
  await page.getByRole('button', { name: 'Dismiss' }).click();
  await message(other, 'Deleted message').waitFor();
  await message(page, 'Deleted message').waitFor();

  // What was begun here goes on there.
  await page.getByLabel('Write a message').pressSequentially('a thought begun');
  const there = await apiOf(b);
  const draft = async () => (await there.call('conversations', {}))[0]?.draft;
  await eventually(there, async () => (await draft()) === 'a thought begun', 'the draft is there');
  await expect.poll(() => other.getByLabel('Write a message').inputValue()).toBe('a thought begun');
}, 120_000);

test('what is new is counted, marked, and read by being seen', async () => {
  const { page, b } = await twoPages();
  const there = await apiOf(b);
  await there.call('createConversation', { name: 'Links' });
  for (const text of ['one', 'two', 'three']) {
    await there.call('send', { conversation: 'Links', text });
  }
  const links = page.getByRole('button', { name: /^Links/u });
  await links.getByLabel('3 new messages').waitFor();
  expect(await page.title()).toBe('(3) Reunion');
  await links.click();
  await page.getByRole('article').getByText('three').waitFor();
  await page.getByText('New', { exact: true }).waitFor();
  await links.getByLabel('3 new messages').waitFor({ state: 'detached' });
  expect(await page.title()).toBe('Reunion');

  // Put away, and back; then named anew, with a colour.
  await links.click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Archive' }).click();
  await page.getByRole('button', { name: '1 archived' }).waitFor();
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByRole('button', { name: '1 archived' }).waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'More about this conversation' }).click();
  await page.getByRole('menuitem', { name: 'Name and look…' }).click();
  await page.getByLabel('Name of the conversation').fill('To read');
  await page.getByRole('radio', { name: 'Purple' }).check();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('heading', { name: 'To read' }).waitFor();
}, 90_000);

test('a search finds as it is typed, is narrowed, and leads to the place of what it found', async () => {
  const folder = temporaryFolder();
  const device = await startDevice(folder, ['--name', 'Desk']);
  const api = await apiOf(folder);
  await api.call('createFirstDevice', { name: 'Desk' });
  for (let number = 0; number < 260; number += 1) {
    const text = number === 20 ? 'the needle is here' : `straw number ${number}`;
    await api.call('send', { conversation: 'Hay', text });
  }
  await api.call('send', { conversation: 'Other', text: 'another needle' });
  const page = await openPage(await startBrowser(), await device.link());
  await page.getByRole('button', { name: /^Hay/u }).click();
  await page.getByRole('article').getByText('straw number 259').waitFor();
  expect(await message(page, 'the needle is here').count()).toBe(0);

  await page.keyboard.press('Control+k');
  await page.keyboard.type('need');
  await expect.poll(() => page.locator('[data-hit]').count()).toBe(2);
  await page.getByRole('button', { name: 'Filters' }).click();
  await page.getByLabel('In the conversation').selectOption('Hay');
  await expect.poll(() => page.locator('[data-hit]').count()).toBe(1);
  expect(await page.locator('[data-hit] mark').innerText()).toBe('need');
  await page.getByRole('textbox', { name: 'Search' }).press('Enter');
  await message(page, 'the needle is here').waitFor();
  await message(page, 'straw number 21').waitFor();
  expect(await message(page, 'straw number 259').count()).toBe(0);
  await page.getByRole('button', { name: 'To the newest' }).click();
  await message(page, 'straw number 259').waitFor();

  await page.getByRole('button', { name: 'More about this conversation' }).click();
  await page.getByRole('menuitem', { name: 'Jump to a day' }).click();
  await page.getByRole('button', { name: 'Go' }).click();
  await message(page, 'straw number 0').waitFor();

  // Several at once: from one to the other with the shift key.
  await page.getByRole('textbox', { name: 'Search' }).press('Escape');
  await message(page, 'straw number 1').first().click({ button: 'right' });
  await page.getByRole('menuitem', { name: /^Select/u }).click();
  await message(page, 'straw number 4')
    .first()
    .getByRole('checkbox')
    .click({ modifiers: ['Shift'] });
  await page.getByText('4 selected').waitFor();
  await page.getByRole('toolbar').getByRole('button', { name: 'Copy' }).click();
  await page.getByText('Copied').waitFor();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied.split('\n\n')).toEqual([1, 2, 3, 4].map((number) => `straw number ${number}`));
  await page.getByRole('toolbar').getByRole('button', { name: 'Cancel' }).click();
}, 120_000);

test('the main journey by keyboard alone', async () => {
  const folder = temporaryFolder();
  const device = await startDevice(folder, ['--name', 'Desk']);
  const page = await openPage(await startBrowser(), await device.link());
  await page.getByRole('button', { name: 'This is my first device' }).waitFor();
  /** Tabs on until what has the focus is named so. */
  const tabTo = async (name: RegExp) => {
    for (let steps = 0; steps < 40; steps += 1) {
      const focused = await page.evaluate(() => {
        const element = document.activeElement;
        if (element === document.body) return '';
        return element?.getAttribute('aria-label') ?? element?.textContent ?? '';
      });
      if (name.test(focused)) return;
      await page.keyboard.press('Tab');
    }
    expect.fail(`no way by keyboard to ${name.source}`);
  };
  await tabTo(/This is my first device/u);
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Start one' }).waitFor();
  await page.keyboard.press('Alt+n');
  await page.keyboard.type('Notes');
  await page.keyboard.press('Enter');
  await page.getByText('Nothing here yet.').waitFor();
  await tabTo(/Write a message/u);
  await page.keyboard.type('first');
  await page.keyboard.press('Enter');
  await message(page, 'first').waitFor();
  await page.keyboard.type('second');
  await page.keyboard.press('Enter');
  await message(page, 'second').waitFor();

  // Back to the list: one stop, and the arrows within.
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Shift+Tab');
  await expect
    .poll(() => page.evaluate(() => document.activeElement?.textContent))
    .toContain('second');
  await page.keyboard.press('ArrowUp');
  await expect
    .poll(() => page.evaluate(() => document.activeElement?.textContent))
    .toContain('first');
  await page.keyboard.press('p');
  await message(page, 'first').getByText('Pinned').waitFor({ state: 'attached' });
  await page.keyboard.press('e');
  await page.keyboard.type(', and edited');
  await page.keyboard.press('Enter');
  await message(page, 'first, and edited').waitFor();
  await expect
    .poll(() => page.evaluate(() => document.activeElement?.getAttribute('aria-label')))
    .toBe('Write a message');

  await page.keyboard.press('Control+k');
  await page.keyboard.type('edited');
  await page.locator('[data-hit]').waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Control+k');
  await page.keyboard.press('Escape');
  await page.getByText('Messages', { exact: true }).waitFor({ state: 'detached' });

  await page.keyboard.press('Control+,');
  await page.getByRole('dialog', { name: 'Settings' }).waitFor();
  await tabTo(/Appearance/u);
  await page.keyboard.press('ArrowDown');
  await page.getByRole('heading', { name: 'Background' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
}, 90_000);

test('the page speaks another language, and remembers that', async () => {
  const folder = temporaryFolder();
  const device = await startDevice(folder, ['--name', 'Schreibtisch']);
  const page = await openPage(await startBrowser(), await device.link(), { locale: 'de-DE' });
  await page.getByRole('button', { name: 'Das ist mein erstes Gerät' }).click();
  await page.getByText('Nur hier').waitFor();
  expect(await page.evaluate(() => document.documentElement.lang)).toBe('de');
  await page.getByRole('button', { name: 'Einstellungen' }).click();
  await page.getByLabel('Sprache').selectOption('English');
  await page.getByRole('heading', { name: 'Appearance' }).waitFor();
  await page.getByLabel('Colours').selectOption('dark');
  await page.reload();
  await page.getByText('Only here').waitFor();
  expect(await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme)).toBe(
    'dark',
  );
}, 60_000);
