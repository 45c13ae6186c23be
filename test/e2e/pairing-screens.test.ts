import { expect, test } from 'vitest';
import { startBrowser } from '../helpers/browser.ts';
import { openPage, screen } from '../helpers/page.ts';
import {
  reunion,
  RunningProcess,
  startDevice,
  startRelay,
  temporaryFolder,
} from '../helpers/processes.ts';
import { apiOf } from '../helpers/watch.ts';

const TIMEOUT_MS = 150_000;

/** The same nameplate, other words. */
function wrongCode(code: string): string {
  return `${code.slice(0, 4)}-${code.endsWith('-zoo') ? 'zone-zone' : 'zoo-zoo'}`;
}

test(
  'a person is told of a wrong guess, shows another code, sees that a newcomer looks like this device, and compares the two',
  async () => {
    const relay = await startRelay();
    const [a, b, c] = [temporaryFolder(), temporaryFolder(), temporaryFolder()];
    const desk = await startDevice(a, ['--name', 'Desk', '--relay', relay.address]);
    const stranger = await startDevice(c, ['--name', 'Pixel 8', '--relay', relay.address]);
    // The second letter is a Cyrillic one.
    const other = await startDevice(b, ['--name', 'D\u0435sk', '--relay', relay.address]);
    await (await apiOf(a)).call('createFirstDevice', { name: 'Desk' });
    const page = await openPage(await startBrowser(), await desk.link());
    const panel = page.getByRole('complementary', { name: 'Devices' });
    const dialog = page.getByRole('dialog');
    await page.getByRole('button', { name: 'Add a device' }).click();
    const code = dialog.getByText(/^\d{4}-[a-z]+-[a-z]+$/u);
    const spent = await code.innerText();
    const varying = [
      ...[code, page.getByLabel('Link for the other device'), dialog.locator('li')],
      page.getByRole('img', { name: 'QR code for the other device' }),
      dialog.locator('.small.muted'),
    ];

    const guess = await reunion(['join', '--data', c, '-'], wrongCode(spent));
    expect(guess.code).toBe(1);
    expect(guess.stderr).toMatch(/The code is spent; ask for a new one there/u);
    expect(guess.stderr).toContain(`device …${stranger.id.slice(-8)} by relay, once`);
    const alert = dialog.getByRole('alert');
    await alert
      .getByText(`Pixel 8, device …${stranger.id.slice(-8)}, through a relay, once`)
      .waitFor();
    await screen(page, 'invite-spent', varying);
    const again = await reunion(['join', '--data', b, '-'], spent);
    expect(again.stderr).toContain('This code is spent: somebody entered a wrong one.');

    await page.getByRole('button', { name: 'Show a new code' }).focus();
    await page.keyboard.press('Enter');
    await code.waitFor();
    expect(await code.innerText()).not.toBe(spent);
    await screen(page, 'invite-after-guess', varying);

    const joining = new RunningProcess(['join', '--data', b, '-']);
    joining.child.stdin?.end(await code.innerText());
    await page.getByText('D\u0435sk wants to join.').waitFor();
    await alert.getByText('You already have a device with this or a similar name').waitFor();
    await screen(page, 'approve-similar', [page.getByText(/· Relay$/u), alert.locator('span')]);
    await page.getByRole('button', { name: 'Approve' }).click();
    expect(await joining.finished).toMatchObject({ code: 0, stdout: 'joined Desk' });
    await page.getByRole('button', { name: 'Done' }).click();
    const card = page.locator(`[data-device="${other.id}"]`);
    await card.getByText('Same or similar name as “Desk”').waitFor();
    await card.getByText('Up to date').waitFor();
    const drawn = [panel.locator('figure'), panel.locator('dd'), card.locator('.stale span')];
    await screen(page, 'devices-similar', drawn);
    const listed = await reunion(['devices', '--data', a]);
    expect(listed.stdout).toContain('! the same or a similar name as “D\u0435sk”');

    await page.getByRole('button', { name: 'Details of D\u0435sk' }).click();
    await page.getByRole('button', { name: 'Compare devices' }).click();
    const words = dialog.getByRole('region', { name: 'Compare devices' }).getByRole('listitem');
    await words.last().waitFor();
    const shown = (await words.allInnerTexts()).map((text) => text.trim());
    await screen(page, 'compare-devices', [words, dialog.locator('details ul'), ...drawn]);
    const printed = await reunion(['devices', 'compare', '--data', b, desk.id]);
    expect(printed.stdout.split(/\s+/u)).toEqual(shown);
    expect(printed.stderr).toContain('If they differ');
    const json = await reunion(['devices', 'compare', '--data', b, desk.id, '--json']);
    expect(JSON.parse(json.stdout)).toEqual({
      device: { id: desk.id, name: 'Desk' },
      words: shown,
    });
  },
  TIMEOUT_MS,
);
