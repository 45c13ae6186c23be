import { join } from 'node:path';
import { app, BrowserWindow, ipcMain, safeStorage, shell } from 'electron';
import type { Logger } from 'pino';
import { Device } from '../device/device.ts';
import { startControlServer } from '../headless/control/control-server.ts';
import { systemClock, systemRandom } from '../helpers/clock.ts';
import { desktopWays } from './keychain-protection.ts';
import { isPassphrasePage } from './page.ts';
import { askedProtection } from './passphrase/asked-protection.ts';
import { PassphraseWindow } from './passphrase/window.ts';
import type { StartOptions } from './start-options.ts';
import { confine, passphraseWindowOptions } from './window.ts';

/** The same as that of the command line: see headless/folders.ts. */
export function dataFolder(): string {
  return app.getPath('userData');
}

/** Ends in order, which closes the device, and starts the app again. */
function startAgain(): void {
  app.relaunch();
  app.quit();
}

/** Opens the device, which takes the person's passphrase where there is no keychain. Rejects with a clear error. */
export async function openDevice(
  here: string,
  logger: Logger,
  asked: StartOptions,
): Promise<Device> {
  const passphrase = new PassphraseWindow(() => {
    const preload = join(here, 'passphrase/preload.cjs');
    const window = new BrowserWindow(passphraseWindowOptions(preload));
    confine(window, isPassphrasePage, shell);
    return window;
  }, ipcMain);
  const ways = await desktopWays(safeStorage, process.platform, askedProtection(passphrase.ask));
  const device = await Device.open({
    folder: dataFolder(),
    protections: ways,
    relays: asked.relays,
    listen: [],
    lan: asked.lan,
    ...(asked.name !== undefined && { name: asked.name }),
    direct: asked.direct,
    stun: asked.stun,
    clock: systemClock,
    random: systemRandom,
    // It begins anew, as a device that nobody knows.
    onErase: startAgain,
    onRestart: startAgain,
    log: { error: (error) => logger.error(error), notice: (text) => logger.warn(text) },
  });
  passphrase.close();
  return device;
}

/** `reunion send`, `status` and the like talk to the device of the window as they do to one without. */
export async function serveCommandLine(device: Device): Promise<() => Promise<void>> {
  const server = await startControlServer(dataFolder(), device.service);
  return () => server.close();
}
