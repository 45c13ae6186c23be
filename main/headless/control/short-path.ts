import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

/** `sun_path` of unix(7) and of macOS, without the zero byte at its end: a longer path would be refused, or cut. */
export const SOCKET_PATH_BYTES_MAX = process.platform === 'darwin' ? 103 : 107;

const PREFIX = 'reunion-socket-';
const LINK = 'd';

/**
 * Hands `use` a path that a socket can have: the one given or, where that is too long, one that leads there through a link in a
 * new folder for this user alone, which is gone once `use` has settled. Whatever `use` binds stays where `path` says.
 */
export async function withShortPath<T>(
  path: string,
  use: (path: string) => Promise<T>,
): Promise<T> {
  if (process.platform === 'win32' || Buffer.byteLength(path) <= SOCKET_PATH_BYTES_MAX) {
    return use(path);
  }
  const folder = mkdtempSync(join(shortBase(basename(path)), PREFIX));
  try {
    symlinkSync(dirname(path), join(folder, LINK));
    return await use(join(folder, LINK, basename(path)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The folder for temporary files, unless its own path is long. */
function shortBase(name: string): string {
  const random = 6;
  const added = `/${PREFIX}/${LINK}/${name}`.length + random;
  const base = tmpdir();
  return Buffer.byteLength(base) + added <= SOCKET_PATH_BYTES_MAX ? base : '/tmp';
}
