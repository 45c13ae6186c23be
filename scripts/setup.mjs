// What every command of this project does first: plain JavaScript without dependencies, for Node 20 and newer.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const marker = join(root, 'node_modules', '.reunion-installed');

/** The Node that runs the project: the one that npm installed with it, as the system's may be too old for libp2p. */
export const node = join(
  root,
  'node_modules',
  'node',
  'bin',
  process.platform === 'win32' ? 'node.exe' : 'node',
);

const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';

/** Installs dependencies if the lock file has changed since they were installed. Ends the process if that fails. */
export function install() {
  const wanted = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  if (existsSync(marker) && existsSync(node) && readFileSync(marker, 'utf8') === wanted) return;
  console.error('Installing dependencies (npm ci) …');
  run(npm, ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    shell: process.platform === 'win32',
    // What npm prints belongs to the set-up, not to the output of the command that asked for it.
    stdio: ['ignore', 2, 2],
  });
  writeFileSync(marker, wanted);
}

/**
 * Runs a command to its end and ends this process with its exit code if it failed.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnSyncOptions} [options]
 */
export function run(command, args, options = {}) {
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    env: environment(),
    ...options,
  });
  if (error) console.error(`${command} could not be started: ${error.message}`);
  if (status !== 0) process.exit(status ?? 1);
}

/** The environment with the project's own Node and tools first on the PATH. */
export function environment() {
  const bin = [dirname(node), join(root, 'node_modules', '.bin')];
  const separator = process.platform === 'win32' ? ';' : ':';
  return { ...process.env, PATH: [...bin, process.env['PATH'] ?? ''].join(separator) };
}

/**
 * The start file of an installed tool, to be run with `node`: no shell, the same on every system.
 * @param {string} name package name
 * @param {string} file path inside the package
 */
export function tool(name, file) {
  return join(root, 'node_modules', name, file);
}
