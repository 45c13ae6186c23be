import type { BacklogSlice, Cursor, RecordCounts, SyncRecordStore } from '../../mvds/ports.ts';
import type { GroupId, MessageId, PeerId, SyncRecord } from '../../mvds/types.ts';
import type { Queries, Row } from './connection.ts';
import {
  boolean,
  groupId,
  idValues,
  limitValue,
  messageId,
  number,
  recordType,
  text,
  textOrNull,
} from './values.ts';

/** With the tables `records r` and `groups g`. */
const RECORD_COLUMNS = `r.peer, encode(r.message, 'hex'), r.type, encode(g.id, 'hex'), r.send_count,
  r.send_epoch, r.bulk`;
const RECORDS = `SELECT ${RECORD_COLUMNS} FROM reunion.records r LEFT JOIN reunion.groups g USING (grp)`;

/** The sync records of one node for each of its peers. */
export class PostgresRecords implements SyncRecordStore {
  readonly #queries: Queries;
  readonly #node: number;

  constructor(queries: Queries, node: number) {
    this.#queries = queries;
    this.#node = node;
  }

  async records(
    peer: PeerId,
    messageIds: readonly MessageId[],
  ): Promise<ReadonlyMap<MessageId, SyncRecord>> {
    if (messageIds.length === 0) return new Map();
    const sql = `${RECORDS} WHERE r.node = $1 AND r.message = ANY($2::bytea[]) AND r.peer = $3`;
    const values = [this.#node, idValues(messageIds), peer];
    const records = (await this.#queries.rows(sql, values)).map(syncRecord);
    return new Map(records.map((record) => [record.messageId, record]));
  }

  async recordsAbout(messageIds: readonly MessageId[]): Promise<readonly SyncRecord[]> {
    if (messageIds.length === 0) return [];
    const sql = `${RECORDS} WHERE r.node = $1 AND r.message = ANY($2::bytea[])`;
    return (await this.#queries.rows(sql, [this.#node, idValues(messageIds)])).map(syncRecord);
  }

  async due(peer: PeerId, epoch: number, limit: number): Promise<readonly SyncRecord[]> {
    // Each half by its index: what is not yet due need not be passed over.
    const half = (bulk: boolean): string => `(
      SELECT * FROM reunion.records
      WHERE node = $1 AND peer = $2 AND bulk = ${bulk} AND send_epoch <= $3
      ORDER BY send_epoch, record LIMIT $4)`;
    const rows = await this.#queries.rows(
      `SELECT ${RECORD_COLUMNS} FROM (${half(false)} UNION ALL ${half(true)}) r
       LEFT JOIN reunion.groups g USING (grp)
       ORDER BY r.bulk, r.send_epoch, r.record LIMIT $4`,
      [this.#node, peer, epoch, limitValue(limit)],
    );
    return rows.map(syncRecord);
  }

  /** The backlog is kept as ordinary records. */
  async backlog(): Promise<BacklogSlice> {
    return { messages: [], hasMore: false };
  }

  async counts(peer: PeerId): Promise<RecordCounts> {
    const sql =
      'SELECT offers, requests, messages FROM reunion.peers WHERE node = $1 AND peer = $2';
    const [row] = await this.#queries.rows(sql, [this.#node, peer]);
    const [offers, requests, messages] = row ?? [0, 0, 0];
    return { offers: number(offers), requests: number(requests), messages: number(messages) };
  }

  async epoch(): Promise<number> {
    const sql = 'SELECT epoch FROM reunion.nodes WHERE node = $1';
    const [[epoch] = []] = await this.#queries.rows(sql, [this.#node]);
    return number(epoch);
  }

  async cursors(peer: PeerId): Promise<ReadonlyMap<GroupId, Cursor>> {
    const rows = await this.#queries.rows(
      `SELECT encode(g.id, 'hex'), encode(c.store_id, 'hex'), c.sequence
       FROM reunion.cursors c JOIN reunion.groups g USING (grp) WHERE c.node = $1 AND c.peer = $2`,
      [this.#node, peer],
    );
    return new Map(
      rows.map(([group, storeId, sequence]) => [
        groupId(group),
        { storeId: textOrNull(storeId), sequence: number(sequence) },
      ]),
    );
  }
}

function syncRecord([peer, message, type, group, sendCount, sendEpoch, bulk]: Row): SyncRecord {
  const groupText = textOrNull(group);
  return {
    ...(boolean(bulk) && { bulk: true }),
    peerId: text(peer) as PeerId,
    messageId: messageId(message),
    type: recordType(type),
    groupId: groupText === undefined ? undefined : groupId(groupText),
    sendCount: number(sendCount),
    sendEpoch: number(sendEpoch),
  };
}
