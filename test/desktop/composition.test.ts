import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pEvent } from 'p-event';
import { pino } from 'pino';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { DeviceFrame, RequestFrame } from '../../main/api/frames.ts';
import type { HostSettings, Status } from '../../main/api/types.ts';
import { ANSWER_CHANNEL, REQUEST_CHANNEL } from '../../main/desktop/channels.ts';
import { temporaryFolder } from '../helpers/processes.ts';
import { createStandIn } from './electron-stand-in.ts';

const PASSPHRASE = { kind: 'typed', passphrase: 'correct horse' };

/*
 * The app put together as it is, over a real device, on a stand-in for Electron: what this cannot show is in test/electron/ and
 * in the checklist of docs/releasing.md.
 */
test.each(['a closed window', 'a backup that is put back'])(
  'the app starts, asks for a passphrase, goes to the tray, pauses, takes a link, and ends by %s with its store closed',
  async (end) => {
    const folder = temporaryFolder();
    const standIn = createStandIn(folder);
    const { app, ipcMain, powerMonitor, Window, Notification, Tray } = standIn;
    vi.resetModules();
    vi.doMock('electron', () => standIn.electron);
    onTestFinished(() => vi.doUnmock('electron'));
    // Left to the test that it belongs to: a process has signals of its own.
    const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;
    const before = signals.map((signal) => process.listeners(signal));
    onTestFinished(() => {
      for (const [index, signal] of signals.entries()) {
        for (const added of process.listeners(signal)) {
          if (!before[index]?.includes(added)) process.off(signal, added);
        }
      }
    });
    const { DesktopApp } = await import('../../main/desktop/desktop-app.ts');
    const errors: unknown[] = [];
    const logger = pino(
      { level: 'error' },
      { write: (line: string) => void errors.push(JSON.parse(line)) },
    );
    const args = ['--no-lan', '--no-direct', '--name', 'Desk'];
    const here = resolve(import.meta.dirname, '../../main/desktop');
    const starting = DesktopApp.start({ here, logger, args });

    // There is no keychain, so a passphrase is chosen.
    await vi.waitUntil(() => Window.all.length === 1);
    const [asking] = Window.all;
    if (!asking) throw new Error('no window asks for the passphrase');
    await vi.waitUntil(() => asking.visible);
    ipcMain.emit(ANSWER_CHANNEL, { senderFrame: asking.webContents.mainFrame }, PASSPHRASE);
    const desktop = await starting;
    expect(asking.visible).toBe(false);
    const window = Window.all[1];
    if (!window) throw new Error('no window shows the page');
    expect(window.visible).toBe(true);

    // The page asks; the host's settings are among what it gets.
    let nextId = 1;
    const call = async <T>(command: RequestFrame['command'], given: unknown): Promise<T> => {
      const id = nextId++;
      const { mainFrame } = window.webContents;
      ipcMain.emit(REQUEST_CHANNEL, { senderFrame: mainFrame }, { id, command, arguments: given });
      const answered = () =>
        window.webContents.sent
          .map(([, frame]) => frame as DeviceFrame)
          .find((frame) => 'id' in frame && frame.id === id);
      await vi.waitUntil(() => answered() !== undefined);
      const frame = answered();
      if (!frame || !('result' in frame)) throw new Error(JSON.stringify(frame));
      return frame.result as T;
    };
    const status = () => call<Status>('status', {});
    expect(await status()).toMatchObject({ device: { name: 'Desk' }, keyProtection: 'passphrase' });
    await call('createFirstDevice', {});
    expect(await call<HostSettings>('hostSettings', {})).toMatchObject({ background: true });

    // A file goes in and out as it does in a browser; everything else is a file of the app.
    const url = 'reunion-app://page/files';
    const added = await desktop.answer(new Request(url, { method: 'POST', body: 'a file' }));
    const { id: fileId } = (await added?.json()) as { id: string };
    const attachments = [{ id: fileId, name: 'a.txt', mediaType: 'text/plain' }];
    await call('send', { conversation: 'Notes', text: '', attachments });
    const got = await desktop.answer(new Request(`${url}/${fileId}`));
    expect(await got?.text()).toBe('a file');
    expect(desktop.answer(new Request('reunion-app://page/index.html'))).toBeUndefined();

    // Closing hides it, and says so once.
    await vi.waitUntil(() => Tray.last?.menu[0]?.label === 'No other devices yet');
    window.close();
    expect(window.visible).toBe(false);
    expect(Notification.shown.map(({ title }) => title)).toEqual([
      'Reunion goes on in the background',
    ]);
    const choose = (label: string) =>
      Tray.last?.menu.find((item) => item.label === label)?.click?.();
    choose('Open Reunion');
    expect(window.visible).toBe(true);
    window.close();
    expect(Notification.shown).toHaveLength(1);

    // Paused from the tray, resumed from it.
    choose('Pause for an hour');
    await vi.waitUntil(() => Tray.last?.menu.some(({ label }) => label === 'Resume') === true);
    expect((await status()).pausedUntil).toBeGreaterThan(Date.now());
    choose('Resume');
    await vi.waitUntil(() => Tray.last?.menu.some(({ label }) => label === 'Resume') === false);
    for (const event of ['suspend', 'resume', 'lock-screen', 'on-battery', 'on-ac']) {
      powerMonitor.emit(event);
    }

    // A link shows the window, and is handed to the page, which decides.
    desktop.openLink('reunion:abc');
    expect(window.visible).toBe(true);
    expect(window.webContents.sent.map(([, frame]) => frame)).toContainEqual({
      event: { kind: 'host', host: { show: 'link', link: 'reunion:abc' } },
    });
    expect((await status()).membership).toBe('member');

    // Another setting: closing ends the app. The command line's way in goes, the store closes.
    await call('setHostSettings', { background: false });
    expect(existsSync(join(folder, 'control'))).toBe(true);
    const quitting = pEvent(app, 'before-quit');
    if (end === 'a closed window') window.close();
    else {
      const backup = await desktop.answer(new Request('reunion-app://page/backup'));
      const body = await backup?.arrayBuffer();
      const answer = await desktop.answer(
        new Request('reunion-app://page/restore', { method: 'POST', body: body ?? null }),
      );
      expect(answer?.status).toBe(202);
    }
    await quitting;
    await standIn.ended;
    expect(app.relaunches).toBe(end === 'a closed window' ? 0 : 1);
    expect([existsSync(join(folder, 'control')), Tray.last?.destroyed]).toEqual([false, true]);
    expect(errors).toEqual([]);
  },
  60_000,
);
