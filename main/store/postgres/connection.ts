import pg from 'pg';
import { StoreClosedError } from '../errors.ts';
import { isConflict, postgresError, StoreUnavailableError } from './errors.ts';

/** One row, in the order of the columns asked for. */
export type Row = readonly unknown[];

/** Runs statements: the pool, or the connection of a transaction. */
export interface Queries {
  /** All rows of a statement. Rejects with the store's errors. */
  rows(sql: string, values?: readonly unknown[]): Promise<readonly Row[]>;
}

export interface ConnectionOptions {
  /** `postgres://user:password@host:port/database?…`, as libpq has it. */
  readonly url: string;
  /** Shown by `pg_stat_activity`. */
  readonly applicationName: string;
  /** Refuses to write, whatever is asked for: for a replica. Default: false. */
  readonly readOnly?: boolean;
  /** How long a call waits for a server that is out of reach, milliseconds. Default: `PATIENCE_MS`. */
  readonly patienceMs?: number;
  /** After this a statement is given up, milliseconds. Default: `QUERY_TIMEOUT_MS`. */
  readonly queryTimeoutMs?: number;
}

/** Connections of one process: one commits, the others read. A server takes 100 by default, from all processes. */
const CONNECTIONS = 6;
/** A quick restart of the server takes less than this, and nobody need hear of it. */
const PATIENCE_MS = 3_000;
/** Waits between attempts to connect, milliseconds: the first, and the longest. */
const RETRY_MS = 50;
const RETRY_MAX_MS = 1_000;
/** A server that does not answer a new connection by then is out of reach. */
const CONNECT_TIMEOUT_MS = 5_000;
/** Longer than the longest statement takes; a server that says nothing until then is gone without a goodbye. */
const QUERY_TIMEOUT_MS = 60_000;
/** A transaction that is undone because of another one is tried so often. */
const ATTEMPTS = 5;

/** Settings of every connection. Durability is never below what the server is set to, and never off. */
const SESSION = `DO $$ BEGIN
  IF current_setting('synchronous_commit') = 'off' THEN
    PERFORM set_config('synchronous_commit', 'on', false);
  END IF;
END $$`;

/** The parameters of a connection. */
export function clientConfig({
  url,
  applicationName,
  readOnly,
  queryTimeoutMs = QUERY_TIMEOUT_MS,
}: ConnectionOptions): pg.ClientConfig {
  return {
    connectionString: url,
    application_name: applicationName,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: queryTimeoutMs,
    keepAlive: true,
    ...(readOnly === true && { options: '-c default_transaction_read_only=on' }),
  };
}

/** A pool of connections to one server, which comes back by itself when the server does. */
export class Connection implements Queries {
  readonly #pool: pg.Pool;
  readonly #patienceMs: number;
  readonly #prepared = new WeakSet<pg.PoolClient>();
  #isClosed = false;

  constructor(options: ConnectionOptions) {
    this.#patienceMs = options.patienceMs ?? PATIENCE_MS;
    this.#pool = new pg.Pool({ ...clientConfig(options), max: CONNECTIONS });
    // An idle connection that breaks is no failure of anybody's call: the pool drops it.
    this.#pool.on('error', () => undefined);
  }

  async rows(sql: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
    return this.#with((client) => rowsOf(client, sql, values));
  }

  /**
   * Runs `work` whole or not at all. When this resolves, what it did survives a crash of the server. Runs it again, from
   * the start, where another transaction was in its way.
   */
  async transaction<T>(work: (queries: Queries) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#with((client) => inTransaction(client, work));
      } catch (error) {
        const cause = error instanceof Error ? error.cause : undefined;
        if (attempt === ATTEMPTS || !isConflict(cause)) throw error;
      }
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#pool.end();
  }

  async #with<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    const client = await this.#client();
    let failure: unknown;
    // A connection that breaks while it is used says so by an event as well, which nobody else listens to.
    const ignored = (): void => undefined;
    client.on('error', ignored);
    try {
      if (!this.#prepared.has(client)) {
        await client.query(SESSION);
        this.#prepared.add(client);
      }
      return await work(client);
    } catch (error) {
      failure = postgresError(error);
      throw failure;
    } finally {
      client.off('error', ignored);
      // In which state the connection is nobody knows then.
      client.release(failure instanceof StoreUnavailableError);
    }
  }

  async #client(): Promise<pg.PoolClient> {
    const until = Date.now() + this.#patienceMs;
    for (let waitMs = RETRY_MS; ; waitMs = Math.min(RETRY_MAX_MS, 2 * waitMs)) {
      if (this.#isClosed) throw new StoreClosedError('The store is closed.');
      try {
        return await this.#pool.connect();
      } catch (error) {
        const failure = postgresError(error);
        const isLate = Date.now() + waitMs > until;
        if (isLate || !(failure instanceof StoreUnavailableError)) throw failure;
      }
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  }
}

async function inTransaction<T>(
  client: pg.PoolClient,
  work: (queries: Queries) => Promise<T>,
): Promise<T> {
  await client.query('BEGIN');
  let result: T;
  try {
    result = await work({ rows: (sql, values = []) => rowsOf(client, sql, values) });
  } catch (error) {
    // The server rolls back the transaction of a broken connection by itself.
    if (!(error instanceof StoreUnavailableError)) await client.query('ROLLBACK');
    throw error;
  }
  await client.query('COMMIT');
  return result;
}

async function rowsOf(
  client: pg.ClientBase,
  sql: string,
  values: readonly unknown[],
): Promise<readonly Row[]> {
  try {
    const query = { text: sql, values: [...values], rowMode: 'array' } as const;
    const { rows } = await client.query<unknown[]>(query);
    return rows;
  } catch (error) {
    throw postgresError(error);
  }
}
