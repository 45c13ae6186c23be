import { StoreError, StoreFullError, StoreReadOnlyError } from '../errors.ts';

/**
 * The server is out of reach, or was restarted in the middle of the call. A commit that ends so may have taken place, where
 * the connection broke as it was being confirmed: it can be repeated without harm, since messages are known by their ids
 * and records are replaced. The store goes on by itself once the server is back.
 */
export class StoreUnavailableError extends StoreError {
  override name = 'StoreUnavailableError';
}

/** The server does not let this role in, or does not let it do what a store needs. */
export class StoreAccessError extends StoreError {
  override name = 'StoreAccessError';
}

/** The server is set up so that it can lose what it has confirmed. */
export class StoreDurabilityError extends StoreError {
  override name = 'StoreDurabilityError';
}

/** Errors of sockets and of name resolution: Node's words. */
const SOCKET_ERRORS: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

/**
 * PostgreSQL's classes of SQLSTATE, or whole codes, that pass by themselves: connection exceptions, shutdowns, too many
 * connections, a server that has become a replica, a replica that cancels a query.
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const PASSING = ['08', '57P', '53300', '25006', '40001', '40P01'];

/** The driver's own words for a connection that is gone; it gives them no code. */
const CONNECTION_LOST =
  /connection terminated|connection ended|timeout|not queryable|client has encountered/iu;

/** Codes with which the server undoes a transaction that another one was in the way of. */
const CONFLICTS: ReadonlySet<string> = new Set(['40001', '40P01']);

/** Whether the server undid the transaction because of another one, so that it can be tried again. */
export function isConflict(error: unknown): boolean {
  return CONFLICTS.has(codeOf(error));
}

/** The store's error for what the driver or the server reported. An error that is neither, which is a bug, is returned as it is. */
export function postgresError(error: unknown): unknown {
  if (error instanceof StoreError || !(error instanceof Error)) return error;
  const code = codeOf(error);
  const cause = error;
  if (isPassing(error)) {
    return new StoreUnavailableError(`PostgreSQL cannot be reached: ${reasonOf(error)}.`, {
      cause,
    });
  }
  if (code === '53100') {
    return new StoreFullError('The disk of PostgreSQL is full; nothing was lost.', { cause });
  }
  if (code === '3D000') {
    return new StoreAccessError(
      `The database does not exist: ${error.message}. Create it with createdb.`,
      { cause },
    );
  }
  if (code.startsWith('28')) {
    return new StoreAccessError(`PostgreSQL refuses the login: ${error.message}.`, { cause });
  }
  if (code === '42501') {
    return new StoreAccessError(
      `The role lacks a right on PostgreSQL: ${error.message}. See docs/postgres.md.`,
      { cause },
    );
  }
  if (code === '42P01' || code === '3F000') {
    return new StoreAccessError('The database holds no store of Reunion.', { cause });
  }
  if (code === '58030') {
    return new StoreReadOnlyError('The disk of PostgreSQL failed.', { cause });
  }
  return error;
}

function isPassing(error: Error): boolean {
  const code = codeOf(error);
  if (code === '') return error instanceof AggregateError || CONNECTION_LOST.test(error.message);
  return SOCKET_ERRORS.has(code) || PASSING.some((start) => code.startsWith(start));
}

/** An attempt at several addresses of a host has an empty message. */
function reasonOf(error: Error): string {
  if (!(error instanceof AggregateError)) return error.message;
  return error.errors.map((one) => (one instanceof Error ? one.message : String(one))).join(', ');
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error) || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}
