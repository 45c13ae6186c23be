import {
  checkPageLimit,
  MAX_EXPIRED_PER_CALL,
  MAX_PAGE_BYTES,
  timestampRange,
  type HistoryPage,
  type HistoryQuery,
  type HistoryReader,
  type Retention,
} from '../../mvds/history.ts';
import type { GroupId } from '../../mvds/types.ts';
import { StoreError } from '../errors.ts';
import type { Connection, Queries } from './connection.ts';
import type { Groups } from './groups.ts';
import { MESSAGE_COLUMNS, storedMessage } from './messages.ts';
import { RecordWriter } from './record-writer.ts';
import { bigint, idValue, messageId, number, splitIds } from './values.ts';

/** Pages of the history, from the main server or from a replica. */
export class PostgresHistory implements HistoryReader {
  readonly #queries: Queries;

  constructor(queries: Queries) {
    this.#queries = queries;
  }

  async page(groupId: GroupId, query: HistoryQuery): Promise<HistoryPage> {
    checkPageLimit(query.limit);
    // First, so that the page shows at least as much.
    const sql = 'SELECT last_sequence FROM reunion.meta';
    const [[last] = []] = await this.#queries.rows(sql);
    const lastSequence = number(last);
    const range = timestampRange(query);
    if (range === undefined) return { messages: [], hasMore: false, lastSequence };
    const { after, limit, order = 'ascending' } = query;
    const [direction, beyond] = order === 'ascending' ? ['ASC', '>'] : ['DESC', '<'];
    const further =
      after === undefined ? '' : `AND (timestamp, id) ${beyond} ($6::bigint, $7::bytea)`;
    // The sizes are known without the bodies, so only those that the page holds are read.
    const rows = await this.#queries.rows(
      `SELECT ${MESSAGE_COLUMNS}, m.found FROM (
         SELECT *, count(*) OVER () AS found, coalesce(sum(octet_length(body)) OVER (
           ORDER BY timestamp ${direction}, id ${direction}
           ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS bytes_before
         FROM (
           SELECT * FROM reunion.messages
           WHERE grp = (SELECT grp FROM reunion.groups WHERE id = $1)
             AND timestamp BETWEEN $2 AND $3 AND delivered AND body IS NOT NULL ${further}
           ORDER BY timestamp ${direction}, id ${direction} LIMIT $4::integer + 1
         ) page
       ) m JOIN reunion.groups g USING (grp)
       WHERE m.bytes_before < $5::bigint
       ORDER BY m.timestamp ${direction}, m.id ${direction} LIMIT $4`,
      [
        ...[idValue(groupId), range.first.toString(), range.last.toString(), limit, MAX_PAGE_BYTES],
        ...(after === undefined ? [] : [after.timestamp.toString(), idValue(after.id)]),
      ],
    );
    const found = rows.length === 0 ? 0 : number(rows[0]?.at(-1));
    return { messages: rows.map(storedMessage), hasMore: rows.length < found, lastSequence };
  }
}

/** A replica that failed is not tried again for this long, so that not every query waits for it, milliseconds. */
export const REPLICA_REST_MS = 2_000;

/** Reads a replica. While that is out of reach, or has no store yet, the main server answers in its place. */
export class ReplicaHistory implements HistoryReader {
  readonly #main: PostgresHistory;
  readonly #replica: PostgresHistory;
  #restsUntil = 0;

  constructor(main: Queries, replica: Queries) {
    this.#main = new PostgresHistory(main);
    this.#replica = new PostgresHistory(replica);
  }

  async page(groupId: GroupId, query: HistoryQuery): Promise<HistoryPage> {
    if (Date.now() >= this.#restsUntil) {
      try {
        return await this.#replica.page(groupId, query);
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        this.#restsUntil = Date.now() + REPLICA_REST_MS;
      }
    }
    return this.#main.page(groupId, query);
  }
}

/** Removes old messages, for all nodes of the database. */
export class PostgresRetention implements Retention {
  readonly #connection: Connection;
  readonly #groups: Groups;
  readonly #node: number;

  constructor(connection: Connection, groups: Groups, node: number) {
    this.#connection = connection;
    this.#groups = groups;
    this.#node = node;
  }

  async expire({ groupId, before, limit }: Parameters<Retention['expire']>[0]): Promise<number> {
    const range = timestampRange({ to: before });
    const [group] = await this.#groups.find([groupId]);
    if (group === undefined || range === undefined) return 0;
    const most = Math.min(limit, MAX_EXPIRED_PER_CALL);
    const numbers = await this.#groups.ensure([groupId]);
    return this.#connection.transaction(async (queries) => {
      // As every transaction about messages begins, so that none waits for another in a circle.
      await queries.rows('SELECT last_sequence FROM reunion.meta FOR UPDATE');
      const rows = await queries.rows(
        `WITH old AS (
           SELECT sequence FROM reunion.messages WHERE grp = $1 AND timestamp <= $2
           ORDER BY timestamp, id LIMIT $3
         )
         DELETE FROM reunion.messages m USING old WHERE m.sequence = old.sequence
         RETURNING encode(m.id, 'hex'), encode(m.parents, 'hex')`,
        [group, range.last.toString(), most],
      );
      if (rows.length === 0) return 0;
      const records = new RecordWriter(queries, numbers, this.#node);
      await records.withdraw(rows.map(([id]) => messageId(id)));
      await records.end();
      const parents = rows.flatMap(([, joined]) => splitIds(joined)).map(idValue);
      if (parents.length > 0) {
        await queries.rows(
          `UPDATE reunion.messages m SET named = false WHERE m.id = ANY($1::bytea[]) AND m.named
             AND NOT EXISTS(SELECT 1 FROM reunion.parents p WHERE p.parent = m.id)`,
          [parents],
        );
      }
      const sql = 'UPDATE reunion.groups SET messages = messages - $2 WHERE grp = $1';
      await queries.rows(sql, [group, rows.length]);
      await queries.rows(`SELECT pg_notify('reunion', $1)`, [`expired ${groupId}`]);
      return rows.length;
    });
  }

  async timestampKeepingBytes(groupId: GroupId, bytes: number): Promise<bigint | undefined> {
    const [row] = await this.#connection.rows(
      `SELECT timestamp FROM (
         SELECT timestamp, id, sum(octet_length(body)) OVER (
           ORDER BY timestamp DESC, id DESC ROWS UNBOUNDED PRECEDING
         ) AS total FROM reunion.messages
         WHERE grp = (SELECT grp FROM reunion.groups WHERE id = $1) AND body IS NOT NULL
       ) sizes WHERE total > $2::numeric ORDER BY timestamp DESC, id DESC LIMIT 1`,
      [idValue(groupId), bytes],
    );
    return row === undefined ? undefined : bigint(row[0]) + 1n;
  }
}
