import { randomBytes } from 'node:crypto';
import type { PeerId } from '../../mvds/types.ts';
import { StoreDamagedError, StoreEarlierError, StoreNewerError } from '../errors.ts';
import type { Connection, Queries } from './connection.ts';
import { StoreDurabilityError } from './errors.ts';
import { SCHEMA_SQL } from './schema-sql.ts';
import { boolean, number, text } from './values.ts';

/** The schema that this version of the program writes. */
const POSTGRES_SCHEMA_VERSION = 1;

/** 'Reun': the first number of every advisory lock of ours. The second is 0 while the schema is made, else a node. */
export const ADVISORY_LOCK = 0x5265756e;

/** Length in bytes of a store id. */
const STORE_ID_BYTES = 16;

/** A node as the database knows it. */
export interface NodeRow {
  readonly node: number;
  /** 16 bytes as hexadecimal characters. */
  readonly storeId: string;
}

/**
 * Makes the schema of a new database, or checks the one that is there, and finds the row of the node. Processes that start
 * together wait for one another. Throws `StoreNewerError`, `StoreEarlierError` or `StoreDurabilityError`, with nothing changed.
 */
export function prepareDatabase(connection: Connection, nodeId: PeerId): Promise<NodeRow> {
  return connection.transaction(async (queries) => {
    await refuseUnsafe(queries);
    await queries.rows(`SELECT pg_advisory_xact_lock(${ADVISORY_LOCK}, 0)`);
    await prepareSchema(queries);
    await queries.rows(
      `INSERT INTO reunion.nodes(name, store_id, taken, taken_release)
       SELECT $1, $2, last_sequence, last_release FROM reunion.meta ON CONFLICT(name) DO NOTHING`,
      [nodeId, randomBytes(STORE_ID_BYTES)],
    );
    const sql = "SELECT node, encode(store_id, 'hex') FROM reunion.nodes WHERE name = $1";
    const [[node, storeId] = []] = await queries.rows(sql, [nodeId]);
    return { node: number(node), storeId: text(storeId) };
  });
}

async function prepareSchema(queries: Queries): Promise<void> {
  const [[isThere] = []] = await queries.rows("SELECT to_regclass('reunion.meta') IS NOT NULL");
  if (!boolean(isThere)) {
    // Several statements at once: only without values.
    for (const statement of statementsOf(SCHEMA_SQL)) await queries.rows(statement);
    const sql = 'INSERT INTO reunion.meta(version) VALUES($1)';
    await queries.rows(sql, [POSTGRES_SCHEMA_VERSION]);
    return;
  }
  await checkSchema(queries);
}

/** Throws where this version of the program cannot read the database. */
async function checkSchema(queries: Queries): Promise<void> {
  const [row] = await queries.rows('SELECT version FROM reunion.meta');
  if (row === undefined) {
    throw new StoreDamagedError('The database is damaged: the row of its version is missing.');
  }
  const version = number(row[0]);
  if (version > POSTGRES_SCHEMA_VERSION) {
    throw new StoreNewerError(
      `The database has schema ${version}; this version of Reunion knows schemas up to ${POSTGRES_SCHEMA_VERSION}. Update Reunion.`,
    );
  }
  if (version < POSTGRES_SCHEMA_VERSION) {
    throw new StoreEarlierError(
      `The database has schema ${version}, of a build of Reunion that this version cannot continue: use another database.`,
    );
  }
}

/** A server that may lose what it has confirmed would make every acknowledgement a lie. */
async function refuseUnsafe(queries: Queries): Promise<void> {
  for (const setting of ['fsync', 'full_page_writes']) {
    const [[value] = []] = await queries.rows('SELECT current_setting($1)', [setting]);
    if (text(value) === 'on') continue;
    throw new StoreDurabilityError(
      `PostgreSQL runs with ${setting} = off, so it can lose what it has confirmed. Set it to on and restart the server.`,
    );
  }
}

function statementsOf(sql: string): string[] {
  const withoutComments = sql.replaceAll(/--.*$/gmu, '');
  return withoutComments.split(';').filter((statement) => statement.trim() !== '');
}
