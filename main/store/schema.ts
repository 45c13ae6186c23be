import type { Connection } from './connection.ts';
import {
  StoreDamagedError,
  StoreEarlierError,
  StoreForeignError,
  StoreNewerError,
} from './errors.ts';
import { SCHEMA } from './schema-sql.ts';
import { number } from './values.ts';

/** 'Reun': marks a SQLite file as a store of ours. */
export const APPLICATION_ID = 0x5265756e;

/** The schema that this version of the program writes. 1 to 7 are those of builds from before the first release. */
export const SCHEMA_VERSION = 8;

/**
 * Makes the schema of a new store, or checks the one that is there. Throws `StoreForeignError`, `StoreNewerError`,
 * `StoreEarlierError` or `StoreDamagedError`, with nothing changed, for a file that this program must not write.
 */
export function prepareSchema(connection: Connection, isNew: boolean): void {
  if (isNew) {
    connection.transaction(() => {
      connection.script(SCHEMA);
      connection.script(`PRAGMA application_id = ${APPLICATION_ID}`);
      connection.script(`PRAGMA user_version = ${SCHEMA_VERSION}`);
    });
  } else {
    check(connection);
  }
  connection.script('PRAGMA foreign_keys = ON');
}

function check(connection: Connection): void {
  const pragma = (name: string): number =>
    connection.first(`PRAGMA ${name}`, [], ([value]) => number(value)) ?? 0;
  if (pragma('application_id') !== APPLICATION_ID) {
    throw new StoreForeignError('The file is the database of another program.');
  }
  const version = pragma('user_version');
  if (version > SCHEMA_VERSION) {
    throw new StoreNewerError(
      `The store has schema ${version}; this version of Reunion knows schemas up to ${SCHEMA_VERSION}.`,
    );
  }
  if (version < 1) throw new StoreDamagedError('The store is damaged: it has no schema.');
  if (version < SCHEMA_VERSION) {
    throw new StoreEarlierError(
      'This store was written by a build of Reunion from before its first release, which this version cannot open: use another data folder, or delete this one.',
    );
  }
}
