import { expect, test } from 'vitest';
import { startBrowser } from '../helpers/browser.ts';
import { openPage } from '../helpers/page.ts';
import { startDevice, temporaryFolder } from '../helpers/processes.ts';
import { apiOf } from '../helpers/watch.ts';

/** What somebody could send who wants the page to do something else than show it. */
const HOSTILE = [
  '<script>document.title = "owned"</script><img src=x onerror="document.title=\'owned\'">',
  '[click me](javascript:document.title=%22owned%22) <javascript:alert(1)> [data](data:text/html,<script>1</script>)',
  'W'.repeat(20_000),
  'zero\u200bwidth\u200d\u2060 and \u202Egnitirw sdrawkcab\u202C \u2066isolated\u2069 \ufeff',
  'a\u0300\u0301\u0302\u0303'.repeat(400),
  `one line ${'0123456789abcdef'.repeat(7_900)}`,
  '> '.repeat(2_000) + 'deep',
  '\u0000\u0007\u001b[31mred\u001b[0m',
  '{{constructor.constructor("document.title=1")()}} ${document.title}',
];

test('whatever a message says, the page shows it and does nothing else', async () => {
  const folder = temporaryFolder();
  const device = await startDevice(folder, ['--name', '<b>Desk</b>']);
  const api = await apiOf(folder);
  await api.call('createFirstDevice', { name: '<b>Desk</b>' });
  await api.call('createConversation', { name: '<i>Notes</i> \u202Ereversed' });
  const page = await openPage(await startBrowser(), await device.link());
  await page.getByText('Nothing here yet.').waitFor();
  for (const text of HOSTILE) {
    await api.call('send', { conversation: '<i>Notes</i> \u202Ereversed', text });
  }
  await api.call('send', { conversation: '<i>Notes</i> \u202Ereversed', text: 'the last' });
  await page.getByRole('article').getByText('the last').waitFor();

  // Every row comes into view once, by keyboard from the end.
  await page.getByRole('article').last().focus();
  const focused = () => page.evaluate(() => document.activeElement?.getAttribute('data-message'));
  while (
    (await focused()) !== (await page.getByRole('article').first().getAttribute('data-message'))
  ) {
    const before = await focused();
    await page.keyboard.press('ArrowUp');
    await expect.poll(focused).not.toBe(before);
  }
  await page.getByText('document.title = "owned"').first().waitFor();
  expect(await page.title()).toBe('Reunion');
  const found = await page.evaluate(() => ({
    scripts: document.querySelectorAll('#app script, #app iframe, #app img:not([src^="."])').length,
    links: [...document.querySelectorAll('a')].map(({ href }) => new URL(href).protocol),
    sideways: document.documentElement.scrollWidth > document.documentElement.clientWidth,
    rows: [...document.querySelectorAll('article')].some(
      (row) => row.scrollWidth > row.clientWidth + 1,
    ),
  }));
  expect(found).toEqual({ scripts: 0, links: [], sideways: false, rows: false });

  // It goes on working.
  await page.getByLabel('Write a message').fill('still here');
  await page.keyboard.press('Enter');
  await page.getByRole('article').getByText('still here').waitFor();
}, 90_000);
