import { randomBytes } from 'node:crypto';
import { link, lstat, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Readable } from 'node:stream';

const OWNER_ONLY = 0o600;
/** File systems without hard links. */
const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

/**
 * Writes a file that only this user can read (0600), whatever was there before and whatever the umask: into a new file beside its
 * place, synced, and only then under its name. It follows no link: one that has the name is replaced, and what it leads to
 * stays. Rejects with Node's errors: EEXIST where something has the name and is not to be replaced. Then nothing has changed.
 */
export async function writeNewFile(
  target: string,
  content: Readable,
  { replace }: { readonly replace: boolean },
): Promise<void> {
  const unique = randomBytes(6).toString('hex');
  const draft = join(dirname(target), `.${basename(target).slice(0, 200)}.${unique}.part`);
  // `wx` is O_CREAT | O_EXCL, which follows no link.
  const file = await open(draft, 'wx', OWNER_ONLY);
  try {
    await file.chmod(OWNER_ONLY);
    await file.writeFile(content);
    await file.sync();
    await file.close();
    if (replace) await rename(draft, target);
    else await nameUnlessTaken(draft, target);
  } finally {
    await file.close();
    await rm(draft, { force: true });
  }
}

async function nameUnlessTaken(draft: string, target: string): Promise<void> {
  try {
    await link(draft, target);
  } catch (error) {
    if (!NO_LINKS.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
    if (await exists(target)) {
      throw Object.assign(new Error(`${target} exists`), { code: 'EEXIST', path: target });
    }
    await rename(draft, target);
  }
}

/** Also for a link that leads nowhere. */
export async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
