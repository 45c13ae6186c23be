import { readFileSync } from 'node:fs';
import { parsePeerId } from '../helpers/peer-id.ts';
import { ExpectedFailure } from './failures.ts';

/**
 * The PeerIds in a file: one a line, what follows a # and empty lines left out. Throws `ExpectedFailure` that names the line
 * which holds none (a list that silently lost one would lock a device out), or the file where there is none.
 */
export function readAllowFile(path: string): string[] {
  return contentsOf(path)
    .split('\n')
    .map((line) => line.replace(/#.*/u, '').trim())
    .flatMap((text, index) => {
      if (text === '') return [];
      const peer = parsePeerId(text);
      if (peer) return [peer];
      throw new ExpectedFailure(`${path}, line ${index + 1}: ${text} is not the id of a device.`);
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
