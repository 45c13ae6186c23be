import { EventEmitter } from 'node:events';
import { vi } from 'vitest';

/*
 * A stand-in for the whole of Electron, for the one test that puts the app together without it. It is no Electron: what it
 * shows is that the parts fit each other, not that Electron does what they expect of it.
 */

type Listener = (...args: unknown[]) => void;

/** What a page sends and gets. */
class Contents extends EventEmitter {
  readonly mainFrame = { url: '' };
  readonly sent: unknown[][] = [];
  readonly session = { addWordToSpellCheckerDictionary: () => true };
  readonly setWindowOpenHandler = (handler: unknown) => handler;
  readonly isDestroyed = () => false;
  readonly getZoomLevel = () => 0;
  readonly setZoomLevel = () => undefined;
  readonly send = (...args: unknown[]) => this.sent.push(args);
}

class Window extends EventEmitter {
  static readonly all: Window[] = [];
  readonly webContents = new Contents();
  readonly options: unknown;
  visible = false;

  constructor(options: unknown) {
    super();
    this.options = options;
    Window.all.push(this);
  }

  readonly loadURL = async (url: string) => {
    this.webContents.mainFrame.url = url;
    this.webContents.emit('did-start-loading');
    this.emit('ready-to-show');
  };
  readonly show = () => {
    this.visible = true;
    this.emit('focus');
  };
  readonly hide = () => {
    this.visible = false;
    this.emit('hide');
  };
  readonly focus = () => this.emit('focus');
  readonly restore = () => undefined;
  readonly maximize = () => undefined;
  readonly isMinimized = () => false;
  readonly isMaximized = () => false;
  readonly getNormalBounds = () => ({ x: 0, y: 0, width: 800, height: 600 });
  readonly close = () => {
    const event = { prevented: false, preventDefault: () => void (event.prevented = true) };
    this.emit('close', event);
    if (event.prevented) return;
    this.visible = false;
    this.webContents.emit('destroyed');
    this.emit('closed');
  };
}

class Notification extends EventEmitter {
  static readonly shown: Notification[] = [];
  readonly title: string;

  constructor({ title }: { readonly title: string }) {
    super();
    this.title = title;
  }

  readonly show = () => Notification.shown.push(this);
  readonly close = () => undefined;
}

class Tray extends EventEmitter {
  static last: Tray | undefined;
  menu: { readonly label?: string; readonly click?: () => void }[] = [];
  destroyed = false;

  constructor() {
    super();
    Tray.last = this;
  }

  readonly setImage = () => undefined;
  readonly setToolTip = () => undefined;
  readonly setContextMenu = (menu: { items: Tray['menu'] }) => (this.menu = menu.items);
  readonly destroy = () => (this.destroyed = true);
}

/** `userData`: the folder of the app's data. */
export function createStandIn(userData: string) {
  Window.all.length = 0;
  Notification.shown.length = 0;
  Tray.last = undefined;
  const ended = Promise.withResolvers<undefined>();
  const app = Object.assign(new EventEmitter(), {
    isPackaged: false,
    exits: [] as number[],
    /** The switches that it was started with. */
    switches: new Set<string>(),
    switchValues: new Map<string, string>(),
    commandLine: {
      hasSwitch: (name: string): boolean => app.switches.has(name),
      getSwitchValue: (name: string): string => app.switchValues.get(name) ?? '',
    },
    getPath: () => userData,
    getAppPath: () => '/app',
    getLoginItemSettings: () => ({ wasOpenedAtLogin: false }),
    setBadgeCount: () => true,
    setAboutPanelOptions: () => undefined,
    showAboutPanel: () => undefined,
    setLoginItemSettings: () => undefined,
    relaunches: 0,
    relaunch: () => void (app.relaunches += 1),
    exit: (code: number) => void app.exits.push(code),
    quit: () => {
      const event = { prevented: false, preventDefault: () => void (event.prevented = true) };
      app.emit('before-quit', event);
      if (!event.prevented) ended.resolve(undefined);
    },
  });
  const powerMonitor = Object.assign(new EventEmitter(), { isOnBatteryPower: () => false });
  const ipcMain = Object.assign(new EventEmitter(), {
    handle: () => undefined,
    removeHandler: () => undefined,
  });
  const opened: string[] = [];
  const electron = {
    app,
    powerMonitor,
    ipcMain,
    BrowserWindow: Window,
    Notification,
    Tray,
    Menu: {
      setApplicationMenu: () => undefined,
      buildFromTemplate: (items: unknown[]) => ({ items, popup: () => undefined }),
    },
    clipboard: { writeText: () => undefined },
    dialog: { showErrorBox: () => undefined, showMessageBox: async () => ({ response: 1 }) },
    nativeImage: {
      createFromPath: (path: string) => ({ path, setTemplateImage: () => undefined }),
    },
    // A Linux desktop without a keychain.
    safeStorage: {
      isAsyncEncryptionAvailable: async () => true,
      getSelectedStorageBackend: () => 'basic_text',
    },
    screen: { getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }] },
    session: {
      defaultSession: {
        setPermissionRequestHandler: vi.fn<Listener>(),
        setPermissionCheckHandler: vi.fn<Listener>(),
        setDevicePermissionHandler: vi.fn<Listener>(),
        setSpellCheckerEnabled: vi.fn<Listener>(),
        on: vi.fn<Listener>(),
      },
    },
    shell: { openExternal: async (url: string) => void opened.push(url) },
  };
  return { electron, app, powerMonitor, ipcMain, ended: ended.promise, Window, Notification, Tray };
}
