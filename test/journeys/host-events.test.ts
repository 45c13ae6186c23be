import type { WebSocketRoute } from 'playwright-core';
import { expect, test } from 'vitest';
import type { HostEvent } from '../../main/api/types.ts';
import { startBrowser } from '../helpers/browser.ts';
import { reunion, startDevice, temporaryFolder } from '../helpers/processes.ts';
import { apiOf } from '../helpers/watch.ts';
import { AppPage } from './app-page.ts';

/** The page of a device, and what puts an event of a host among those of the device: here there is no other host. */
async function scene(folder: string) {
  const device = await startDevice(folder, ['--name', 'Desk']);
  const page = await (await startBrowser()).newPage({ viewport: { width: 1100, height: 720 } });
  let socket: WebSocketRoute | undefined;
  await page.routeWebSocket(/./u, (opened) => {
    socket = opened;
    const server = opened.connectToServer();
    server.onMessage((frame) => opened.send(frame));
  });
  await page.goto(await device.link());
  const show = (host: HostEvent) => socket?.send(JSON.stringify({ event: { kind: 'host', host } }));
  return { app: new AppPage(page), page, show };
}

const LINK = 'reunion:abc';

test('a link from outside opens the pairing wizard of a new device with it filled in, and joins nothing', async () => {
  const folder = temporaryFolder();
  const { app, page, show } = await scene(folder);
  await page.getByRole('button', { name: 'This is my first device' }).waitFor();
  show({ show: 'link', link: LINK });
  expect(await app.linkToJoin()).toBe(LINK);
  const api = await apiOf(folder);
  expect(await api.call('pairing', {})).toEqual({ kind: 'idle' });
  expect((await api.call('status', {})).membership).toBe('new');
}, 60_000);

test('a device that holds messages opens what the menu asks for, and does not join by a link', async () => {
  const folder = temporaryFolder();
  const { app, page, show } = await scene(folder);
  await reunion(['send', '--data', folder, '--conversation', 'Notes', 'hello']);
  await app.sees('hello');
  show({ show: 'link', link: LINK });
  await app.seesDialog('This device cannot follow the link');
  await app.closeDialog();
  const api = await apiOf(folder);
  expect(await api.call('pairing', {})).toEqual({ kind: 'idle' });

  for (const [what, name] of [
    ['settings', 'Settings'],
    ['new-conversation', 'New conversation'],
    ['shortcuts', 'Keyboard shortcuts'],
  ] as const) {
    show({ show: what });
    await app.seesDialog(name);
    await app.closeDialog();
  }
  show({ show: 'search' });
  await expect
    .poll(() => page.evaluate(() => document.activeElement?.getAttribute('aria-label')))
    .toBe('Search');
}, 60_000);
