import type { SyncChanges } from '../../mvds/ports.ts';
import type { MessageId, PeerId, RecordType, SyncRecord } from '../../mvds/types.ts';
import type { Queries, Row } from './connection.ts';
import type { GroupNumbers } from './groups.ts';
import { idValue, idValues, number, recordType, text, typeValue } from './values.ts';

type Change<Key extends keyof SyncChanges> =
  NonNullable<SyncChanges[Key]> extends readonly (infer T)[] ? T : never;

interface Counts {
  readonly node: number;
  readonly peer: string;
  readonly byType: Record<RecordType, number>;
}

/** Changes the records and cursors of one node in one transaction, and counts along. */
export class RecordWriter {
  readonly #queries: Queries;
  readonly #groups: GroupNumbers;
  readonly #node: number;
  readonly #counts = new Map<string, Counts>();

  constructor(queries: Queries, groups: GroupNumbers, node: number) {
    this.#queries = queries;
    this.#groups = groups;
    this.#node = node;
  }

  async forget(peers: readonly PeerId[]): Promise<void> {
    for (const table of ['records', 'cursors', 'peers']) {
      const sql = `DELETE FROM reunion.${table} WHERE node = $1 AND peer = ANY($2::text[])`;
      await this.#queries.rows(sql, [this.#node, peers]);
    }
  }

  async dropCursors({ peerId, groupIds }: Change<'dropCursors'>): Promise<void> {
    const sql =
      'DELETE FROM reunion.cursors WHERE node = $1 AND peer = $2 AND grp = ANY($3::integer[])';
    const groups = groupIds.map((group) => this.#groups(group));
    await this.#queries.rows(sql, [this.#node, peerId, groups]);
  }

  async setCursors({ peerId, groupIds, storeId }: Change<'setCursors'>): Promise<void> {
    await this.#queries.rows(
      `INSERT INTO reunion.cursors(node, peer, grp, store_id, sequence)
       SELECT DISTINCT $1::integer, $2::text, grp, $4::bytea, last_sequence
       FROM unnest($3::integer[]) AS new(grp), reunion.meta
       ON CONFLICT(node, peer, grp) DO UPDATE
         SET store_id = excluded.store_id, sequence = excluded.sequence`,
      [
        ...[this.#node, peerId, groupIds.map((group) => this.#groups(group))],
        storeId === undefined ? null : `\\x${storeId}`,
      ],
    );
  }

  /** Works on the messages that are held at this moment. Tombstones have nothing to be sent. */
  async backfill(backfill: Change<'backfill'>): Promise<void> {
    const { peerId, groupIds, type, sendEpoch, again = false, from, until, bulk } = backfill;
    const all = [...new Set(groupIds)].map((group) => this.#groups(group));
    const sql = 'SELECT grp FROM reunion.cursors WHERE node = $1 AND peer = $2';
    const rows = again ? [] : await this.#queries.rows(sql, [this.#node, peerId]);
    const covered = new Set(rows.map(([group]) => number(group)));
    const groups = all.filter((group) => !covered.has(group));
    if (groups.length === 0) return;
    await this.#queries.rows(
      `INSERT INTO reunion.cursors(node, peer, grp, store_id, sequence)
       SELECT $1, $2, grp, NULL, last_sequence FROM unnest($3::integer[]) AS new(grp), reunion.meta
       ON CONFLICT(node, peer, grp) DO UPDATE SET store_id = NULL, sequence = excluded.sequence`,
      [this.#node, peerId, groups],
    );
    const [[added] = []] = await this.#queries.rows(
      `WITH added AS (
         INSERT INTO reunion.records(node, peer, message, type, grp, send_count, send_epoch, bulk)
         SELECT $1, $2, m.id, $4, m.grp, 0, $5, $6 FROM reunion.messages m
         WHERE m.grp = ANY($3::integer[]) AND m.body IS NOT NULL
           AND ($7 OR m.source IS DISTINCT FROM $2)
           AND ($8::bigint IS NULL OR m.timestamp >= $8) AND ($9::bigint IS NULL OR m.timestamp < $9)
         ORDER BY m.sequence
         ON CONFLICT(message, node, peer) DO NOTHING RETURNING 1
       ) SELECT count(*) FROM added`,
      [
        ...[this.#node, peerId, groups, typeValue(type), sendEpoch, bulk === true, again],
        ...[from?.toString() ?? null, until?.toString() ?? null],
      ],
    );
    this.#count(this.#node, peerId, type, number(added));
  }

  /** As ordinary records. */
  async addBacklog(backlog: Change<'addBacklog'>): Promise<void> {
    const { peerId, groupId, messageIds, sendEpoch, bulk } = backlog;
    const [[added] = []] = await this.#queries.rows(
      `WITH added AS (
         INSERT INTO reunion.records(node, peer, message, type, grp, send_count, send_epoch, bulk)
         SELECT $1, $2, m.id, $4, $5, 0, $6, $7 FROM reunion.messages m
         WHERE m.id = ANY($3::bytea[]) AND m.body IS NOT NULL
         ORDER BY m.sequence
         ON CONFLICT(message, node, peer) DO NOTHING RETURNING 1
       ) SELECT count(*) FROM added`,
      [
        ...[this.#node, peerId, idValues(messageIds), typeValue('message')],
        ...[this.#groups(groupId), sendEpoch, bulk === true],
      ],
    );
    this.#count(this.#node, peerId, 'message', number(added));
  }

  /** Drops whatever any node has to say of the messages: they are neither to be sent nor to come any more. */
  async withdraw(ids: readonly MessageId[]): Promise<void> {
    const sql =
      'DELETE FROM reunion.records WHERE message = ANY($1::bytea[]) RETURNING node, peer, type';
    this.#countDropped(await this.#queries.rows(sql, [idValues(ids)]));
  }

  async remove(records: readonly Pick<SyncRecord, 'peerId' | 'messageId'>[]): Promise<void> {
    const rows = await this.#queries.rows(
      `DELETE FROM reunion.records r USING unnest($2::text[], $3::bytea[]) AS old(peer, message)
       WHERE r.node = $1 AND r.peer = old.peer AND r.message = old.message
       RETURNING r.node, r.peer, r.type`,
      [
        this.#node,
        records.map(({ peerId }) => peerId),
        records.map(({ messageId }) => idValue(messageId)),
      ],
    );
    this.#countDropped(rows);
  }

  async clear({ peerId, groupId, sequence, before }: Change<'clearRecords'>): Promise<void> {
    const rows = await this.#queries.rows(
      `DELETE FROM reunion.records r USING reunion.messages m
       WHERE r.node = $1 AND r.peer = $2 AND r.grp = $3 AND r.type <> $5 AND m.id = r.message
         AND m.sequence <= $4 AND ($6::bigint IS NULL OR m.timestamp < $6)
       RETURNING r.node, r.peer, r.type`,
      [
        ...[this.#node, peerId, this.#groups(groupId), sequence, typeValue('request')],
        before?.toString() ?? null,
      ],
    );
    this.#countDropped(rows);
  }

  /** Inserts, or replaces what is there and leaves its place in the order of creation. */
  async put(records: readonly SyncRecord[]): Promise<void> {
    // The last one of a peer and message counts, in the place of the first.
    const byKey = new Map(records.map((it) => [`${it.peerId} ${it.messageId}`, it]));
    const all = [...byKey.values()];
    const replaced = await this.#queries.rows(
      `WITH new AS (
         SELECT * FROM unnest($2::text[], $3::bytea[], $4::smallint[], $5::integer[], $6::integer[], $7::bigint[], $8::boolean[])
           WITH ORDINALITY AS new(peer, message, type, grp, send_count, send_epoch, bulk, place)
       ), old AS (
         SELECT r.node, r.peer, r.type FROM reunion.records r
         JOIN new ON r.node = $1 AND r.peer = new.peer AND r.message = new.message
       ), put AS (
         INSERT INTO reunion.records(node, peer, message, type, grp, send_count, send_epoch, bulk)
         SELECT $1, peer, message, type, grp, send_count, send_epoch, bulk FROM new ORDER BY place
         ON CONFLICT(message, node, peer) DO UPDATE SET type = excluded.type, grp = excluded.grp,
           send_count = excluded.send_count, send_epoch = excluded.send_epoch, bulk = excluded.bulk
       ) SELECT * FROM old`,
      [
        this.#node,
        all.map(({ peerId }) => peerId),
        all.map(({ messageId }) => idValue(messageId)),
        all.map(({ type }) => typeValue(type)),
        all.map(({ groupId }) => (groupId === undefined ? null : this.#groups(groupId))),
        all.map(({ sendCount }) => sendCount),
        all.map(({ sendEpoch }) => sendEpoch),
        all.map(({ bulk }) => bulk === true),
      ],
    );
    this.#countDropped(replaced);
    for (const { peerId, type } of all) this.#count(this.#node, peerId, type, 1);
  }

  async expedite({ peerId, sendEpoch }: Change<'expedite'>): Promise<void> {
    const sql = `UPDATE reunion.records SET send_epoch = $3,
        send_count = CASE WHEN type = $4 AND grp IS NOT NULL THEN send_count ELSE 0 END
      WHERE node = $1 AND peer = $2 AND send_epoch > $3`;
    await this.#queries.rows(sql, [this.#node, peerId, sendEpoch, typeValue('request')]);
  }

  async setEpoch(epoch: number): Promise<void> {
    const sql = 'UPDATE reunion.nodes SET epoch = $2 WHERE node = $1 AND epoch <> $2';
    await this.#queries.rows(sql, [this.#node, epoch]);
  }

  /** Writes the counts, a row for each peer and not one for each record. */
  async end(): Promise<void> {
    const changed = [...this.#counts.values()].filter(({ byType }) =>
      Object.values(byType).some((count) => count !== 0),
    );
    this.#counts.clear();
    if (changed.length === 0) return;
    await this.#queries.rows(
      `INSERT INTO reunion.peers(node, peer, offers, requests, messages)
       SELECT * FROM unnest($1::integer[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[])
       ON CONFLICT(node, peer) DO UPDATE SET offers = peers.offers + excluded.offers,
         requests = peers.requests + excluded.requests, messages = peers.messages + excluded.messages`,
      [
        changed.map(({ node }) => node),
        changed.map(({ peer }) => peer),
        ...(['offer', 'request', 'message'] as const).map((type) =>
          changed.map(({ byType }) => byType[type]),
        ),
      ],
    );
  }

  #countDropped(rows: readonly Row[]): void {
    for (const [node, peer, type] of rows) {
      this.#count(number(node), text(peer), recordType(type), -1);
    }
  }

  #count(node: number, peer: string, type: RecordType, by: number): void {
    const key = `${node} ${peer}`;
    const found = this.#counts.get(key);
    const counts = found ?? { node, peer, byType: { offer: 0, request: 0, message: 0 } };
    counts.byType[type] += by;
    if (!found) this.#counts.set(key, counts);
  }
}
