import type { ApiError, ErrorCode } from './types.ts';

/** An expected failure. Its message is one sentence for a person; it crosses the api as `ApiError`. */
export class ReunionError extends Error {
  override readonly name = 'ReunionError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** The form in which `error` crosses the api. A bug is told as such, without its stack. */
export function toApiError(error: unknown): ApiError {
  if (error instanceof ReunionError) return { code: error.code, message: error.message };
  return { code: 'internal', message: 'Something went wrong inside Reunion; its log says more.' };
}
