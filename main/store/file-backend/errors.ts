/** A future sql.js no longer looks as this backend needs it. Nothing was opened. */
export class UnsupportedSqlJsError extends Error {
  override name = 'UnsupportedSqlJsError';
}

/** The file is encrypted under another key, or is encrypted and no key was given, or the reverse. Nothing was changed. */
export class WrongKeyError extends Error {
  override name = 'WrongKeyError';
}

/** Bytes of an encrypted file are not what was written: they were altered, cut or lost. */
export class DamagedFileError extends Error {
  override name = 'DamagedFileError';
}

/** Another program deleted or replaced a file that is in use here. */
export class FileTakenError extends Error {
  override name = 'FileTakenError';
}

/** The `code` of a Node file system error, such as `ENOSPC`; undefined for anything else. */
export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
