import { chmodSync } from 'node:fs';
import type { Session } from 'electron';

const OWNER_ONLY = 0o600;

/** What is saved from the page, be it a file, an export or a backup, is for this user alone, whatever the umask. */
export function keepDownloadsPrivate(
  session: Pick<Session, 'on'>,
  onError: (error: unknown) => void,
): void {
  session.on('will-download', (_event, item) => {
    item.once('done', (_done, state) => {
      if (state !== 'completed') return;
      try {
        chmodSync(item.getSavePath(), OWNER_ONLY);
      } catch (error) {
        // A file system without modes, or a file that was moved meanwhile.
        onError(error);
      }
    });
  });
}
