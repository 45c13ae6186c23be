import { fileURLToPath } from 'node:url';
import { app, BrowserWindow, dialog, ipcMain, net, protocol, shell } from 'electron';
import { pino } from 'pino';
import { serveApi } from '../api/server.ts';
import { Device } from '../device/device.ts';
import { systemClock, systemRandom } from '../helpers/clock.ts';
import { windowChannel } from './ipc.ts';
import { isOwnPage, PAGE_SCHEME, PAGE_URL, servePage } from './page.ts';
import { confine, windowOptions } from './window.ts';

// Beside the bundle: see scripts/bundle.mjs.
const PAGE_FOLDER = fileURLToPath(new URL('../renderer/', import.meta.url));
const PRELOAD = fileURLToPath(new URL('./preload.cjs', import.meta.url));

const logger = pino({ name: 'reunion' }, pino.destination({ dest: 2, sync: true }));

protocol.registerSchemesAsPrivileged([
  { scheme: PAGE_SCHEME, privileges: { standard: true, secure: true } },
]);

if (app.requestSingleInstanceLock()) void run();
else app.quit();

async function run(): Promise<void> {
  await app.whenReady();
  try {
    const device = await openDevice();
    servePage(protocol, net, PAGE_FOLDER);
    const window = await openWindow(device);
    app.on('second-instance', () => {
      window.restore();
      window.focus();
    });
    closeBeforeQuit(device);
  } catch (error) {
    logger.fatal(error);
    dialog.showErrorBox('Reunion cannot start', (error as Error).message);
    app.exit(1);
  }
}

function openDevice(): Promise<Device> {
  return Device.open({
    folder: app.getPath('userData'),
    relays: [],
    listen: [],
    lan: true,
    clock: systemClock,
    random: systemRandom,
    log: { error: (error) => logger.error(error), notice: (text) => logger.warn(text) },
  });
}

async function openWindow(device: Device): Promise<BrowserWindow> {
  const window = new BrowserWindow(windowOptions(PRELOAD));
  confine(window, shell);
  serveApi(device.service, windowChannel(ipcMain, window.webContents, isOwnPage));
  window.once('ready-to-show', () => window.show());
  await window.loadURL(PAGE_URL);
  return window;
}

/** The sessions end and the store closes before the process does. */
function closeBeforeQuit(device: Device): void {
  let closing = false;
  app.on('window-all-closed', () => app.quit());
  app.on('before-quit', (event) => {
    if (closing) return;
    closing = true;
    event.preventDefault();
    void device.close().finally(() => app.quit());
  });
}
