// `node scripts/sign-updates.mjs SECRET-KEY [FOLDER]`: after `npm run package` on Linux. Signs each file that latest-linux*.yml
// names, with minisign, which asks for the passphrase of the key; and puts the signatures where installed apps look for them.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './setup.mjs';

const [secretKey, folder = join(root, 'release')] = process.argv.slice(2);
if (secretKey === undefined) {
  console.error('usage: node scripts/sign-updates.mjs SECRET-KEY [FOLDER]');
  process.exit(2);
}
const lists = readdirSync(folder).filter((name) => /^latest-linux.*\.yml$/u.test(name));
if (lists.length === 0) {
  console.error(
    `There is no latest-linux.yml in ${folder}: the build was not told where it is published.`,
  );
  process.exit(1);
}
for (const list of lists) sign(join(folder, list));

/** @param {string} path */
function sign(path) {
  const text = readFileSync(path, 'utf8').replace(/^minisign:\n(?: .*\n?)*/mu, '');
  const version = /^version: *['"]?([^'"\n]+)/mu.exec(text)?.[1] ?? '';
  const files = [...text.matchAll(/^ *- url: *['"]?([^'"\n]+)/gmu)].map(([, url = '']) => url);
  const signatures = Object.fromEntries(files.map((file) => [file, signatureOf(version, file)]));
  const lines = Object.entries(signatures).map(
    ([file, signature]) => `  ${JSON.stringify(file)}: ${JSON.stringify(signature)}\n`,
  );
  writeFileSync(path, `${text.trimEnd()}\nminisign:\n${lines.join('')}`);
  console.log(`${path}: ${files.join(', ')}`);
}

/**
 * @param {string} version
 * @param {string} file
 */
function signatureOf(version, file) {
  const path = join(folder, file);
  // As main/desktop/update-signature.ts has it.
  const comment = `reunion version:${version} file:${file}`;
  const args = ['-S', '-H', '-s', secretKey ?? '', '-m', path, '-t', comment];
  const { status, error } = spawnSync('minisign', args, { stdio: 'inherit' });
  if (status !== 0) {
    console.error(error ? `minisign could not be started: ${error.message}` : 'minisign failed');
    process.exit(1);
  }
  return readFileSync(`${path}.minisig`, 'utf8');
}
