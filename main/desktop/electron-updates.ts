import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { App } from 'electron';
import type { UpdateDownloadedEvent } from 'electron-updater';
import { signedSource } from './signed-source.ts';
import type { FetchedUpdate } from './signed-source.ts';
import { parsePublisherKey } from './update-signature.ts';
import type { UpdateSource } from './updates.ts';

/** In the bundle, where whoever publishes the build has put it: the public key of minisign. See docs/releasing.md. */
const PUBLISHER_KEY_FILE = 'publisher.pub';

export interface ElectronUpdatesOptions {
  readonly app: Pick<App, 'isPackaged'>;
  readonly resources: string;
  /** The folder of the bundle. */
  readonly here: string;
  readonly platform: NodeJS.Platform;
  readonly onError: (error: unknown) => void;
}

/**
 * electron-updater as a source of updates; undefined unless the app was packaged with a place to publish to, which leaves this
 * file in its resources. The system's own signature is checked on Windows and macOS. Linux has none: there an update
 * needs the signature of the key in the build, and without such a key nothing is ever looked for.
 */
export async function electronUpdates({
  app,
  resources,
  here,
  platform,
  onError,
}: ElectronUpdatesOptions): Promise<UpdateSource | undefined> {
  if (!app.isPackaged || !existsSync(join(resources, 'app-update.yml'))) return undefined;
  const keyFile = join(here, PUBLISHER_KEY_FILE);
  const publisher = existsSync(keyFile)
    ? parsePublisherKey(readFileSync(keyFile, 'utf8'))
    : undefined;
  if (platform === 'linux' && !publisher) return undefined;
  const { autoUpdater } = (await import('electron-updater')).default;
  autoUpdater.autoDownload = true;
  // Nothing is installed behind a person's back, nor by quitting.
  autoUpdater.autoInstallOnAppQuit = false;
  autoUpdater.allowDowngrade = false;
  autoUpdater.logger = null;
  const source: Pick<UpdateSource, 'check' | 'install' | 'onEvent'> = {
    check: () => autoUpdater.checkForUpdates(),
    install: () => autoUpdater.quitAndInstall(),
    onEvent(listener) {
      autoUpdater.on('update-available', ({ version }) => listener({ kind: 'found', version }));
      autoUpdater.on('update-not-available', () => listener({ kind: 'none' }));
      autoUpdater.on('error', (error) => listener({ kind: 'failed', error }));
    },
  };
  const onFetched = (listener: (update: FetchedUpdate) => void): void =>
    void autoUpdater.on('update-downloaded', (event) => listener(fetchedUpdate(event)));
  if (platform === 'linux' && publisher) {
    return signedSource({ ...source, onFetched }, publisher, onError);
  }
  return {
    ...source,
    onEvent(listener) {
      source.onEvent(listener);
      onFetched(({ version }) => listener({ kind: 'fetched', version }));
    },
  };
}

/** Fields of latest-linux.yml that electron-updater does not know come with those it knows. */
function fetchedUpdate(event: UpdateDownloadedEvent): FetchedUpdate {
  const { minisign } = event as UpdateDownloadedEvent & { readonly minisign?: unknown };
  return { version: event.version, path: event.downloadedFile, signatures: minisign };
}
