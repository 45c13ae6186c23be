import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { expect, it, onTestFinished } from 'vitest';

/** As long as a program may take to end by itself once it has stopped what it started, milliseconds. */
const END_MS = 10_000;

it('a program that has stopped its orchestrators ends by itself', { timeout: 60_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'reunion-example-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const outfile = join(folder, 'example.mjs');
  const entry = join(import.meta.dirname, 'example.ts');
  await build({
    stdin: {
      contents: `import { outcome } from ${JSON.stringify(entry)}; console.log(outcome.join());`,
      resolveDir: import.meta.dirname,
    },
    ...{ outfile, bundle: true, platform: 'node', format: 'esm', target: 'node22' },
  });
  const program = spawn(process.execPath, [outfile], {
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: END_MS,
  });
  let printed = '';
  program.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
  const [code, signal] = (await once(program, 'close')) as [number | null, string | null];
  expect({ code, signal, printed }).toEqual({
    code: 0,
    signal: null,
    printed: 'hello from the desk\n',
  });
});
