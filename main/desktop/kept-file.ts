import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import { writeWhole } from '../identity/whole-file.ts';
import { debugLog } from '../log/debug-log.ts';

const ignored = debugLog('desktop:kept-file');

/** A small JSON file of the data folder. One that is missing or damaged counts as `fallback`: it holds nothing that matters. */
export class KeptFile<T> {
  readonly #path: string;
  #value: T;

  constructor(folder: string, name: string, shape: z.ZodType<T>, fallback: T) {
    this.#path = join(folder, name);
    this.#value = read(this.#path, shape) ?? fallback;
  }

  get value(): T {
    return this.#value;
  }

  /** Throws Node's errors; the value counts for this run all the same. */
  set(value: T): void {
    this.#value = value;
    writeWhole(this.#path, JSON.stringify(value), 'replace');
  }
}

function read<T>(path: string, shape: z.ZodType<T>): T | undefined {
  try {
    return shape.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    ignored(error);
    return undefined;
  }
}
