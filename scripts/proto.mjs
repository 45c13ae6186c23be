// Generates main/proto/ from proto/ with protons. With --check it only says whether what is there is current.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { node, root, tool } from './setup.mjs';

const check = process.argv.includes('--check');
const target = join(root, 'main', 'proto');
const output = check ? mkdtempSync(join(tmpdir(), 'reunion-proto-')) : target;

// The generator's output is not written for exactOptionalPropertyTypes; its users are checked all the same.
const header = '// Generated from proto/ by `npm run proto`. Do not edit.\n// @ts-nocheck\n';

// It asks for bytes in an ArrayBuffer of their own, though it encodes any: callers would have to copy.
const narrow = 'Uint8Array<ArrayBuffer>';
const wide = 'Uint8Array';

// See main/helpers/varint64.ts.
const varints = /\bw\.u?int64\((obj\.\w+)\)/g;
const varintImport = "import { writeVarint64 } from '../helpers/varint64.ts';\n";

/** @param {string} source */
function amended(source) {
  const fixed = source.replaceAll(narrow, wide).replaceAll(varints, 'writeVarint64(w, $1)');
  return header + (fixed.includes('writeVarint64') ? varintImport : '') + fixed;
}

const files = readdirSync(join(root, 'proto')).filter((name) => name.endsWith('.proto'));
const { status } = spawnSync(
  node,
  [
    tool('protons', 'dist/bin/protons.js'),
    ...files.map((name) => join(root, 'proto', name)),
    '--output',
    output,
  ],
  { stdio: 'inherit' },
);
if (status !== 0) process.exit(status ?? 1);

const stale = [];
for (const name of files.map((file) => file.replace(/\.proto$/, '.ts'))) {
  const generated = amended(readFileSync(join(output, name), 'utf8'));
  if (!check) writeFileSync(join(target, name), generated);
  else if (generated !== readFileSync(join(target, name), 'utf8')) stale.push(name);
}
if (check) rmSync(output, { recursive: true });
if (stale.length > 0) {
  console.error(
    `Not generated from the current proto/: main/proto/${stale.join(', main/proto/')}. Run \`npm run proto\`.`,
  );
  process.exit(1);
}
