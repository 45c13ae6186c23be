import { readFileSync } from 'node:fs';
import { ExpectedFailure } from './failures.ts';

/**
 * The items in a file: one a line, what follows a # and empty lines left out. Throws `ExpectedFailure` that names the line which
 * holds none (a list that silently lost one would lock somebody out), or the file where there is none. `description` completes "is
 * not …".
 */
export function readListFile<T>(
  path: string,
  parse: (text: string) => T | undefined,
  description: string,
): T[] {
  return contentsOf(path)
    .split('\n')
    .map((line) => line.replace(/#.*/u, '').trim())
    .flatMap((text, index) => {
      if (text === '') return [];
      const item = parse(text);
      if (item !== undefined) return [item];
      throw new ExpectedFailure(`${path}, line ${index + 1}: ${text} is not ${description}.`);
    });
}

function contentsOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new ExpectedFailure(`There is no file ${path}.`);
  }
}
