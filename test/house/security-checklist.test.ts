import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const text = readFileSync(resolve(root, 'docs/security.md'), 'utf8');
const rows = [...text.matchAll(/^\| (\d+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$/gmu)].map(
  ([, number, what = '', by = '', noticed = '']) => ({ number: Number(number), what, by, noticed }),
);

function filesIn(cell: string): string[] {
  return [...cell.matchAll(/`([\w./-]+\.(?:ts|yml|json|md))`/gu)].map(([, file = '']) => file);
}

describe("Electron's security checklist in docs/security.md", () => {
  it('has all twenty lines of it, in order', () => {
    expect(rows.map(({ number }) => number)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
  });

  it.each(rows)('$number, $what: names files that are there', ({ by, noticed }) => {
    const own = filesIn(by).map((file) =>
      existsSync(resolve(root, file)) ? file : `main/desktop/${file}`,
    );
    const tests = filesIn(noticed).map((file) => `test/${file}`);
    expect(own.length * tests.length).toBeGreaterThan(0);
    for (const file of [...own, ...tests]) expect(existsSync(resolve(root, file)), file).toBe(true);
  });
});
