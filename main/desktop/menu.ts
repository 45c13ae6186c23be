import type { MenuItemConstructorOptions } from 'electron';
import type { HostEvent } from '../api/types.ts';

export interface MenuActions {
  /** Opens the window and lets the page show it. */
  show(what: HostEvent): void;
  about(): void;
  checkForUpdates(): void;
}

type Item = MenuItemConstructorOptions;

/** The menu of the app, with the shortcuts that people know from other apps of the platform. */
export function appMenu(
  platform: NodeJS.Platform,
  updates: boolean,
  actions: MenuActions,
): MenuItemConstructorOptions[] {
  const isMac = platform === 'darwin';
  const separator: Item = { type: 'separator' };
  const settings: Item = {
    label: isMac ? 'Settings…' : 'Settings',
    accelerator: 'CmdOrCtrl+,',
    click: () => actions.show({ show: 'settings' }),
  };
  const update: Item[] = updates
    ? [{ label: 'Check for updates…', click: () => actions.checkForUpdates() }]
    : [];
  const about: Item = { label: 'About Reunion', click: () => actions.about() };
  const app: Item = {
    label: 'Reunion',
    submenu: [
      about,
      ...update,
      separator,
      settings,
      separator,
      { role: 'services' },
      separator,
      { role: 'hide' },
      { role: 'hideOthers' },
      { role: 'unhide' },
      separator,
      { role: 'quit' },
    ],
  };
  const file: Item = {
    label: '&File',
    submenu: [
      {
        label: 'New conversation',
        accelerator: 'CmdOrCtrl+N',
        click: () => actions.show({ show: 'new-conversation' }),
      },
      separator,
      ...(isMac ? [] : [settings, separator]),
      { role: 'close', label: 'Close window' },
      ...(isMac ? [] : [{ role: 'quit' } as const]),
    ],
  };
  const edit: Item = {
    label: '&Edit',
    submenu: [
      { role: 'undo' },
      { role: 'redo' },
      separator,
      { role: 'cut' },
      { role: 'copy' },
      { role: 'paste' },
      { role: 'pasteAndMatchStyle' },
      { role: 'selectAll' },
      separator,
      {
        label: 'Find',
        accelerator: 'CmdOrCtrl+F',
        click: () => actions.show({ show: 'search' }),
      },
    ],
  };
  const view: Item = {
    label: '&View',
    submenu: [
      {
        label: 'Devices',
        accelerator: 'CmdOrCtrl+D',
        click: () => actions.show({ show: 'devices' }),
      },
      separator,
      { role: 'resetZoom' },
      { role: 'zoomIn' },
      { role: 'zoomOut' },
      separator,
      { role: 'togglefullscreen' },
    ],
  };
  const help: Item = {
    role: 'help',
    submenu: [
      {
        label: 'Keyboard shortcuts',
        accelerator: 'CmdOrCtrl+/',
        click: () => actions.show({ show: 'shortcuts' }),
      },
      ...(isMac ? [] : [separator, ...update, about]),
    ],
  };
  return isMac ? [app, file, edit, view, { role: 'windowMenu' }, help] : [file, edit, view, help];
}
