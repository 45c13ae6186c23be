import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { App } from 'electron';
import type { UpdateSource } from './updates.ts';

/**
 * electron-updater as a source of updates; undefined unless the app was packaged with a place to publish to, which leaves this
 * file in its resources. It checks the signature of what it fetches on Windows and macOS, and its SHA-512 everywhere.
 */
export async function electronUpdates(
  app: Pick<App, 'isPackaged'>,
  resources: string,
): Promise<UpdateSource | undefined> {
  if (!app.isPackaged || !existsSync(join(resources, 'app-update.yml'))) return undefined;
  const { autoUpdater } = (await import('electron-updater')).default;
  autoUpdater.autoDownload = true;
  // Nothing is installed behind a person's back, nor by quitting.
  autoUpdater.autoInstallOnAppQuit = false;
  autoUpdater.allowDowngrade = false;
  autoUpdater.logger = null;
  return {
    check: () => autoUpdater.checkForUpdates(),
    install: () => autoUpdater.quitAndInstall(),
    onEvent(listener) {
      autoUpdater.on('update-available', ({ version }) => listener({ kind: 'found', version }));
      autoUpdater.on('update-not-available', () => listener({ kind: 'none' }));
      autoUpdater.on('update-downloaded', ({ version }) => listener({ kind: 'fetched', version }));
      autoUpdater.on('error', (error) => listener({ kind: 'failed', error }));
    },
  };
}
