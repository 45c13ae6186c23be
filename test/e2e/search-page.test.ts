import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startBrowser } from '../helpers/browser.ts';
import { openPage } from '../helpers/page.ts';
import { reunion, startDevice, temporaryFolder } from '../helpers/processes.ts';
import { apiOf, eventually } from '../helpers/watch.ts';

const MESSAGES = 6_000;
/** So many that nobody searches them before they are indexed. */
const BEHIND = 2_000;
/** Messages that are sent at the same time, all the time: the index gives way to them. */
const SENDERS = 4;
const PLACES = ['Lisboa', '北京', 'Zürich', 'Нижний Новгород', 'القاهرة'];

/** A chat as WhatsApp exports it. */
function chat(): string {
  const line = (number: number): string => {
    const minute = String(number % 60).padStart(2, '0');
    const hour = String(Math.floor(number / 60) % 24).padStart(2, '0');
    const last = number === MESSAGES - 1 ? ' and the needle' : '';
    const text = `postcard ${number} from ${PLACES[number % PLACES.length]}, ${'sunny and mild. '.repeat(number % 30)}${last}`;
    return `31/12/2023, ${hour}:${minute} - Ana: ${text}`;
  };
  return Array.from({ length: MESSAGES }, (_, number) => line(number)).join('\n');
}

test('while many messages arrive a search says how many are left to index, and fills up by itself', async () => {
  const folder = temporaryFolder();
  const device = await startDevice(folder, ['--name', 'Desk']);
  const api = await apiOf(folder);
  await api.call('createFirstDevice', { name: 'Desk' });
  await api.call('send', { conversation: 'Notes', text: 'written here' });
  const page = await openPage(await startBrowser(), await device.link());
  await page.getByRole('article').getByText('written here').waitFor();

  // Others go on writing, so that the index is not at its end before the page has looked.
  const written = new AbortController();
  const send = async (): Promise<void> => {
    for (let number = 0; !written.signal.aborted; number += 1) {
      await api.call('send', { conversation: 'Log', text: `reading ${number}` });
    }
  };
  const sending = Promise.allSettled(Array.from({ length: SENDERS }, send));
  const path = join(temporaryFolder(), 'WhatsApp Chat with Ana.txt');
  writeFileSync(path, chat());
  const imported = reunion(['import', '--data', folder, path]);
  const storage = async () => (await api.call('status', {})).storage;
  await eventually(api, async () => (await storage()).unindexed > BEHIND, 'the index is behind');

  await page.keyboard.press('Control+k');
  await page.keyboard.type('needle');
  const left = page.getByText(/^Indexing: [\d,]+ messages left$/u);
  await left.waitFor();
  await page.getByText('Nothing found for “needle” so far.').waitFor();
  const fromCommand = await reunion(['search', '--data', folder, 'needle']);
  expect(fromCommand.stdout).toBe('');
  expect(fromCommand.stderr).toMatch(/^Indexing: \d+ messages are not searched yet\.\n$/u);

  // Nobody types anything more.
  written.abort();
  await sending;
  await page.locator('[data-hit]').waitFor();
  await left.waitFor({ state: 'detached' });
  expect(await page.locator('[data-hit] mark').innerText()).toBe('needle');
  expect(await imported).toMatchObject({ code: 0 });
  await eventually(api, async () => (await storage()).unindexed === 0, 'the status says so');
}, 120_000);
