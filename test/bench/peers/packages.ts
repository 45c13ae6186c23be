import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

/** Exact, so that figures can be compared. Newer releases of hypercore want a storage package that is not published. */
const PACKAGES = {
  express: '4.21.2',
  'express-pouchdb': '4.2.0',
  hypercore: '11.30.0',
  leveldown: '6.1.1',
  pouchdb: '9.0.0',
};

/** Installs the other systems into a folder of their own, once, and returns it: they are no part of the app. */
export function installedPackages(): string {
  const folder = join(cacheFolder(), 'reunion-bench-peers');
  const wanted = `${JSON.stringify({ private: true, dependencies: PACKAGES }, null, 2)}\n`;
  const marker = join(folder, 'installed.json');
  if (existsSync(marker) && readFileSync(marker, 'utf8') === wanted) return folder;
  process.stderr.write(`Installing the other systems into ${folder} …\n`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), wanted);
  // Their native parts come built; none needs a script to run.
  const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  execFileSync(npm, ['install', ...options], {
    cwd: folder,
    shell: process.platform === 'win32',
    stdio: ['ignore', 2, 2],
  });
  writeFileSync(marker, wanted);
  return folder;
}

function cacheFolder(): string {
  const { XDG_CACHE_HOME } = process.env;
  if (XDG_CACHE_HOME !== undefined && XDG_CACHE_HOME !== '') return XDG_CACHE_HOME;
  return existsSync(homedir()) ? join(homedir(), '.cache') : tmpdir();
}
