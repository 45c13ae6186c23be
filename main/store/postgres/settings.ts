import type { SettingStore } from '../ports.ts';
import type { Queries } from './connection.ts';
import { text } from './values.ts';

/** Small values of one node under keys, as JSON. */
export class PostgresSettings implements SettingStore {
  readonly #queries: Queries;
  readonly #node: number;

  constructor(queries: Queries, node: number) {
    this.#queries = queries;
    this.#node = node;
  }

  async get(key: string): Promise<unknown> {
    const sql = 'SELECT value FROM reunion.settings WHERE node = $1 AND key = $2';
    const [row] = await this.#queries.rows(sql, [this.#node, key]);
    return row === undefined ? undefined : JSON.parse(text(row[0]));
  }

  /** `undefined` takes the setting away. */
  async set(key: string, value: unknown): Promise<void> {
    if (value === undefined) {
      const sql = 'DELETE FROM reunion.settings WHERE node = $1 AND key = $2';
      await this.#queries.rows(sql, [this.#node, key]);
      return;
    }
    await this.#queries.rows(
      `INSERT INTO reunion.settings(node, key, value) VALUES($1, $2, $3)
       ON CONFLICT(node, key) DO UPDATE SET value = excluded.value`,
      [this.#node, key, JSON.stringify(value)],
    );
  }
}
