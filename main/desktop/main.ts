import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { app, BrowserWindow, dialog, ipcMain, net, protocol, safeStorage, shell } from 'electron';
import { pino } from 'pino';
import { answerFileRequest } from '../api/file-requests.ts';
import { serveApi } from '../api/server.ts';
import { Device } from '../device/device.ts';
import { systemClock, systemRandom } from '../helpers/clock.ts';
import { removeApiFile, writeApiFile } from '../headless/api-file.ts';
import { startWebServer } from '../headless/web-server.ts';
import { isStunServer } from '../network/direct.ts';
import { windowChannel } from './ipc.ts';
import { desktopWays } from './keychain-protection.ts';
import { isOwnPage, PAGE_SCHEME, PAGE_URL, servePage } from './page.ts';
import { confine, windowOptions } from './window.ts';

// Beside the bundle: see scripts/bundle.mjs.
const PAGE_FOLDER = fileURLToPath(new URL('../renderer/', import.meta.url));
const PRELOAD = fileURLToPath(new URL('./preload.cjs', import.meta.url));

const logger = pino({ name: 'reunion' }, pino.destination({ dest: 2, sync: true }));

protocol.registerSchemesAsPrivileged([
  {
    scheme: PAGE_SCHEME,
    privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true },
  },
]);

// The same data folder as that of the command line: see headless/folders.ts.
app.setName('Reunion');

if (app.requestSingleInstanceLock()) void run();
else app.quit();

async function run(): Promise<void> {
  await app.whenReady();
  try {
    const device = await openDevice();
    servePage(protocol, net, PAGE_FOLDER, (request) =>
      // Nothing but the page can ask for anything of its scheme.
      answerFileRequest(device.service.files, request, {
        mayAdd: true,
        onBug: (error) => logger.error(error),
      }),
    );
    const commandLine = await serveCommandLine(device);
    const window = await openWindow(device);
    app.on('second-instance', () => {
      window.restore();
      window.focus();
    });
    closeBeforeQuit(async () => {
      await commandLine.close();
      await device.close();
    });
  } catch (error) {
    logger.fatal(error);
    dialog.showErrorBox('Reunion cannot start', (error as Error).message);
    app.exit(1);
  }
}

async function openDevice(): Promise<Device> {
  const asked = askedOptions();
  return Device.open({
    folder: app.getPath('userData'),
    protections: await desktopWays(safeStorage, process.platform),
    relays: asked.relays,
    listen: [],
    lan: true,
    direct: asked.direct,
    stun: asked.stun,
    clock: systemClock,
    random: systemRandom,
    // It begins anew, as a device that nobody knows.
    onErase: () => {
      app.relaunch();
      app.quit();
    },
    log: { error: (error) => logger.error(error), notice: (text) => logger.warn(text) },
  });
}

/** `reunion send`, `status` and the like talk to the device of the window as they do to one without. */
async function serveCommandLine(device: Device): Promise<{ close(): Promise<void> }> {
  const folder = app.getPath('userData');
  const server = await startWebServer(device.service, 0, undefined);
  writeApiFile(folder, { port: server.port, token: server.commandToken });
  return {
    async close() {
      removeApiFile(folder);
      await server.close();
    },
  };
}

/** `npm start -- --relay MULTIADDR`, as the daemon takes it; Chromium's own switches are passed over. */
function askedOptions(): { relays: string[]; stun: string[]; direct: boolean } {
  const { values } = parseArgs({
    args: process.argv.slice(1),
    options: {
      relay: { type: 'string', multiple: true },
      stun: { type: 'string', multiple: true },
      'no-direct': { type: 'boolean' },
    },
    strict: false,
  });
  const texts = (given: typeof values.relay) =>
    (given ?? []).filter((text) => typeof text === 'string');
  return {
    relays: texts(values.relay),
    stun: texts(values.stun).filter(isStunServer),
    direct: values['no-direct'] !== true,
  };
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
function closeBeforeQuit(close: () => Promise<void>): void {
  let closing = false;
  app.on('window-all-closed', () => app.quit());
  app.on('before-quit', (event) => {
    if (closing) return;
    closing = true;
    event.preventDefault();
    void close().finally(() => app.quit());
  });
}
