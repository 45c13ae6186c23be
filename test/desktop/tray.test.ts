import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { NativeImage, Tray } from 'electron';
import { describe, expect, it } from 'vitest';
import type { Status } from '../../main/api/types.ts';
import { trayText } from '../../main/desktop/tray-state.ts';
import type { TrayState } from '../../main/desktop/tray-state.ts';
import { hasTray, showInTray, trayIconFile } from '../../main/desktop/tray.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { choose, emitting, entriesOf, menuBuilder } from './doubles.ts';
import { NOW, peer, status } from './status-of.ts';

const laptop = peer('Laptop');
const moving = peer('NAS', { state: 'transferring', toSend: 12, toReceive: 3 });
const away = peer('Phone', { state: 'offline' });

describe('what the tray says', () => {
  it.each<readonly [TrayState, string, Status]>([
    ['ok', 'Up to date with Laptop', status([laptop])],
    ['ok', 'Up to date with 1 of 2 devices', status([laptop, away])],
    ['syncing', 'Syncing: 12 to send, 3 to receive', status([laptop, moving])],
    ['syncing', 'Comparing with your other devices', status([peer('a', { state: 'reconciling' })])],
    ['offline', 'No other device can be reached', status([away])],
    ['alone', 'No other devices yet', status([])],
    ['alone', 'No other devices yet', status([], { membership: 'new' })],
    ['paused', 'Paused until you resume', status([laptop], { pausedUntil: 'resumed' })],
    ['paused', 'Paused', status([peer('a', { state: 'paused' })])],
    ['problem', 'This device was removed from your devices', status([], { membership: 'removed' })],
    [
      'problem',
      'Laptop has another version of Reunion',
      status([peer('Laptop', { state: 'incompatible' })]),
    ],
    [
      'problem',
      'Messages cannot be written on this device',
      status([peer('Laptop', { state: 'failing', failure: 'store' }), laptop]),
    ],
  ])('%s: %s', (state, line, given) => {
    expect(trayText(given)).toEqual({ state, line });
  });

  it('tells until when it is paused', () => {
    const { line } = trayText(status([laptop], { pausedUntil: NOW }));
    expect(line).toMatch(/^Paused until \d/u);
  });
});

describe('the pictures', () => {
  const folder = resolve(import.meta.dirname, '../../main/desktop/icons');
  const states = ['ok', 'syncing', 'paused', 'offline', 'alone', 'problem'] as const;

  it('are there for every state, platform and display, all of them different in shape', () => {
    for (const platform of ['darwin', 'win32', 'linux'] as const) {
      const contents = states.map((state) => {
        const file = resolve(folder, trayIconFile(state, platform));
        if (platform !== 'linux') {
          expect(existsSync(file.replace('.png', '@2x.png')), file).toBe(true);
        }
        return readFileSync(file).toString('base64');
      });
      // On macOS there is no colour, and still they differ.
      expect(new Set(contents).size).toBe(states.length);
    }
  });
});

it('GNOME has no tray, but for distributions that add one', () => {
  const on = (desktop: string | undefined) => hasTray('linux', { XDG_CURRENT_DESKTOP: desktop });
  expect([on('GNOME'), on('GNOME-Flashback:GNOME')]).toEqual([false, false]);
  expect([on('ubuntu:GNOME'), on('KDE'), on(undefined)]).toEqual([true, true, true]);
  expect([hasTray('win32', {}), hasTray('darwin', {})]).toEqual([true, true]);
});

describe('the tray', () => {
  function scene(platform: NodeJS.Platform = 'linux') {
    const shown: string[] = [];
    const done: string[] = [];
    const tray = emitting<Pick<Tray, 'setImage' | 'setToolTip' | 'setContextMenu' | 'on'>>({
      setImage: (image) => void shown.push((image as unknown as { file: string }).file),
      setToolTip: () => undefined,
      setContextMenu: () => undefined,
    });
    const { built, menu } = menuBuilder();
    const templates: string[] = [];
    const image = (file: string) =>
      ({ file, setTemplateImage: () => templates.push(file) }) as unknown as NativeImage;
    const clock = new ManualClock(NOW);
    const show = showInTray(
      { tray, menu, image, platform, clock },
      {
        open: () => done.push('open'),
        syncNow: () => done.push('sync'),
        pause: (minutes) => done.push(`pause ${minutes ?? 'until resumed'}`),
        resume: () => done.push('resume'),
        quit: () => done.push('quit'),
      },
    );
    const menuNow = () => built.at(-1) ?? [];
    return { tray, shown, done, built, templates, clock, show, menuNow };
  }

  it('shows the state, and does what is chosen from its menu', () => {
    const { tray, shown, done, show, menuNow } = scene();
    show(status([laptop]));
    expect(shown).toEqual(['ok-panel.png']);
    expect(menuNow()[0]).toEqual({ label: 'Up to date with Laptop', enabled: false });
    tray.emit('click');
    for (const label of [
      'Open Reunion',
      'Sync now',
      'Pause for an hour',
      'Pause until resumed',
      'Quit Reunion',
    ]) {
      choose(menuNow(), label);
    }
    expect(done).toEqual(['open', 'open', 'sync', 'pause 60', 'pause until resumed', 'quit']);
  });

  it('offers to resume while paused, and not to sync', () => {
    const { done, show, menuNow } = scene();
    show(status([laptop], { pausedUntil: 'resumed' }));
    choose(menuNow(), 'Resume');
    expect(done).toEqual(['resume']);
    expect(() => choose(menuNow(), 'Sync now')).toThrow();
    expect(entriesOf(menuNow()).some(({ label }) => label === 'Pause for an hour')).toBe(false);
  });

  it('has a new menu for a new state at once, and for new numbers every five seconds at most', () => {
    const { built, clock, show } = scene();
    const left = (toSend: number) => status([peer('NAS', { state: 'transferring', toSend })]);
    for (let count = 100; count > 80; count--) show(left(count));
    expect(built).toHaveLength(1);
    clock.advance(5_000);
    expect(built.at(-1)?.[0]?.label).toBe('Syncing: 81 to send, 0 to receive');
    show(status([peer('NAS')]));
    expect(built.at(-1)?.[0]?.label).toBe('Up to date with NAS');
    clock.advance(60_000);
    expect(built).toHaveLength(3);
  });

  it('on macOS a click opens the menu, and the system colours the picture', () => {
    const { tray, done, templates, show } = scene('darwin');
    show(status([laptop]));
    tray.emit('click');
    expect(done).toEqual([]);
    expect(templates).toEqual(['okTemplate.png']);
  });
});
