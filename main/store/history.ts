import {
  checkPageLimit,
  fittingPage,
  MAX_EXPIRED_PER_CALL,
  MAX_PAGE_MESSAGES,
  timestampRange,
  type HistoryPage,
  type HistoryQuery,
  type HistoryReader,
  type Retention,
  type TimestampRange,
} from '../mvds/history.ts';
import type { GroupId } from '../mvds/types.ts';
import type { Connection, Row } from './connection.ts';
import type { MessageTable } from './messages.ts';
import type { Names } from './names.ts';
import type { RecordTable } from './records.ts';
import type { SyncOf } from './sync-of.ts';
import { bigint, idBytes, limitValue, messageId, number, splitIds } from './values.ts';

/** The history of the groups: read in pages, and removed once it is too old or too large. */
export class HistoryTable implements SyncOf<HistoryReader>, SyncOf<Retention> {
  readonly #connection: Connection;
  readonly #names: Names;
  readonly #messages: MessageTable;
  readonly #records: RecordTable;

  constructor(connection: Connection, names: Names, messages: MessageTable, records: RecordTable) {
    this.#connection = connection;
    this.#names = names;
    this.#messages = messages;
    this.#records = records;
  }

  page(groupId: GroupId, query: HistoryQuery): HistoryPage {
    checkPageLimit(query.limit);
    const lastSequence = this.#messages.lastSequence();
    const group = this.#names.findGroup(groupId);
    const range = timestampRange(query);
    if (group === undefined || range === undefined) {
      return { messages: [], hasMore: false, lastSequence };
    }
    // The sizes first: bodies that do not fit the page are not read.
    const found = this.#sizes(group, range, query);
    const count = fittingPage(
      found.map(({ bytes }) => bytes),
      query.limit,
    );
    const wanted = found.slice(0, count).map(({ id }) => id);
    const messages = [...this.#messages.read(wanted).values()];
    return { messages, hasMore: count < found.length, lastSequence };
  }

  #sizes(group: number, { first, last }: TimestampRange, query: HistoryQuery) {
    const { after, limit, order = 'ascending' } = query;
    const [direction, beyond] = order === 'ascending' ? ['ASC', '>'] : ['DESC', '<'];
    const further =
      after === undefined ? '' : `AND (timestamp, id) ${beyond} (CAST(?5 AS INTEGER), ?6)`;
    return this.#connection.all(
      `SELECT id, length(body) FROM messages WHERE grp = ?1
         AND timestamp BETWEEN CAST(?2 AS INTEGER) AND CAST(?3 AS INTEGER)
         AND delivered = 1 AND body IS NOT NULL ${further}
       ORDER BY grp ${direction}, timestamp ${direction}, id ${direction} LIMIT ?4`,
      [
        ...[group, first, last, Math.min(limit, MAX_PAGE_MESSAGES) + 1],
        ...(after === undefined ? [] : [after.timestamp, idBytes(after.id)]),
      ],
      ([id, size]: Row) => ({ id: messageId(id), bytes: number(size) }),
    );
  }

  expire({ groupId, before, limit }: Parameters<Retention['expire']>[0]): number {
    const group = this.#names.findGroup(groupId);
    const range = timestampRange({ to: before });
    if (group === undefined || range === undefined) return 0;
    return this.#connection.transaction(() => {
      const old = this.#connection.all(
        `SELECT sequence, id, parents, CAST(timestamp AS TEXT) FROM messages
         WHERE grp = ? AND timestamp <= CAST(? AS INTEGER) ORDER BY grp, timestamp, id LIMIT ?`,
        [group, range.last, limitValue(Math.min(limit, MAX_EXPIRED_PER_CALL))],
        ([sequence, id, parents, timestamp]: Row) => ({
          sequence: number(sequence),
          id: messageId(id),
          parents: splitIds(parents),
          timestamp: bigint(timestamp),
        }),
      );
      for (const message of old) this.#records.withdraw(message.id);
      this.#messages.remove(group, old);
      return old.length;
    });
  }

  timestampKeepingBytes(groupId: GroupId, bytes: number): bigint | undefined {
    const group = this.#names.findGroup(groupId);
    if (group === undefined) return undefined;
    const oldest = this.#connection.first(
      `SELECT CAST(timestamp AS TEXT) FROM (
         SELECT timestamp, sum(length(body)) OVER (
           ORDER BY timestamp DESC, id DESC ROWS UNBOUNDED PRECEDING
         ) AS total FROM messages WHERE grp = ? AND body IS NOT NULL
       ) WHERE total > ? LIMIT 1`,
      [group, bytes],
      ([timestamp]: Row) => bigint(timestamp),
    );
    return oldest === undefined ? undefined : oldest + 1n;
  }
}
