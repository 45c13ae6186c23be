import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { DeviceService } from '../../main/api/server.ts';
import type { ApiEvent, HostSettings } from '../../main/api/types.ts';
import { hostService } from '../../main/desktop/host-service.ts';
import {
  FIRST_SETTINGS,
  keptSettings,
  NOTHING_REMEMBERED,
  remembered,
} from '../../main/desktop/host-settings.ts';
import { KeptFile } from '../../main/desktop/kept-file.ts';
import { temporaryFolder } from '../helpers/processes.ts';
import { status } from './status-of.ts';

describe('settings that are kept', () => {
  const open = (folder: string) =>
    new KeptFile(folder, 'desktop.json', keptSettings, FIRST_SETTINGS);

  it('are there the next time, for this user alone', () => {
    const folder = temporaryFolder();
    open(folder).set({ ...FIRST_SETTINGS, staleDays: 3 });
    expect(open(folder).value).toEqual({ ...FIRST_SETTINGS, staleDays: 3 });
    if (process.platform !== 'win32') {
      expect(statSync(join(folder, 'desktop.json')).mode & 0o777).toBe(0o600);
    }
  });

  it('of an earlier version lack some, and of a later one have more', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'desktop.json'), JSON.stringify({ staleDays: 3, later: true }));
    expect(open(folder).value).toEqual({ ...FIRST_SETTINGS, staleDays: 3 });
  });

  it('that are damaged are as at first, and do not keep the app from starting', () => {
    for (const content of ['{', '[]', 'null', JSON.stringify({ staleDays: 'x' })]) {
      const folder = temporaryFolder();
      writeFileSync(join(folder, 'desktop.json'), content);
      expect(open(folder).value).toEqual(FIRST_SETTINGS);
      expect(new KeptFile(folder, 'desktop.json', remembered, NOTHING_REMEMBERED).value).toEqual(
        NOTHING_REMEMBERED,
      );
      expect(readFileSync(join(folder, 'desktop.json'), 'utf8')).toBe(content);
    }
  });
});

describe('the device as the page of the app sees it', () => {
  function scene() {
    let chosen = FIRST_SETTINGS;
    const deviceListeners = new Set<(event: ApiEvent) => void>();
    const done: string[] = [];
    const device: DeviceService = {
      commands: { status: async () => status([]) } as unknown as DeviceService['commands'],
      onEvent: (listener) => {
        deviceListeners.add(listener);
        return () => deviceListeners.delete(listener);
      },
      files: {
        add: async () => ({ id: '0', bytes: 0 }),
        open: async () => undefined,
        exchange: undefined as never,
      },
      onBug: () => undefined,
    };
    const host = hostService(device, {
      chosen: () => chosen,
      choose: (settings) => (chosen = settings),
      hasTray: true,
      updates: () => ({ state: 'off', version: null }),
      checkForUpdates: async () => void done.push('check'),
      installUpdate: async () => void done.push('install'),
    });
    const events: ApiEvent[] = [];
    const unsubscribe = host.onEvent((event) => events.push(event));
    return { host, device, done, events, unsubscribe, deviceListeners };
  }

  it('has what the person set and what the system is', async () => {
    const { host, device, done } = scene();
    expect(host.files).toBe(device.files);
    const expected: HostSettings = {
      ...FIRST_SETTINGS,
      hasTray: true,
      updates: { state: 'off', version: null },
    };
    expect(await host.commands.hostSettings({})).toEqual(expected);
    expect(await host.commands.setHostSettings({ background: false })).toEqual({
      ...expected,
      background: false,
    });
    // What is given as undefined is not given.
    expect(await host.commands.setHostSettings({ background: undefined })).toMatchObject({
      background: false,
    });
    expect(await host.commands.status({})).toEqual(status([]));
    await host.commands.checkForUpdates({});
    await host.commands.installUpdate({});
    expect(done).toEqual(['check', 'install']);
  });

  it('tells of changes of both, until nobody listens any more', async () => {
    const { host, events, unsubscribe, deviceListeners } = scene();
    await host.commands.setHostSettings({ staleDays: 7 });
    for (const listener of deviceListeners) listener({ kind: 'status', status: status([]) });
    host.show({ show: 'link', link: 'reunion:x' });
    expect(events).toMatchObject([
      { kind: 'host', host: { show: 'settings-changed', settings: { staleDays: 7 } } },
      { kind: 'status' },
      { kind: 'host', host: { show: 'link', link: 'reunion:x' } },
    ]);
    unsubscribe();
    host.show({ show: 'search' });
    expect([events.length, deviceListeners.size]).toEqual([3, 0]);
  });
});
