import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { App, PowerMonitor } from 'electron';
import { describe, expect, it } from 'vitest';
import { whatClosingMeans } from '../../main/desktop/closing.ts';
import { closeBeforeQuit } from '../../main/desktop/lifecycle.ts';
import { autostartEntry, loginItem } from '../../main/desktop/login-item.ts';
import type { LoginSystem } from '../../main/desktop/login-item.ts';
import { ownAddresses, watchNetwork } from '../../main/desktop/network-watch.ts';
import { tellOfPower } from '../../main/desktop/power-events.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { temporaryFolder } from '../helpers/processes.ts';
import { emitting, preventable } from './doubles.ts';

describe('closing the window', () => {
  const known = {
    isQuitting: false,
    background: true,
    isNew: false,
    hasTray: true,
    wasTold: true,
  };

  it('leaves the device running, and says so the first time', () => {
    expect(whatClosingMeans(known)).toEqual({ action: 'hide' });
    const { action, tell } = whatClosingMeans({ ...known, wasTold: false });
    expect([action, tell?.body]).toEqual(['hide', expect.stringContaining('in the tray')]);
  });

  it('does so where there is no tray too, and says how to get it back', () => {
    const { action, tell } = whatClosingMeans({ ...known, hasTray: false, wasTold: false });
    expect([action, tell?.body]).toEqual(['hide', expect.stringContaining('Start it again')]);
  });

  it('ends the app where that is wanted, or where there is nothing to synchronize', () => {
    expect(whatClosingMeans({ ...known, background: false })).toEqual({ action: 'quit' });
    expect(whatClosingMeans({ ...known, isNew: true, wasTold: false })).toEqual({ action: 'quit' });
  });

  it('just closes it when the app ends anyhow', () => {
    expect(whatClosingMeans({ ...known, isQuitting: true })).toEqual({ action: 'close' });
  });
});

describe('the end of the app', () => {
  function scene() {
    const done: string[] = [];
    const app = emitting<Pick<App, 'on' | 'quit' | 'exit'>>({
      quit: () => {
        const event = preventable();
        app.emit('before-quit', event);
        done.push(event.prevented ? 'waits' : 'quits');
      },
      exit: (code) => void done.push(`exits ${code ?? 0}`),
    });
    const power = emitting<Pick<PowerMonitor, 'on'>>({});
    const signals = emitting<Pick<NodeJS.Process, 'on'>>({});
    const clock = new ManualClock();
    const closing = Promise.withResolvers<undefined>();
    const errors: unknown[] = [];
    const lifecycle = closeBeforeQuit({
      app,
      power,
      signals,
      clock,
      close: async () => {
        done.push('closes');
        await closing.promise;
      },
      onError: (error) => errors.push(error),
    });
    const settled = async () => {
      for (let turn = 0; turn < 10; turn++) await Promise.resolve();
    };
    return { done, app, power, signals, clock, closing, errors, lifecycle, settled };
  }

  it('waits until the sessions have ended and the store is closed, however often it is asked for', async () => {
    const { done, app, closing, lifecycle, settled } = scene();
    expect(lifecycle.isQuitting).toBe(false);
    app.quit();
    app.quit();
    expect(lifecycle.isQuitting).toBe(true);
    await settled();
    expect(done).toEqual(['closes', 'waits', 'waits']);
    closing.resolve(undefined);
    await settled();
    expect(done).toEqual(['closes', 'waits', 'waits', 'quits']);
  });

  it('comes with the system shutting down, which is asked to wait, and with signals', async () => {
    for (const cause of ['shutdown', 'SIGTERM', 'SIGINT', 'SIGHUP']) {
      const { done, power, signals, closing, settled } = scene();
      const event = preventable();
      if (cause === 'shutdown') power.emit(cause, event);
      else signals.emit(cause);
      expect(event.prevented).toBe(cause === 'shutdown');
      closing.resolve(undefined);
      await settled();
      expect(done, cause).toEqual(['closes', 'waits', 'quits']);
    }
  });

  it('does not wait for ever, nor for what fails', async () => {
    const hanging = scene();
    hanging.app.quit();
    hanging.clock.advance(8_000);
    expect(hanging.done).toEqual(['closes', 'waits', 'exits 1']);
    const failing = scene();
    failing.app.quit();
    failing.closing.reject(new Error('no'));
    await failing.settled();
    expect(failing.done).toEqual(['closes', 'waits', 'quits']);
    expect(failing.errors).toHaveLength(1);
    failing.clock.advance(60_000);
    expect(failing.done).toHaveLength(3);
  });
});

describe('starting at login', () => {
  const linux: LoginSystem = {
    platform: 'linux',
    environment: {},
    home: '/home/ana',
    program: '/opt/Reunion/reunion-desktop',
    programArgs: [],
  };
  type SetLogin = Pick<App, 'setLoginItemSettings'>;

  it('is an entry of the autostart folder on Linux, taken away again when it is switched off', () => {
    const home = temporaryFolder();
    const none: SetLogin = { setLoginItemSettings: () => expect.unreachable() };
    for (const environment of [{}, { XDG_CONFIG_HOME: join(home, 'elsewhere') }]) {
      const item = loginItem(none, { ...linux, home, environment });
      const folder = 'XDG_CONFIG_HOME' in environment ? 'elsewhere' : '.config';
      const file = join(home, folder, 'autostart', 'reunion.desktop');
      item.set({ enabled: false, hidden: true });
      item.set({ enabled: true, hidden: true });
      expect(readFileSync(file, 'utf8')).toContain(
        '\nExec=/opt/Reunion/reunion-desktop --hidden\n',
      );
      item.set({ enabled: true, hidden: false });
      expect(readFileSync(file, 'utf8')).toContain('\nExec=/opt/Reunion/reunion-desktop\n');
      item.set({ enabled: false, hidden: false });
      expect(existsSync(file)).toBe(false);
    }
  });

  it('starts an AppImage by its own file, and odd paths by quoting them as the specification says', () => {
    const exec = (change: Partial<LoginSystem>) =>
      /^Exec=(.*)$/mu.exec(autostartEntry({ ...linux, ...change }, true))?.[1];
    expect(exec({ environment: { APPIMAGE: '/home/ana/Reunion.AppImage' } })).toBe(
      '/home/ana/Reunion.AppImage --hidden',
    );
    expect(exec({ program: '/opt/My Apps/100%/r"x' })).toBe(
      String.raw`"/opt/My Apps/100%%/r\\"x" --hidden`,
    );
    expect(exec({ programArgs: ['/home/ana/reunion'] })).toBe(
      '/opt/Reunion/reunion-desktop /home/ana/reunion --hidden',
    );
  });

  it('is a login item elsewhere, which on Windows starts it hidden', () => {
    const set: unknown[] = [];
    const app: SetLogin = { setLoginItemSettings: (settings) => void set.push(settings) };
    const program = 'C:\\Reunion.exe';
    loginItem(app, { ...linux, platform: 'win32', program }).set({ enabled: true, hidden: true });
    loginItem(app, { ...linux, platform: 'darwin' }).set({ enabled: true, hidden: true });
    expect(set).toEqual([
      { openAtLogin: true, path: program, args: ['--hidden'] },
      { openAtLogin: true },
    ]);
  });
});

describe('what the computer goes through', () => {
  it('is told to the device', () => {
    const power = emitting<Pick<PowerMonitor, 'on' | 'isOnBatteryPower'>>({
      isOnBatteryPower: () => true,
    });
    const told: string[] = [];
    tellOfPower(power, (event) => told.push(event));
    for (const event of [
      'suspend',
      'resume',
      'lock-screen',
      'unlock-screen',
      'on-ac',
      'on-battery',
    ]) {
      power.emit(event);
    }
    expect(told).toEqual([
      'on-battery',
      'suspend',
      'resume',
      'lock',
      'unlock',
      'on-mains',
      'on-battery',
    ]);
  });

  it('another network is noticed within ten seconds, and being in none is nothing to act on', () => {
    const clock = new ManualClock();
    let addresses = '192.168.1.2';
    let changes = 0;
    const stop = watchNetwork(
      clock,
      () => (changes += 1),
      () => addresses,
    );
    clock.advance(60_000);
    expect(changes).toBe(0);
    for (const [now, expected] of [
      ['', 0],
      ['192.168.1.2', 1],
      ['10.0.0.7', 2],
    ] as const) {
      addresses = now;
      clock.advance(10_000);
      expect(changes).toBe(expected);
    }
    stop();
    addresses = 'x';
    clock.advance(60_000);
    expect(changes).toBe(2);
  });

  it('temporary addresses of one IPv6 network, and loopback, are no other network', () => {
    const base = { netmask: '', mac: '', internal: false };
    const six = (address: string) => ({
      ...base,
      address,
      family: 'IPv6' as const,
      scopeid: 0,
      cidr: `${address}/64`,
    });
    const lo = {
      ...base,
      address: '127.0.0.1',
      family: 'IPv4' as const,
      cidr: null,
      internal: true,
    };
    expect(ownAddresses({ lo: [lo], eth0: [six('2001:db8:1:2:a::1')] })).toBe(
      ownAddresses({ eth0: [six('2001:db8:1:2:b::2')] }),
    );
    expect(ownAddresses({ eth0: [six('2001:db8:1:3:a::1')] })).not.toBe(
      ownAddresses({ eth0: [six('2001:db8:1:2:a::1')] }),
    );
  });
});
