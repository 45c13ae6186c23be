import { join } from 'node:path';
import { BrowserWindow, clipboard, ipcMain, Menu, shell } from 'electron';
import { z } from 'zod';
import { serveApi } from '../api/server.ts';
import type { DeviceService } from '../api/server.ts';
import { SCANNER_CHANNEL } from './channels.ts';
import { offerContextMenu } from './context-menu.ts';
import { onCall, windowChannel } from './ipc.ts';
import { isOwnPage } from './page.ts';
import { confine, openOutside, windowOptions } from './window.ts';
import type { Bounds } from './window-state.ts';

/** A hidden window that is confined to the page and connected to the device. `here` is the folder of the bundle. */
export function createPageWindow(
  here: string,
  bounds: Bounds,
  service: DeviceService,
  scanner: { isOpen: boolean },
): BrowserWindow {
  const window = new BrowserWindow(windowOptions(join(here, 'preload.cjs'), bounds));
  const { webContents } = window;
  confine(window, isOwnPage, shell);
  offerContextMenu(webContents, Menu, {
    copy: (text) => void clipboard.writeText(text),
    open: (link) => openOutside(shell, link),
  });
  serveApi(service, windowChannel(ipcMain, webContents, isOwnPage));
  onCall(ipcMain, webContents, isOwnPage, SCANNER_CHANNEL, z.boolean(), (isOpen) => {
    scanner.isOpen = isOpen;
  });
  // The page that had it open is gone.
  webContents.on('did-start-loading', () => (scanner.isOpen = false));
  return window;
}
