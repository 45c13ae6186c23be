import type { Connection } from './connection.ts';
import { StoreDamagedError, StoreForeignError, StoreNewerError } from './errors.ts';
import { MIGRATIONS } from './migrations.ts';
import { number } from './values.ts';

/** 'Reun': marks a SQLite file as a store of ours. */
export const APPLICATION_ID = 0x5265756e;

/** The schema that this version of the program writes. */
export const SCHEMA_VERSION = MIGRATIONS.length;

/**
 * Makes the schema of a new store, or brings an older one up to date, each version in a transaction of its own. Throws
 * `StoreForeignError`, `StoreNewerError` or `StoreDamagedError`, with nothing changed, for a file that this program must not write.
 */
export function migrate(connection: Connection, isNew: boolean): void {
  const pragma = (name: string): number =>
    connection.first(`PRAGMA ${name}`, [], ([value]) => number(value)) ?? 0;
  if (!isNew && pragma('application_id') !== APPLICATION_ID) {
    throw new StoreForeignError('The file is the database of another program.');
  }
  const version = pragma('user_version');
  if (version > SCHEMA_VERSION) {
    throw new StoreNewerError(
      `The store has schema ${version}; this version of Reunion knows schemas up to ${SCHEMA_VERSION}.`,
    );
  }
  if (!isNew && version < 1) throw new StoreDamagedError('The store is damaged: it has no schema.');
  for (let from = version; from < SCHEMA_VERSION; from += 1) {
    connection.transaction(() => {
      connection.script(MIGRATIONS[from] ?? '');
      connection.script(`PRAGMA application_id = ${APPLICATION_ID}`);
      connection.script(`PRAGMA user_version = ${from + 1}`);
    });
  }
  connection.script('PRAGMA foreign_keys = ON');
}
