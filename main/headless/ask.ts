import { createInterface } from 'node:readline/promises';

/** Asks a person for a yes. Without a terminal to answer from, or once `signal` aborts, nobody has said yes. */
export async function ask(question: string, signal?: AbortSignal): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const given = signal ?? new AbortController().signal;
  // The end of the input is no answer, and would otherwise be waited for for ever.
  const ended = new AbortController();
  terminal.once('close', () => ended.abort());
  try {
    const either = AbortSignal.any([given, ended.signal]);
    const answer = await terminal.question(`${question} [y/N] `, { signal: either });
    return /^y(es)?$/iu.test(answer.trim());
  } catch {
    return false;
  } finally {
    terminal.close();
  }
}
