import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { expect, onTestFinished, test } from 'vitest';
import type { PeerStatus, Status } from '../../main/api/types.ts';
import { startBrowser } from '../helpers/browser.ts';
import { openPage, screen, violations } from '../helpers/page.ts';
import { startDevice, temporaryFolder } from '../helpers/processes.ts';
import { apiOf } from '../helpers/watch.ts';

const DAY = 24 * 60 * 60_000;

/** A device that is up to date, and what of it is otherwise. */
function peer(change: Partial<PeerStatus>): PeerStatus {
  return {
    id: 'other',
    name: 'Laptop',
    similarTo: [],
    role: 'device',
    state: 'up-to-date',
    path: null,
    roundTrip: null,
    interval: 'live',
    toSend: 0,
    toReceive: 0,
    bytesSent: 0,
    bytesReceived: 0,
    sendingRate: 0,
    receivingRate: 0,
    secondsLeft: null,
    lastContact: null,
    lastInSync: null,
    nextTryAt: null,
    failure: null,
    versions: null,
    ...change,
  };
}

/** Lets the page of a real device believe that its status is another one. Returns what sets it. */
async function withStatus(page: Page): Promise<(change: Partial<Status>) => Promise<void>> {
  let real: Status | undefined;
  let change: Partial<Status> = {};
  let push: ((status: Status) => void) | undefined;
  await page.routeWebSocket(/./u, (socket) => {
    const device = socket.connectToServer();
    push = (status) => socket.send(JSON.stringify({ event: { kind: 'status', status } }));
    device.onMessage((data) => {
      // The first texts are those of the proof: see main/api/mutual-proof.ts.
      if (!String(data).startsWith('{')) {
        socket.send(data);
        return;
      }
      const frame = JSON.parse(String(data)) as {
        result?: Partial<Status>;
        event?: { kind: string; status?: Status };
      };
      const status = frame.event?.status ?? (frame.result?.membership ? frame.result : undefined);
      if (status) {
        real = { ...(status as Status) };
        Object.assign(status, change);
      }
      socket.send(JSON.stringify(frame));
    });
  });
  return async (next) => {
    change = next;
    await expect.poll(() => real !== undefined).toBe(true);
    if (real) push?.({ ...real, ...change });
  };
}

test('each state of a device, of a relay, and of the whole has its own words and symbol', async () => {
  const folder = temporaryFolder();
  const device = await startDevice(folder, ['--name', 'Desk']);
  await (await apiOf(folder)).call('createFirstDevice', { name: 'Desk' });
  const page = await openPage(await startBrowser(), 'about:blank');
  const show = await withStatus(page);
  await page.goto(await device.link());
  await page.getByRole('button', { name: 'Start one' }).waitFor();
  const card = page.locator('[data-device="other"]');
  const whole = page.getByRole('navigation').locator('[data-overall]');
  const now = Date.now();

  const states: readonly [Partial<PeerStatus>, string, readonly (string | RegExp)[], string][] = [
    [{ state: 'connecting' }, 'Looking for it', ['never'], 'No device reachable'],
    [
      {
        state: 'offline',
        toSend: 12,
        toReceive: 3,
        lastContact: now - 3 * 60_000,
        lastInSync: now - 2 * DAY,
      },
      'Offline',
      ['12 to send, 3 to receive', /^3 min\.? ago$/u, '2 days ago'],
      'No device reachable',
    ],
    [
      { state: 'offline', lastContact: now - 9 * DAY },
      'Offline',
      ['Not seen for 9 days'],
      'No device reachable',
    ],
    [{ state: 'reconciling', path: 'lan' }, 'Comparing', ['Local network', 'now'], 'Syncing'],
    [
      { state: 'transferring', path: 'direct', roundTrip: 1_234, toSend: 4_321, secondsLeft: 150 },
      'Syncing',
      ['Direct', '1,234 ms', '4,321 to send', /about 3 mins? left/u],
      'Syncing',
    ],
    [
      { state: 'up-to-date', path: 'relay', role: 'mailbox' },
      'Up to date',
      ['Relay', 'Mailbox', 'Nothing waiting'],
      'Up to date',
    ],
    [
      { state: 'failing', failure: 'store' },
      'Trouble syncing',
      ['could not read or write its storage'],
      'No device reachable',
    ],
    [
      { state: 'incompatible', versions: { ours: 1, theirs: 2 } },
      'Needs the same version',
      ['Update Reunion on this device.'],
      'No device reachable',
    ],
    [{ state: 'paused' }, 'Paused', [], 'Paused'],
    [{ state: 'paused-there' }, 'Paused on that device', [], 'Paused'],
    [{ state: 'removed' }, 'Removed', [], 'Only here'],
  ];
  for (const [change, text, more, overall] of states) {
    await show({ peers: [peer(change)] });
    await card.getByText(text, { exact: true }).waitFor();
    for (const part of more) await card.getByText(part).first().waitFor();
    await whole.getByText(overall, { exact: true }).waitFor();
    expect(await card.locator('svg').count()).toBeGreaterThan(0);
    expect(await violations(page), text).toEqual([]);
  }

  await show({
    peers: [peer({ path: 'lan' }), peer({ id: 'third', name: 'Phone', state: 'offline' })],
  });
  await whole.getByText('1 of 2 up to date').waitFor();
  await show({
    peers: [peer({ path: 'lan' })],
    pausedUntil: new Date(2030, 0, 1, 15, 30).getTime(),
  });
  await page.getByText(/All devices are paused until/u).waitFor();
  await whole.getByText('Paused').waitFor();

  // A first transfer says how far it is, and for how long still.
  await show({
    firstTransfer: { received: 1_200, total: 5_000 },
    peers: [
      peer({ state: 'transferring', path: 'lan', bytesReceived: 2_500_000, secondsLeft: 40 }),
    ],
  });
  const transfer = page.getByRole('group', { name: 'First transfer' });
  await transfer.getByText(/1,200 of 5,000 messages, 2\.5 MB, about 40 secs? left/u).waitFor();
  expect(await transfer.getByRole('progressbar').getAttribute('max')).toBe('5000');

  for (const [state, text] of [
    ['unreachable', 'A relay cannot be reached'],
    ['full', 'A relay is full'],
    ['refused', 'does not let this device use it'],
  ] as const) {
    await show({ relays: [{ address: '/ip4/203.0.113.7/tcp/4001/p2p/x', state, limits: null }] });
    await page.getByRole('complementary').getByText(text).waitFor();
  }
  for (const [bytes, seconds, text] of [
    [131_072, 120, /cuts every connection after 131 kB or 2 mins?\./u],
    [131_072, null, /cuts every connection after 131 kB\./u],
    [null, 12, /cuts every connection after 12 secs?\./u],
  ] as const) {
    const limits = { bytes, seconds };
    const address = '/ip4/203.0.113.7/tcp/4001/p2p/x';
    await show({ relays: [{ address, state: 'limiting', limits }] });
    await page.getByRole('complementary').getByText(text).waitFor();
  }
  await device.process.kill('SIGKILL');
  await page.getByRole('alert').getByText('Reunion is not running').waitFor();
  await whole.getByText('Not running').waitFor();
}, 90_000);

test('two devices that removed each other are a question to the person, who may put it off', async () => {
  const folder = temporaryFolder();
  const device = await startDevice(folder, ['--name', 'Desk']);
  await (await apiOf(folder)).call('createFirstDevice', { name: 'Desk' });
  const page = await openPage(await startBrowser(), 'about:blank');
  const show = await withStatus(page);
  await page.goto(await device.link());
  await page.getByRole('button', { name: 'Start one' }).waitFor();
  await show({
    peers: [peer({ path: 'lan' }), peer({ id: 'third', name: 'Phone', state: 'removed' })],
    disputes: [{ one: { id: 'other', name: 'Laptop' }, other: { id: 'third', name: 'Phone' } }],
  });
  const banner = page.getByRole('alert').filter({ hasText: 'removed each other' });
  await banner.getByText('Laptop and Phone removed each other.').waitFor();
  await screen(page, 'dispute');
  await banner.getByRole('button', { name: 'Choose…' }).focus();
  await page.keyboard.press('Enter');
  const question = page.getByRole('dialog', { name: 'Which device do you keep?' });
  await question.waitFor();
  await screen(page, 'dispute-question');
  await question.getByRole('button', { name: 'Decide later' }).click();
  await question.waitFor({ state: 'detached' });
  await banner.getByRole('button', { name: 'Choose…' }).click();
  // The device itself knows of no such dispute: what it answers is shown where the person is.
  await question.getByRole('button', { name: 'Keep Phone' }).click();
  await question.getByRole('alert').getByText('did not remove each other').waitFor();
  await page.keyboard.press('Escape');
  await question.waitFor({ state: 'detached' });
  await show({ disputes: [] });
  await banner.waitFor({ state: 'detached' });
}, 60_000);

test('who waits for a pairing for long is told what is tried, and can go back', async () => {
  // A relay that takes the call and says nothing.
  const silent = createServer(() => undefined).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  onTestFinished(() => void silent.close());
  const { port } = silent.address() as AddressInfo;
  const relay = `/ip4/127.0.0.1/tcp/${port}/p2p/12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA`;
  const device = await startDevice(temporaryFolder(), ['--name', 'Laptop', '--relay', relay]);
  const page = await openPage(await startBrowser(), await device.link());
  await page.getByRole('button', { name: 'I already have one' }).click();
  await page.getByRole('combobox', { name: /Code from/u }).fill('4711-ocean-lamp');
  await page.getByRole('button', { name: 'Join' }).click();
  await page.getByText('Looking for the device that shows this code').waitFor();
  const help = page.getByRole('region', { name: 'What is being tried' });
  await help.getByText('The local network.').waitFor();
  await help.getByText(`The relay ${relay}.`).waitFor();
  expect(await violations(page)).toEqual([]);
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('combobox', { name: /Code from/u }).waitFor();
}, 60_000);
