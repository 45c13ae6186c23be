import { join } from 'node:path';
import { app, dialog, net, protocol } from 'electron';
import { pino } from 'pino';
import type { Logger } from 'pino';
import { DesktopApp } from './desktop-app.ts';
import { pairingLink } from './links.ts';
import { PAGE_SCHEME, servePages } from './page.ts';
import { PassphraseCancelledError } from './passphrase/asked-protection.ts';

/** As in electron-builder.yml; Windows groups notifications and windows by it. */
const APP_ID = 'app.reunion.desktop';

/** Starts the app; `here` is the folder of its bundle. To be called before Electron is ready. */
export function startApp(here: string): void {
  const logger = pino({ name: 'reunion' }, pino.destination({ dest: 2, sync: true }));
  protocol.registerSchemesAsPrivileged([
    {
      scheme: PAGE_SCHEME,
      privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true },
    },
  ]);
  // Also for windows that forget to ask for it.
  app.enableSandbox();
  // The same data folder as that of the command line: see headless/folders.ts.
  app.setName('Reunion');
  app.setAppUserModelId(APP_ID);
  // Without a listener Electron quits when the last window is closed, be it that of the passphrase.
  app.on('window-all-closed', () => undefined);
  if (app.requestSingleInstanceLock()) void run(here, logger);
  else app.quit();
}

async function run(here: string, logger: Logger): Promise<void> {
  /** What is asked of the app before it can answer. */
  const early: string[] = [...process.argv.slice(1)];
  let desktop: DesktopApp | undefined;
  // macOS hands links over in an event, the others as arguments; a second start of the app is one of this.
  app.on('open-url', (event, url) => {
    event.preventDefault();
    if (desktop) desktop.openLink(pairingLink([url]));
    else early.push(url);
  });
  app.on('second-instance', (_event, argv) => {
    if (desktop) desktop.openLink(pairingLink(argv));
    else early.push(...argv);
  });
  await app.whenReady();
  try {
    const folders = { page: join(here, '../renderer'), passphrase: join(here, 'passphrase') };
    servePages(protocol, net, folders, (request) => desktop?.answer(request));
    desktop = await DesktopApp.start({ here, logger, args: process.argv.slice(1) });
    const link = pairingLink(early);
    if (link !== undefined) desktop.openLink(link);
  } catch (error) {
    if (!(error instanceof PassphraseCancelledError)) {
      logger.fatal(error);
      dialog.showErrorBox('Reunion cannot start', (error as Error).message);
    }
    app.exit(error instanceof PassphraseCancelledError ? 0 : 1);
  }
}
