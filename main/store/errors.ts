import {
  DamagedFileError,
  errorCode,
  FileTakenError,
  WrongKeyError,
} from './file-backend/index.ts';

/** An expected failure of the store. Nothing of the call that failed was kept. */
export class StoreError extends Error {
  override name = 'StoreError';
}

/** Another process, or this one, has the store open. */
export class StoreInUseError extends StoreError {
  override name = 'StoreInUseError';
}

/** The key is not the one that the store was made with. The store is untouched. */
export class StoreKeyError extends StoreError {
  override name = 'StoreKeyError';
}

/** The store's file is damaged. */
export class StoreDamagedError extends StoreError {
  override name = 'StoreDamagedError';
}

/** The file belongs to another program. */
export class StoreForeignError extends StoreError {
  override name = 'StoreForeignError';
}

/** The store was written by a later version of the program. */
export class StoreNewerError extends StoreError {
  override name = 'StoreNewerError';
}

/** The store was written by a build from before the first release. It is untouched. */
export class StoreEarlierError extends StoreError {
  override name = 'StoreEarlierError';
}

/** The disk, or what the person may use of it, is full. The call succeeds once there is room. */
export class StoreFullError extends StoreError {
  override name = 'StoreFullError';
}

/** The disk is read-only, or the file or its folder may not be written. */
export class StoreReadOnlyError extends StoreError {
  override name = 'StoreReadOnlyError';
}

/** The store was closed. */
export class StoreClosedError extends StoreError {
  override name = 'StoreClosedError';
}

/**
 * The store's error for what SQLite reported and the file system's failure behind it, if there was one. An error that
 * is neither, which is a bug, is returned as it is.
 */
export function storeError(error: unknown, fileError: unknown): unknown {
  const cause = fileError ?? error;
  if (error instanceof StoreError) return error;
  if (cause instanceof WrongKeyError) {
    return new StoreKeyError(`This key does not open the store: ${cause.message}.`, { cause });
  }
  if (cause instanceof DamagedFileError) {
    return new StoreDamagedError(`The store is damaged: ${cause.message}.`, { cause });
  }
  if (cause instanceof FileTakenError) {
    return new StoreInUseError(`The store was taken away: ${cause.message}.`, { cause });
  }
  switch (errorCode(cause)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new StoreFullError('The disk is full; nothing was lost.', { cause });
    case 'EROFS':
    case 'EACCES':
    case 'EPERM':
      return new StoreReadOnlyError('The store may not be written; nothing was lost.', { cause });
    case undefined:
      return sqliteError(error);
    default:
      return new StoreError(`The disk failed: ${messageOf(cause)}.`, { cause });
  }
}

/** SQLite's words for its result codes; sql.js throws them without the code. */
function sqliteError(error: unknown): unknown {
  const message = messageOf(error);
  // It goes on with what of the schema cannot be read.
  if (message.startsWith('malformed database schema')) {
    return new StoreDamagedError('The store is damaged.', { cause: error });
  }
  switch (message) {
    case 'unsupported file format':
    case 'database disk image is malformed':
    case 'file is not a database':
      return new StoreDamagedError('The store is damaged.', { cause: error });
    case 'database or disk is full':
      return new StoreFullError('The disk is full; nothing was lost.', { cause: error });
    case 'attempt to write a readonly database':
      return new StoreReadOnlyError('The store may not be written.', { cause: error });
    case 'disk I/O error':
      return new StoreError('The disk failed.', { cause: error });
    default:
      return error;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
