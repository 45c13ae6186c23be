import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const text = readFileSync(resolve(root, 'docs/security.md'), 'utf8');
const tests = [
  ...new Set([...text.matchAll(/`([\w/-]+\.test\.ts)`/gu)].map(([, file = '']) => file)),
];
const code = [
  ...new Set(
    [...text.matchAll(/`((?:identity|network|store|api)\/[\w/-]+\.ts)`/gu)].map(
      ([, file = '']) => file,
    ),
  ),
];
const protections = text.slice(text.indexOf('## From whom'), text.indexOf('## Cryptography'));

describe('docs/security.md', () => {
  it.each(tests)('names a test that there is: %s', (file) => {
    const paths = [resolve(root, 'test', file), resolve(root, file)];
    expect(paths.some((path) => existsSync(path))).toBe(true);
  });

  it.each(code.filter((file) => !file.endsWith('.test.ts')))(
    'names code that there is: %s',
    (file) => {
      expect(existsSync(resolve(root, 'main', file))).toBe(true);
    },
  );

  it('names the tests of each of its sections about attackers', () => {
    const sections = protections.split('\n### ').slice(1);
    expect(sections.length).toBeGreaterThan(5);
    for (const section of sections) expect(section, section.slice(0, 40)).toMatch(/\*Tests:\* `/u);
  });
});
