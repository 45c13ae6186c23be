import { join } from 'node:path';
import { expect, test } from 'vitest';
import { picture, startBrowser } from '../helpers/browser.ts';
import { pair, reunion, startDevice, startRelay, temporaryFolder } from '../helpers/processes.ts';
import { apiOf, eventually } from '../helpers/watch.ts';

test('after a backup was put back the page asks which devices stay, until that is said', async () => {
  const relay = await startRelay();
  const [a, b, c] = [temporaryFolder(), temporaryFolder(), temporaryFolder()];
  const options = ['--relay', relay.address];
  const desk = await startDevice(a, ['--name', 'Desk', ...options]);
  await startDevice(b, ['--name', 'Laptop', '--web', 'off']);
  const phone = await startDevice(c, [
    '--name',
    'Old phone with a rather long name',
    '--web',
    'off',
  ]);
  await pair(a, b);
  await pair(a, c);
  await desk.process.kill('SIGTERM');
  const backup = join(temporaryFolder(), 'backup.db');
  expect(await reunion(['store', 'backup', '--data', a, backup])).toMatchObject({ code: 0 });
  const restored = await reunion(['store', 'restore', '--data', a, backup]);
  expect(restored).toMatchObject({ code: 0, stderr: '' });
  expect(restored.stdout).toMatch(
    /Say which of them stay: reunion devices confirm\n {2}Laptop \(Linux, since .*\n {2}Old phone/u,
  );

  const again = await startDevice(a, options);
  const browser = await startBrowser();
  const viewport = { width: 900, height: 600 };
  for (const colorScheme of ['light', 'dark'] as const) {
    const page = await browser.newPage({ viewport, colorScheme });
    await page.goto(await again.link());
    const dialog = page.getByRole('dialog', { name: 'Which devices do you still have?' });
    await dialog.getByRole('button', { name: 'Remove 2 devices' }).waitFor();
    await picture(page, `confirm-devices-${colorScheme}`);
    // The first device has the focus; a space keeps it.
    await page.keyboard.press('Space');
    await dialog.getByRole('button', { name: 'Remove 1 device', exact: true }).waitFor();
    await picture(page, `confirm-devices-one-${colorScheme}`);
    if (colorScheme === 'light') {
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'detached' });
      await page.close();
      continue;
    }
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
    await page.locator(`[data-device="${phone.id}"]`).getByText('Removed').waitFor();
    await page.reload();
    await page.getByRole('button', { name: 'Details of Laptop' }).waitFor();
    expect(await page.getByRole('dialog').count()).toBe(0);
  }
  const other = await apiOf(b);
  await eventually(
    other,
    async () =>
      (await other.call('devices', {})).some(({ id, removed }) => id === phone.id && removed),
    'Laptop knows that the phone was removed',
  );
  expect(await reunion(['devices', 'confirm', '--data', a, '--keep-all'])).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/There is nothing to confirm/u) as string,
  });
}, 120_000);
