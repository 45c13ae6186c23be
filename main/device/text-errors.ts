import { ReunionError } from '../api/errors.ts';
import { TEXT_BYTES_MAX, textProblem } from '../conversations/limits.ts';

/** Throws `ReunionError`, empty-text or text-too-long. A text that goes with files may be empty. */
export function checkText(text: string, mayBeEmpty = false): void {
  const problem = textProblem(text);
  if (problem === 'empty-text' && !mayBeEmpty) {
    throw new ReunionError('empty-text', 'An empty text cannot be sent.');
  }
  if (problem === 'text-too-long') throw tooLong();
}

export function tooLong(): ReunionError {
  return new ReunionError(
    'text-too-long',
    `The text is longer than ${TEXT_BYTES_MAX / 1024} KiB and was not sent; split it.`,
  );
}
