import type { Connection } from './connection.ts';
import { number } from './values.ts';

const META_KEY = 'traces';

/**
 * Whether there may still be traces of what was deleted: in the write-ahead log, whose frames hold pages as they were, and in
 * the search index, whose older segments hold words until they are merged. Kept in the store, so that a crash forgets none.
 */
export class ErasedTraces {
  readonly #connection: Connection;
  #known: boolean | undefined;

  constructor(connection: Connection) {
    this.#connection = connection;
    connection.onRollback(() => (this.#known = undefined));
  }

  get areLeft(): boolean {
    const sql = 'SELECT value FROM meta WHERE key = ?';
    this.#known ??=
      this.#connection.first(sql, [META_KEY], ([value]) => number(value) === 1) ?? false;
    return this.#known;
  }

  /** Something was deleted. For use inside a transaction. */
  leave(): void {
    if (!this.areLeft) this.#set(true);
  }

  /** They are gone. Writes to the store in any case, so that its log is not empty. */
  forget(): void {
    this.#connection.transaction(() => this.#set(false));
  }

  #set(areLeft: boolean): void {
    this.#connection.run(
      'INSERT INTO meta(key, value) VALUES(?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
      ...[META_KEY, areLeft ? 1 : 0],
    );
    this.#known = areLeft;
  }
}
