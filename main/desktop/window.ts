import type { BrowserWindow, BrowserWindowConstructorOptions, Shell } from 'electron';
import { isOwnPage } from './page.ts';

/** The page sees nothing but what the preload script hands it. */
export function windowOptions(preload: string): BrowserWindowConstructorOptions {
  return {
    width: 1100,
    height: 720,
    minWidth: 640,
    minHeight: 480,
    show: false,
    title: 'Reunion',
    webPreferences: { preload, sandbox: true, contextIsolation: true, nodeIntegration: false },
  };
}

/** Keeps the window on its own page; links open in the person's browser, and only over https. */
export function confine(window: BrowserWindow, shell: Pick<Shell, 'openExternal'>): void {
  const { webContents } = window;
  webContents.setWindowOpenHandler(({ url }) => {
    if (url.startsWith('https://')) void shell.openExternal(url);
    return { action: 'deny' };
  });
  webContents.on('will-navigate', (event) => {
    if (!isOwnPage(event.url)) event.preventDefault();
  });
  webContents.on('will-attach-webview', (event) => event.preventDefault());
  webContents.session.setPermissionRequestHandler((_contents, permission, decide) => {
    // Copying a link is all that the page ever asks for.
    decide(permission === 'clipboard-sanitized-write');
  });
}
