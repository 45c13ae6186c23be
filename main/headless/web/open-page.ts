import { randomBytes } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import openInBrowser from 'open';
import { controlFolder } from '../control/control-folder.ts';
import { debugLog } from '../../log/debug-log.ts';

const ignored = debugLog('headless:web:open-page');

/**
 * Opens a link in the person's browser by a file for this user alone that leads there: every user of the computer can read the
 * arguments of a program, and so they hold the name of that file, and not the link. Returns what deletes the file, which is of
 * no use once the link was opened or has expired. Where there is no browser nothing happens.
 */
export async function openInBrowserByFile(dataFolder: string, link: string): Promise<() => void> {
  const name = `open-${randomBytes(8).toString('hex')}.html`;
  const file = join(controlFolder(dataFolder), name);
  writeFileSync(file, redirectTo(link), { mode: 0o600, flag: 'wx' });
  const browser = await openInBrowser(pathToFileURL(file).href).catch(ignored);
  browser?.on('error', () => undefined);
  return () => rmSync(file, { force: true });
}

/** The link holds no character that HTML would take for something else. */
function redirectTo(link: string): string {
  return `<!doctype html>
<meta charset="utf-8">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta http-equiv="refresh" content="0; url=${link}">
<title>Reunion</title>
<p><a href="${link}">Open Reunion</a></p>
`;
}
