import { dialog } from 'electron';
import type { Updater } from './updates.ts';

/** Asks whether to restart into the version that is here. */
export async function offerUpdate(updater: Updater, version: string): Promise<void> {
  const { response } = await dialog.showMessageBox({
    message: `Reunion ${version} is here`,
    detail: 'Restart Reunion to use it, now or at any time from its settings.',
    buttons: ['Restart now', 'Later'],
    defaultId: 1,
    cancelId: 1,
  });
  if (response !== 0) return;
  await updater.install().catch((error: unknown) => {
    dialog.showErrorBox('Not now', (error as Error).message);
  });
}
