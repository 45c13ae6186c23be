import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { nodeEnvironment, nodeFlags } from '../../scripts/launch.mjs';

const root = resolve(import.meta.dirname, '../..');
const program = resolve(root, 'dist/reunion.mjs');

it('an installed `reunion` is started as `npm start` starts it', () => {
  const environment = Object.entries(nodeEnvironment).map(([name, value]) => `${name}=${value}`);
  const line = ['#!/usr/bin/env -S', ...environment, 'node', ...nodeFlags].join(' ');
  expect(readFileSync(resolve(root, 'main/headless/cli.ts'), 'utf8').split('\n')[0]).toBe(line);
});

it.skipIf(process.platform === 'win32' || !existsSync(program))('and runs by its own name', () => {
  expect(execFileSync(program, ['--help'], { encoding: 'utf8' })).toContain('Usage: reunion');
});
