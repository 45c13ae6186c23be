import type { BrowserWindow, BrowserWindowConstructorOptions, Session, Shell } from 'electron';
import { externalLink } from './links.ts';
import type { Bounds } from './window-state.ts';
import { debugLog } from '../log/debug-log.ts';

const ignored = debugLog('desktop:window');

/** The page sees nothing but what the preload script hands it. */
const confined = {
  sandbox: true,
  contextIsolation: true,
  nodeIntegration: false,
  webviewTag: false,
  // A window that is hidden or minimized costs nothing: no timers, no drawing.
  backgroundThrottling: true,
} as const;

export function windowOptions(preload: string, bounds: Bounds): BrowserWindowConstructorOptions {
  return {
    ...bounds,
    minWidth: 480,
    minHeight: 400,
    show: false,
    title: 'Reunion',
    webPreferences: { preload, ...confined, spellcheck: true },
  };
}

export function passphraseWindowOptions(preload: string): BrowserWindowConstructorOptions {
  return {
    width: 460,
    height: 340,
    resizable: false,
    maximizable: false,
    fullscreenable: false,
    show: false,
    title: 'Reunion',
    webPreferences: { preload, ...confined, spellcheck: false },
  };
}

/** Opens what `externalLink` has vetted. That there is no program for it is told by the system. */
export function openOutside(shell: Pick<Shell, 'openExternal'>, link: string): void {
  void shell.openExternal(link).catch(ignored);
}

/** Keeps a window on its own page; vetted links open outside. */
export function confine(
  { webContents }: Pick<BrowserWindow, 'webContents'>,
  isOwnPage: (url: string) => boolean,
  shell: Pick<Shell, 'openExternal'>,
): void {
  webContents.setWindowOpenHandler(({ url }) => {
    const link = externalLink(url);
    if (link !== undefined) openOutside(shell, link);
    return { action: 'deny' };
  });
  // Also what is dropped on the window beside where files are taken.
  webContents.on('will-navigate', (event) => {
    if (!isOwnPage(event.url)) event.preventDefault();
  });
  webContents.on('will-redirect', (event) => {
    if (!isOwnPage(event.url)) event.preventDefault();
  });
  webContents.on('will-attach-webview', (event) => event.preventDefault());
}

/** The permissions that a page of this session has: to write to the clipboard, and the camera while `scans` says so. */
export function limitPermissions(
  session: Pick<
    Session,
    'setPermissionRequestHandler' | 'setPermissionCheckHandler' | 'setDevicePermissionHandler'
  >,
  isOwnPage: (url: string) => boolean,
  scans: () => boolean,
): void {
  session.setPermissionRequestHandler((_contents, permission, decide, details) => {
    const { isMainFrame, requestingUrl } = details;
    if (!isMainFrame || !isOwnPage(requestingUrl)) decide(false);
    else if (permission === 'media') {
      const types = 'mediaTypes' in details ? (details.mediaTypes ?? []) : [];
      // The picture alone: nothing in Reunion listens.
      decide(scans() && types.length > 0 && types.every((type) => type === 'video'));
    } else decide(permission === 'clipboard-sanitized-write');
  });
  session.setPermissionCheckHandler((_contents, permission, requestingOrigin, details) => {
    if (!isOwnPage(`${requestingOrigin.replace(/\/$/u, '')}/`)) return false;
    if (permission === 'media') return scans() && details.mediaType === 'video';
    return permission === 'clipboard-sanitized-write';
  });
  // USB, serial ports and the like.
  session.setDevicePermissionHandler(() => false);
}
