import { test } from 'vitest';
import { startBrowser } from '../helpers/browser.ts';
import { openPage, screen } from '../helpers/page.ts';
import { pair, reunion, startDevice, startRelay, temporaryFolder } from '../helpers/processes.ts';
import { apiOf } from '../helpers/watch.ts';

test('the screens of a device that is new', async () => {
  const device = await startDevice(temporaryFolder(), ['--name', 'Laptop']);
  const page = await openPage(await startBrowser(), await device.link());
  await page.getByRole('button', { name: 'I already have one' }).waitFor();
  await screen(page, 'first-run');

  await page.getByRole('button', { name: 'I already have one' }).click();
  await page.getByRole('combobox', { name: /Code from/u }).fill('4711-oc');
  await page.getByRole('option', { name: 'ocean' }).waitFor();
  await screen(page, 'join-by-code');
  await page.getByRole('combobox', { name: /Code from/u }).fill('4711-xq');
  await page.getByText('No word of a code begins with “xq”.').waitFor();

  await page.getByRole('tab', { name: 'Scan' }).click();
  await page.getByText('The camera cannot be used.').waitFor();
  await screen(page, 'join-by-picture');

  await page.getByRole('tab', { name: 'Paste a link' }).click();
  await page.getByPlaceholder(/reunion:/u).fill('reunion:nothing');
  await page.getByRole('button', { name: 'Join' }).click();
  await page.getByRole('alert').waitFor();
  await screen(page, 'join-by-link');

  await page.getByRole('tab', { name: 'Type a code' }).click();
  await page.getByRole('combobox', { name: /Code from/u }).fill('4711-ocean-lamp');
  await page.getByRole('button', { name: 'Join' }).click();
  await page
    .getByRole('alert')
    .getByText(/relay|network/u)
    .waitFor();
}, 90_000);

test('the screens of a tab that may not use the device', async () => {
  const device = await startDevice(temporaryFolder(), ['--name', 'Desk']);
  const link = await device.link();
  const page = await openPage(await startBrowser(), new URL(link).origin, {
    expected: /401|WebSocket/u,
  });
  await page.getByRole('heading', { name: 'Open this page by a link' }).waitFor();
  await screen(page, 'locked-no-session');
  await page.goto(`${new URL(link).origin}/#token=used`);
  await page.getByRole('heading', { name: 'This link no longer works' }).waitFor();
  await screen(page, 'locked-dead-link');
  await page.goto(await device.link());
  await page.getByRole('button', { name: 'I already have one' }).waitFor();
  await reunion(['web', '--data', device.folder, '--end', 'all']);
  await page.getByRole('heading', { name: 'This session has ended' }).waitFor();
  await screen(page, 'locked-ended');
});

test('the screens of conversations', async () => {
  const [a, b] = [temporaryFolder(), temporaryFolder()];
  const relay = await startRelay();
  const desk = await startDevice(a, ['--name', 'Desk', '--relay', relay.address]);
  await startDevice(b, ['--name', 'Laptop']);
  const [here, there] = [await apiOf(a), await apiOf(b)];
  await here.call('createFirstDevice', { name: 'Desk' });
  const page = await openPage(await startBrowser(), await desk.link());
  await page.getByRole('button', { name: 'Start one' }).waitFor();
  await screen(page, 'no-conversations');
  await page.getByRole('button', { name: 'Start one' }).click();
  await page.getByLabel('Name of the conversation').fill('Journal');
  await page.getByRole('radio', { name: 'Teal' }).check();
  await screen(page, 'new-conversation');
  await page.keyboard.press('Enter');
  await page.getByText('Nothing here yet.').waitFor();
  await screen(page, 'empty-conversation');

  await pair(a, b);
  await here.call('send', { conversation: 'Recipes', text: 'Bread: 500 g flour, 350 g water' });
  await here.call('send', {
    conversation: 'Journal',
    text: 'A quiet morning. **Coffee**, then the list:\n\n- bread\n- call Mara',
  });
  await page.getByRole('article').getByText('call Mara').waitFor();
  const said = await there.call('send', {
    conversation: 'Journal',
    text: '> Idea: a map of every place I wrote from.\n\nAsk Mara about https://example.org/maps',
  });
  await page.getByRole('article').getByText('a map of every place').waitFor();
  await here.call('react', { messageId: said.id, emoji: '✅', on: true });
  await here.call('pinMessage', { messageId: said.id, pinned: true });
  await here.call('pinConversation', { conversation: 'Journal', pinned: true });
  await page.getByText('Up to date').first().waitFor();
  await page.getByRole('button', { name: 'Pinned messages' }).waitFor();
  const emoji = page.getByRole('button', { name: /^✅/u });
  await screen(page, 'conversation', [emoji]);

  await page.getByText('call Mara').hover();
  await page.getByRole('button', { name: 'More', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).waitFor();
  await screen(page, 'message-menu', [emoji]);
  await page.getByRole('menuitem', { name: /^Edit/u }).click();
  await page.getByLabel('Edit the message').waitFor();
  await screen(page, 'message-edit', [emoji]);
  await page.getByLabel('Edit the message').fill('A quiet morning. Tea, then the list.');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'edited' }).click();
  await page.getByRole('dialog').getByText('shown now').waitFor();
  await screen(page, 'message-versions', [emoji, page.getByRole('dialog').locator('p.small')]);
  await page.keyboard.press('Escape');

  await page.getByText('Tea, then the list.').click({ button: 'right' });
  await page.getByRole('menuitem', { name: /^Select/u }).click();
  await page.getByText('1 selected').waitFor();
  await screen(page, 'message-selection', [emoji]);
  await page.getByRole('button', { name: 'Cancel' }).click();

  await page.getByRole('button', { name: 'Pinned messages' }).click();
  await screen(page, 'pinned', [
    emoji,
    page.getByRole('region', { name: 'Pinned messages' }).locator('.small.muted'),
  ]);
  await page.keyboard.press('Escape');

  await page.getByRole('textbox', { name: 'Search' }).fill('mara');
  await page.locator('[data-hit]').first().waitFor();
  await page.getByRole('button', { name: 'Filters' }).click();
  await screen(page, 'search', [emoji]);
  await page.getByRole('textbox', { name: 'Search' }).fill('zebra');
  await page.getByText('Nothing found for “zebra”.').waitFor();
  await screen(page, 'search-nothing', [emoji]);
  await page.getByRole('textbox', { name: 'Search' }).press('Escape');

  await page.keyboard.press('Control+/');
  await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
  await screen(page, 'shortcuts', [emoji]);
}, 150_000);

test('the screens of devices, pairing and settings', async () => {
  const [a, b] = [temporaryFolder(), temporaryFolder()];
  const relay = await startRelay();
  const desk = await startDevice(a, ['--name', 'Desk', '--relay', relay.address]);
  const laptop = await startDevice(b, ['--name', 'Laptop']);
  const [here] = [await apiOf(a)];
  await here.call('createFirstDevice', { name: 'Desk' });
  await here.call('send', { conversation: 'Notes', text: 'hello' });
  const browser = await startBrowser();
  const page = await openPage(browser, await desk.link());
  const other = await openPage(browser, await laptop.link());
  await page.getByRole('article').getByText('hello').waitFor();
  const device = page.getByRole('complementary', { name: 'Devices' });
  const varying = [device.locator('figure'), device.locator('dd')];

  await page.getByRole('button', { name: 'Add a device' }).click();
  const code = page.getByText(/^\d{4}-[a-z]+-[a-z]+$/u);
  await code.waitFor();
  const link = page.getByLabel('Link for the other device');
  const picture = page.getByRole('img', { name: 'QR code for the other device' });
  const counting = page.getByRole('dialog').locator('.small.muted');
  await screen(page, 'invite', [code, link, picture, counting, ...varying]);

  await other.getByRole('button', { name: 'I already have one' }).click();
  await other.getByRole('tab', { name: 'Paste a link' }).click();
  await other.getByPlaceholder(/reunion:/u).fill(await link.inputValue());
  await other.getByRole('button', { name: 'Join' }).click();
  await page.getByText('Laptop wants to join.').waitFor();
  const digits = other.getByText(/^\d\d$/u);
  await digits.waitFor();
  await screen(other, 'joining', [digits]);
  await screen(page, 'approve', [page.getByText(/· Relay$/u), ...varying]);
  await page.getByLabel('The two digits that it shows').fill(await digits.innerText());
  await page.getByRole('button', { name: 'Approve' }).click();
  await page.getByText('“Laptop” is one of your devices now.').waitFor();
  await page.getByRole('dialog').getByText('Nothing waiting on either side').waitFor();
  await screen(page, 'paired', varying);
  await page.getByRole('button', { name: 'Done' }).click();
  await other.getByRole('article').getByText('hello').waitFor();

  const card = page.locator(`[data-device="${laptop.id}"]`);
  await card.getByText('Up to date').waitFor();
  await screen(page, 'devices', varying);
  await page.getByRole('button', { name: 'Details of Laptop' }).click();
  await page.getByText('What happened').click();
  await page.getByText('connected (Relay)').waitFor();
  const activity = page.getByRole('dialog').locator('ul');
  await screen(page, 'device', [activity, ...varying]);
  await page.getByRole('dialog').getByRole('button', { name: 'Pause' }).click();
  await card.getByText('Paused').waitFor();
  await page.keyboard.press('Escape');
  await reunion(['send', '--data', a, '--conversation', 'Notes', 'while it is paused']);
  await card.getByText('1 to send').waitFor();
  await screen(page, 'device-paused', varying);
  await page.getByRole('button', { name: 'Details of Laptop' }).click();
  await page.getByRole('dialog').getByText('1 message is not there yet').waitFor();
  await page.getByRole('button', { name: 'Remove…' }).click();
  await screen(page, 'device-remove', [activity, ...varying]);
  await page.getByRole('button', { name: 'Keep' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Resume' }).click();
  await card.getByText('Up to date').waitFor();
  await page.keyboard.press('Escape');

  await page.getByRole('button', { name: 'Settings' }).click();
  const dialog = page.getByRole('dialog', { name: 'Settings' });
  const pages = [
    'Appearance',
    'Background',
    'Notifications',
    'Keys',
    'Relays',
    'Storage and transfer',
    'Backup, export, import',
    'About',
  ];
  for (const name of pages) {
    await dialog.getByRole('tab', { name }).click();
    await dialog.getByRole('heading', { name, exact: true }).waitFor();
    if (name === 'About') await dialog.getByText(/^Node /u).waitFor();
    await screen(page, `settings-${name.split(/\W/u)[0]?.toLowerCase() ?? ''}`, [
      ...[dialog.locator('.address'), dialog.getByText(/^Node /u)],
      ...varying,
    ]);
  }
  await dialog.getByRole('tab', { name: 'Backup, export, import' }).click();
  await dialog.locator('input[accept=".zip,.db"]').setInputFiles({
    name: 'reunion-backup-2026-11-26.zip',
    mimeType: 'application/zip',
    buffer: Buffer.from('not looked at before it is sent'),
  });
  const question = page.getByRole('dialog', { name: 'Restore this backup?' });
  await question.waitFor();
  await screen(page, 'restore', varying);
  await page.keyboard.press('Escape');
  await question.waitFor({ state: 'detached' });

  await dialog.getByRole('tab', { name: 'Relays' }).click();
  await dialog.getByLabel('Address of another relay').fill('nowhere');
  await dialog.getByRole('button', { name: 'Add' }).click();
  await dialog.getByRole('alert').getByText('The address of a relay ends in /p2p/').waitFor();
  await dialog.getByRole('button', { name: 'Check the connection' }).click();
  await dialog.getByText('All is well.').waitFor();
  await dialog.getByRole('button', { name: /^Remove the relay/u }).click();
  await dialog.getByText('No relay. Devices find each other').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Undo' }).click();

  await card.getByText('Up to date').waitFor();
  await here.call('removeDevice', { device: 'Laptop' });
  await other.getByRole('alert').getByText('“Desk” has removed this device').waitFor();
  await screen(other, 'removed', [other.getByRole('alert')]);
}, 150_000);
