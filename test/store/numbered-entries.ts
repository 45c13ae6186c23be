import type { WrittenEntry } from '../../main/conversations/types.ts';
import { bodyOf } from '../bench/bodies.ts';
import { entry } from './samples.ts';

/** Entries as people write them, each with a word of its own: `number17`. */
export function numberedEntries(first: number, count: number): WrittenEntry[] {
  return Array.from({ length: count }, (_, at) => {
    const number = first + at;
    return entry(number, `${bodyOf(number, 'words')} number${number}`);
  });
}
