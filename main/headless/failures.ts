import { CommandError } from '../api/client.ts';
import { ReunionError } from '../api/errors.ts';
import { KeyFileError } from '../identity/keys.ts';
import { ListenError } from '../network/listen.ts';
import { StoreError } from '../store/index.ts';

/** Exit codes of `reunion`. */
export const EXIT = { failure: 1, usage: 2, notRunning: 3 } as const;

/** A failure that the person can do something about, told in one sentence. */
export class ExpectedFailure extends Error {
  override readonly name = 'ExpectedFailure';
  readonly exitCode: number;

  constructor(message: string, exitCode: number = EXIT.failure) {
    super(message);
    this.exitCode = exitCode;
  }
}

const SYSTEM_ERRORS: Readonly<Record<string, string>> = {
  EACCES: 'permission was denied',
  EPERM: 'permission was denied',
  EROFS: 'the disk is read-only',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'it is not a folder',
  EEXIST: 'it is not a folder',
  EADDRINUSE: 'the address is in use by another program',
  EADDRNOTAVAIL: 'this computer has no such address',
};

/** What to tell of an error, and the exit code. Anything unexpected is told as the bug that it is. */
export function explain(error: unknown): { readonly message: string; readonly exitCode: number } {
  if (error instanceof ExpectedFailure) return { message: error.message, exitCode: error.exitCode };
  if (
    error instanceof CommandError ||
    error instanceof ReunionError ||
    error instanceof KeyFileError ||
    error instanceof ListenError ||
    error instanceof StoreError
  ) {
    return { message: error.message, exitCode: EXIT.failure };
  }
  const { code, path } = error as NodeJS.ErrnoException;
  const told = code === undefined ? undefined : SYSTEM_ERRORS[code];
  if (told !== undefined) {
    const what = path === undefined ? 'It did not work' : `${path} cannot be used`;
    return { message: `${what}: ${told}.`, exitCode: EXIT.failure };
  }
  const detail = error instanceof Error ? error.message : String(error);
  return { message: `An unexpected error (a bug in Reunion): ${detail}`, exitCode: EXIT.failure };
}
