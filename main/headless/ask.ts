import { createInterface } from 'node:readline/promises';
import { debugLog } from '../log/debug-log.ts';

const ignored = debugLog('headless:ask');

/** Asks a person for a yes. Without a terminal to answer from, or once `signal` aborts, nobody has said yes. */
export async function ask(question: string, signal?: AbortSignal): Promise<boolean> {
  return /^y(es)?$/iu.test(await askFor(`${question} [y/N]`, signal));
}

/** Asks a person for a line of text. Empty without a terminal to answer from, and once `signal` aborts. */
export async function askFor(question: string, signal?: AbortSignal): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const given = signal ?? new AbortController().signal;
  // The end of the input is no answer, and would otherwise be waited for for ever.
  const ended = new AbortController();
  terminal.once('close', () => ended.abort());
  try {
    const either = AbortSignal.any([given, ended.signal]);
    return (await terminal.question(`${question} `, { signal: either })).trim();
  } catch (error) {
    ignored(error);
    return '';
  } finally {
    terminal.close();
  }
}
