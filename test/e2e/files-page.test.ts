import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PNG } from 'pngjs';
import { startBrowser } from '../helpers/browser.ts';
import { openPage } from '../helpers/page.ts';
import { pair, startDevice, startRelay, temporaryFolder } from '../helpers/processes.ts';
import { apiOf } from '../helpers/watch.ts';

test('files are chosen, dropped and pasted, sent with a text, shown, fetched and saved', async () => {
  const [a, b, files] = [temporaryFolder(), temporaryFolder(), temporaryFolder()];
  const relay = await startRelay();
  const desk = await startDevice(a, ['--name', 'Desk', '--relay', relay.address]);
  const laptop = await startDevice(b, ['--name', 'Laptop']);
  const here = await apiOf(a);
  await here.call('createFirstDevice', { name: 'Desk' });
  await here.call('send', { conversation: 'Photos', text: 'hello' });
  await pair(a, b);
  const there = await apiOf(b);
  await there.call('setAttachmentPolicy', { policy: 'on-demand' });
  const browser = await startBrowser();
  const page = await openPage(browser, await desk.link());
  const other = await openPage(browser, await laptop.link());
  for (const each of [page, other]) await each.getByRole('article').getByText('hello').waitFor();

  const picture = new PNG({ width: 64, height: 48 });
  picture.data.fill(120);
  writeFileSync(join(files, 'walk.png'), PNG.sync.write(picture));
  // A picture by its name and type alone, and one that would run a script were it shown.
  writeFileSync(join(files, 'broken.png'), 'no picture at all');
  writeFileSync(
    join(files, 'drawing.svg'),
    '<svg xmlns="http://www.w3.org/2000/svg"><script>document.title="owned"</script></svg>',
  );
  const content = Buffer.alloc(400_000, 'reunion ');
  writeFileSync(join(files, 'notes.bin'), content);
  await page
    .locator('input[type=file]')
    .setInputFiles(['walk.png', 'broken.png', 'drawing.svg'].map((name) => join(files, name)));
  // Dropped on the window, as a person does from a folder.
  const dropped = await page.evaluateHandle((text) => {
    const data = new DataTransfer();
    data.items.add(new File([text], 'notes.bin', { type: 'application/octet-stream' }));
    data.items.add(new File(['given up'], 'not-this.txt', { type: 'text/plain' }));
    return data;
  }, content.toString());
  await page.dispatchEvent('main', 'drop', { dataTransfer: dropped });
  await page.getByRole('button', { name: 'Remove not-this.txt' }).click();
  expect(
    await page.getByRole('list', { name: 'Files to be sent' }).getByRole('listitem').count(),
  ).toBe(4);
  await page.getByLabel('Write a message').fill('From the walk');
  await page.getByRole('button', { name: 'Send' }).click();

  const sent = page.getByRole('article').filter({ hasText: 'From the walk' });
  await sent.getByRole('img', { name: 'walk.png' }).waitFor();
  await sent.getByRole('link', { name: 'broken.png' }).waitFor();
  await sent.getByRole('link', { name: 'drawing.svg' }).waitFor();
  await sent.getByRole('link', { name: 'notes.bin' }).waitFor();
  expect(await sent.getByText('not-this.txt').count()).toBe(0);
  await sent.getByRole('button', { name: 'Open the picture walk.png' }).click();
  await page.getByRole('dialog', { name: 'walk.png' }).waitFor();
  await page.keyboard.press('Escape');

  // On the other device the text is there, and the files once they are asked for.
  const came = other.getByRole('article').filter({ hasText: 'From the walk' });
  await came.getByText('not on this device').first().waitFor();
  await came.getByRole('button', { name: 'Get notes.bin' }).click();
  const link = came.getByRole('link', { name: 'notes.bin' });
  await link.waitFor();
  const [download] = await Promise.all([other.waitForEvent('download'), link.click()]);
  expect(readFileSync(await download.path()).equals(content)).toBe(true);
  await came.getByRole('button', { name: 'Get walk.png' }).click();
  await came.getByRole('img', { name: 'walk.png' }).waitFor();

  // All files of the conversation, each leading to its message; and the search that asks for a file.
  await other.getByRole('button', { name: 'More about this conversation' }).click();
  await other.getByRole('menuitem', { name: 'Files' }).click();
  await other.getByRole('region', { name: 'Files' }).getByText('notes.bin').waitFor();
  await other.keyboard.press('Escape');
  await other.getByRole('textbox', { name: 'Search' }).fill('walk');
  await other.getByRole('button', { name: 'Filters' }).click();
  await other.getByLabel('Has a file').check();
  await expect.poll(() => other.locator('[data-hit]').count()).toBe(1);
  expect(await page.title()).toBe('Reunion');
}, 120_000);
