import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { node, root } from './setup.mjs';

const folder = join(root, 'node_modules', 'electron');

/**
 * The path of the Electron binary, which is downloaded at the first call; undefined where it cannot be had.
 * @returns {string | undefined}
 */
export function electronBinary() {
  return installed() ?? (download() ? installed() : undefined);
}

/** @returns {string | undefined} */
export function installed() {
  const pathFile = join(folder, 'path.txt');
  if (!existsSync(pathFile)) return undefined;
  const binary = join(folder, 'dist', readFileSync(pathFile, 'utf8'));
  return existsSync(binary) ? binary : undefined;
}

function download() {
  console.error('Downloading the Electron binary …');
  // What went wrong is told by the caller in one line.
  const { status } = spawnSync(node, [join(folder, 'install.js')], { stdio: 'ignore' });
  return status === 0;
}
