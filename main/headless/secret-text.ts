import { readFileSync } from 'node:fs';
import { askFor } from './ask.ts';
import { EXIT, ExpectedFailure } from './failures.ts';

/** Stands for standard input, where a text or the name of a file is wanted. */
const STANDARD_INPUT = '-';
const STANDARD_INPUT_DESCRIPTOR = 0;

/**
 * A secret that is short: from standard input where `-` was given, from a person where nothing was. One that was given as an
 * argument is taken, with a word on who has seen it. Throws `ExpectedFailure` where there is none.
 */
export async function secretText(argument: string | undefined, question: string): Promise<string> {
  if (argument !== undefined && argument !== STANDARD_INPUT) {
    console.error(
      'Every user of this computer can see the arguments of a program. Leave it out to be asked, or give it to standard input with -.',
    );
    return argument;
  }
  if (argument === undefined && !process.stdin.isTTY) {
    throw new ExpectedFailure(
      'There is no terminal to ask in; give it to standard input with -.',
      EXIT.usage,
    );
  }
  const text = argument === undefined ? await askFor(question) : secretFile(argument).trim();
  if (text === '') throw new ExpectedFailure('Nothing was given.');
  return text;
}

let standardInput: string | undefined;

/** What a file holds, or standard input where its name is `-`, which can be asked for again. Throws Node's errors. */
export function secretFile(path: string): string {
  if (path !== STANDARD_INPUT) return readFileSync(path, 'utf8');
  return (standardInput ??= readFileSync(STANDARD_INPUT_DESCRIPTOR, 'utf8'));
}
