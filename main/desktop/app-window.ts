import type { BrowserWindow } from 'electron';
import { PAGE_URL } from './page.ts';
import { boundsOn } from './window-state.ts';
import type { Area, Bounds, WindowState } from './window-state.ts';

export type MainWindow = Pick<
  BrowserWindow,
  | 'show'
  | 'hide'
  | 'focus'
  | 'restore'
  | 'isMinimized'
  | 'isMaximized'
  | 'maximize'
  | 'getNormalBounds'
  | 'loadURL'
  | 'on'
  | 'once'
  | 'webContents'
>;

export interface AppWindowParts {
  /** Makes a hidden window that is confined to its page and connected to the device. */
  readonly create: (bounds: Bounds) => MainWindow;
  readonly displays: () => readonly Area[];
  readonly state: { value: WindowState; set(value: WindowState): void };
  /** What closing the window means now. */
  readonly onClose: () => 'hide' | 'quit' | 'close';
  readonly quit: () => void;
  readonly onFocus: (focused: boolean) => void;
  readonly onError: (error: unknown) => void;
}

/** The one window of the app: made when it is first shown, hidden when it is closed to the background. */
export class AppWindow {
  readonly #parts: AppWindowParts;
  #window: MainWindow | undefined;

  constructor(parts: AppWindowParts) {
    this.#parts = parts;
  }

  show(): void {
    const window = this.#window;
    if (!window) {
      this.#open();
      return;
    }
    if (window.isMinimized()) window.restore();
    window.show();
    window.focus();
  }

  #open(): void {
    const { create, displays, state, onFocus, onError } = this.#parts;
    const window = create(boundsOn(displays(), state.value));
    this.#window = window;
    const { webContents } = window;
    if (state.value.maximized) window.maximize();
    webContents.on('dom-ready', () => webContents.setZoomLevel(state.value.zoom));
    webContents.on('zoom-changed', (_event, direction) => {
      webContents.setZoomLevel(webContents.getZoomLevel() + (direction === 'in' ? 0.5 : -0.5));
    });
    // A page that has crashed shows nothing any more; the device goes on meanwhile.
    webContents.on('render-process-gone', (_event, { reason }) => {
      onError(new Error(`the page has ended: ${reason}`));
      if (reason !== 'clean-exit') void window.loadURL(PAGE_URL).catch(onError);
    });
    window.once('ready-to-show', () => window.show());
    window.on('focus', () => onFocus(true));
    window.on('blur', () => onFocus(false));
    window.on('hide', () => onFocus(false));
    window.on('close', (event) => this.#closing(window, event));
    window.on('closed', () => {
      this.#window = undefined;
      onFocus(false);
    });
    window.on('session-end', () => this.#parts.quit());
    void window.loadURL(PAGE_URL).catch(onError);
  }

  #closing(window: MainWindow, event: { preventDefault(): void }): void {
    this.#remember(window);
    const { onClose, quit } = this.#parts;
    switch (onClose()) {
      case 'hide':
        event.preventDefault();
        window.hide();
        break;
      case 'quit':
        quit();
        break;
      case 'close':
        break;
    }
  }

  #remember(window: MainWindow): void {
    const { state, onError } = this.#parts;
    try {
      state.set({
        bounds: window.getNormalBounds(),
        maximized: window.isMaximized(),
        zoom: window.webContents.getZoomLevel(),
      });
    } catch (error) {
      // A full disk does not keep a window from closing.
      onError(error);
    }
  }
}
