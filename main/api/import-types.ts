import type { ApiError } from './error-types.ts';

/** What is being brought in from a file, or was last. The same for every window and command line. */
export type ImportState =
  | { readonly kind: 'idle' }
  | {
      readonly kind: 'running';
      /** Of the file. */
      readonly name: string;
      /** Messages of the file that were dealt with, and how many there are in it. */
      readonly done: number;
      readonly total: number;
    }
  /** `skipped` were here already, or were imported before. */
  | { readonly kind: 'done'; readonly added: number; readonly skipped: number }
  | { readonly kind: 'cancelled'; readonly added: number }
  | { readonly kind: 'failed'; readonly error: ApiError };
