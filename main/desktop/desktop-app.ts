import { homedir } from 'node:os';
import { join } from 'node:path';
import {
  app,
  Menu,
  nativeImage,
  Notification,
  powerMonitor,
  screen,
  session,
  Tray,
} from 'electron';
import type { Logger } from 'pino';
import { answerFileRequest, isFilePath } from '../api/file-requests.ts';
import type { HostEvent, Status } from '../api/types.ts';
import type { Device } from '../device/device.ts';
import { systemClock } from '../helpers/clock.ts';
import { VERSION } from '../helpers/version.ts';
import { AppWindow } from './app-window.ts';
import { keepDownloadsPrivate } from './downloads.ts';
import { electronUpdates } from './electron-updates.ts';
import { hostService } from './host-service.ts';
import type { HostService } from './host-service.ts';
import {
  FIRST_SETTINGS,
  keptSettings,
  NOTHING_REMEMBERED,
  remembered as rememberedShape,
} from './host-settings.ts';
import type { ChosenSettings, Remembered } from './host-settings.ts';
import { KeptFile } from './kept-file.ts';
import { closeBeforeQuit } from './lifecycle.ts';
import type { Lifecycle } from './lifecycle.ts';
import { loginItem } from './login-item.ts';
import { appMenu } from './menu.ts';
import { watchNetwork } from './network-watch.ts';
import { firstNotifyState } from './notifications.ts';
import { Notifier } from './notifier.ts';
import { offerUpdate } from './offer-update.ts';
import { dataFolder, openDevice, serveCommandLine } from './open-device.ts';
import { createPageWindow } from './page-window.ts';
import { isOwnPage } from './page.ts';
import { tellOfPower } from './power-events.ts';
import { startOptions } from './start-options.ts';
import { hasTray, showInTray, trayIconFile } from './tray.ts';
import { Updater } from './updates.ts';
import { whatClosingMeans } from './closing.ts';
import { limitPermissions } from './window.ts';
import { FIRST_WINDOW, windowState } from './window-state.ts';

/** How often a new version is looked for, milliseconds. */
const UPDATE_CHECK_MS = 6 * 60 * 60 * 1_000;

export interface DesktopOptions {
  /** The folder of the bundle. */
  readonly here: string;
  readonly logger: Logger;
  /** Those of the program, without its own name. */
  readonly args: readonly string[];
}

/** The app, put together: one device, and all that this computer shows of it. What each part does is in its own file. */
export class DesktopApp {
  readonly #options: DesktopOptions;
  readonly #device: Device;
  readonly #settings: KeptFile<ChosenSettings>;
  readonly #remembered = new KeptFile(
    dataFolder(),
    'desktop-state.json',
    rememberedShape,
    NOTHING_REMEMBERED,
  );
  readonly #host: HostService;
  readonly #window: AppWindow;
  readonly #notifier: Notifier;
  readonly #updater: Updater;
  readonly #lifecycle: Lifecycle;
  readonly #hasTray = hasTray(process.platform, process.env);
  /** Kept, or the garbage collector takes it from the screen. */
  #tray: Tray | undefined;
  #status: Status;
  readonly #scanner = { isOpen: false };

  /** Opens the device of the data folder, which takes the person's passphrase where there is no keychain. Rejects with a clear error. */
  static async start(options: DesktopOptions): Promise<DesktopApp> {
    const device = await openDevice(options.here, options.logger, startOptions(options.args));
    const updates = await electronUpdates({
      app,
      resources: process.resourcesPath,
      here: options.here,
      platform: process.platform,
      onError: (error) => options.logger.error(error),
    });
    const desktop = new DesktopApp(
      options,
      device,
      updates,
      await device.service.commands.status({}),
    );
    await desktop.#run();
    return desktop;
  }

  private constructor(
    options: DesktopOptions,
    device: Device,
    updates: Awaited<ReturnType<typeof electronUpdates>>,
    status: Status,
  ) {
    this.#options = options;
    this.#device = device;
    this.#status = status;
    this.#settings = new KeptFile(dataFolder(), 'desktop.json', keptSettings, FIRST_SETTINGS);
    const onError = (error: unknown) => options.logger.error(error);
    this.#updater = new Updater({
      source: updates,
      status: () => device.service.commands.status({}),
      onChange: () => this.#host.changed(),
      onReady: (version) => void offerUpdate(this.#updater, version).catch(onError),
      onError,
    });
    this.#host = hostService(device.service, {
      chosen: () => this.#settings.value,
      choose: (settings) => this.#choose(settings),
      hasTray: this.#hasTray,
      updates: () => this.#updater.updates,
      checkForUpdates: () => this.#updater.check(),
      installUpdate: () => this.#updater.install(),
    });
    this.#notifier = new Notifier(
      {
        service: device.service,
        clock: systemClock,
        create: (title, body) => new Notification({ title, body }),
        open: ({ show }) => this.#open(show),
        setBadge: (count) => void app.setBadgeCount(count),
        remember: (staleTold) => this.#remember({ staleTold }),
      },
      firstNotifyState(this.#settings.value, this.#remembered.value.staleTold),
    );
    this.#window = new AppWindow({
      create: (bounds) => createPageWindow(options.here, bounds, this.#host, this.#scanner),
      displays: () => screen.getAllDisplays().map(({ workArea }) => workArea),
      state: new KeptFile(dataFolder(), 'window.json', windowState, FIRST_WINDOW),
      onClose: () => this.#closing(),
      quit: () => app.quit(),
      onFocus: (focused) => this.#notifier.tell({ kind: 'focus', focused }),
      onError,
    });
    this.#lifecycle = closeBeforeQuit({
      app,
      power: powerMonitor,
      signals: process,
      clock: systemClock,
      close: () => this.#close(),
      onError,
    });
  }

  /** Shows the window, with the pairing wizard where there is a link. Nothing is joined before the person says so. */
  openLink(link: string | undefined): void {
    this.#open(link === undefined ? null : { show: 'link', link });
  }

  /** Files of messages, which the page asks for as a browser does; undefined for what is none. */
  answer(request: Request): Promise<Response> | undefined {
    if (!isFilePath(new URL(request.url).pathname)) return undefined;
    return answerFileRequest(this.#device.service.files, request, {
      // Nothing but the page can ask for anything of its scheme.
      mayAdd: true,
      onBug: (error) => this.#options.logger.error(error),
    });
  }

  /** What is to be ended before the device is closed. */
  readonly #ends: (() => void | Promise<void>)[] = [];

  async #run(): Promise<void> {
    const { args, here } = this.#options;
    Menu.setApplicationMenu(Menu.buildFromTemplate(this.#menu()));
    limitPermissions(session.defaultSession, isOwnPage, () => this.#scanner.isOpen);
    keepDownloadsPrivate(session.defaultSession, (error) => this.#options.logger.error(error));
    this.#applySpelling();
    this.#ends.push(await serveCommandLine(this.#device));
    const tray = this.#showTray(join(here, 'icons'));
    this.#ends.push(
      this.#device.service.onEvent((event) => {
        if (event.kind !== 'status') return;
        this.#status = event.status;
        tray(event.status);
      }),
    );
    await this.#notifier.start();
    this.#ends.push(() => this.#notifier.stop());
    tellOfPower(powerMonitor, (event) => {
      if (!this.#lifecycle.isQuitting) this.#device.tell(event);
    });
    this.#ends.push(watchNetwork(systemClock, () => this.#device.tell('network-changed')));
    this.#lookForUpdates();
    app.on('activate', () => this.#window.show());
    if (app.isPackaged && process.platform !== 'linux') app.setAsDefaultProtocolClient('reunion');
    const atLogin =
      process.platform === 'darwin' && app.getLoginItemSettings().wasOpenedAtLogin
        ? this.#settings.value.startHidden
        : false;
    if (!startOptions(args).hidden && !atLogin) this.#window.show();
  }

  #open(show: HostEvent | null): void {
    this.#window.show();
    if (show) this.#host.show(show);
  }

  #closing(): 'hide' | 'quit' | 'close' {
    const { action, tell } = whatClosingMeans({
      isQuitting: this.#lifecycle.isQuitting,
      background: this.#settings.value.background,
      isNew: this.#status.membership === 'new',
      hasTray: this.#hasTray,
      wasTold: this.#remembered.value.toldOfBackground,
    });
    if (tell) {
      new Notification(tell).show();
      this.#remember({ toldOfBackground: true });
    }
    // The camera goes with the window.
    this.#scanner.isOpen = false;
    return action;
  }

  #choose(settings: ChosenSettings): void {
    const before = this.#settings.value;
    this.#settings.set(settings);
    const { startAtLogin: enabled, startHidden: hidden } = settings;
    if (enabled !== before.startAtLogin || hidden !== before.startHidden) {
      const programArgs = app.isPackaged ? [] : [app.getAppPath()];
      const system = { platform: process.platform, environment: process.env, home: homedir() };
      loginItem(app, { ...system, program: process.execPath, programArgs }).set({
        enabled,
        hidden,
      });
    }
    this.#applySpelling();
    this.#notifier.tell({ kind: 'settings', settings });
  }

  #applySpelling(): void {
    session.defaultSession.setSpellCheckerEnabled(this.#settings.value.spellCheck);
  }

  #remember(what: Partial<Remembered>): void {
    try {
      this.#remembered.set({ ...this.#remembered.value, ...what });
    } catch (error) {
      this.#options.logger.error(error);
    }
  }

  #showTray(icons: string): (status: Status) => void {
    const image = (file: string) => nativeImage.createFromPath(join(icons, file));
    this.#tray = new Tray(image(trayIconFile('offline', process.platform)));
    const { commands } = this.#device.service;
    const run = (work: Promise<unknown>) =>
      void work.catch((error: unknown) => this.#options.logger.error(error));
    const show = showInTray(
      { tray: this.#tray, menu: Menu, image, platform: process.platform, clock: systemClock },
      {
        open: () => this.#window.show(),
        syncNow: () => run(commands.syncNow({})),
        pause: (minutes) => run(commands.pauseAll(minutes === undefined ? {} : { minutes })),
        resume: () => run(commands.resumeAll({})),
        quit: () => app.quit(),
      },
    );
    show(this.#status);
    return show;
  }

  #menu(): ReturnType<typeof appMenu> {
    return appMenu(process.platform, this.#updater.updates.state !== 'off', {
      show: (what) => this.#open(what),
      about: () => {
        app.setAboutPanelOptions({ applicationName: 'Reunion', applicationVersion: VERSION });
        app.showAboutPanel();
      },
      checkForUpdates: () => {
        this.#open({ show: 'settings' });
        void this.#updater.check();
      },
    });
  }

  #lookForUpdates(): void {
    void this.#updater.check();
    const timer = setInterval(() => void this.#updater.check(), UPDATE_CHECK_MS);
    this.#ends.push(() => clearInterval(timer));
  }

  async #close(): Promise<void> {
    for (const end of this.#ends.reverse()) await end();
    this.#tray?.destroy();
    await this.#device.close();
  }
}
