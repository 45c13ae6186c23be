import type { NewMessage, Tombstone } from '../../mvds/ports.ts';
import type { MessageId } from '../../mvds/types.ts';
import type { Queries } from './connection.ts';
import type { GroupNumbers } from './groups.ts';
import { boolean, idValue, idValues, messageId, number } from './values.ts';

/** The messages that a node of the database wrote in one transaction. */
export interface Sequences {
  /** Of the newest message before the transaction. */
  readonly before: number;
  /** Of the newest one after it. */
  readonly last: number;
}

/**
 * Writes messages in one transaction. Holds the lock on the row of the sequences from its making to the commit, so that a
 * message becomes visible only after all that have a smaller sequence.
 */
export class MessageWriter {
  readonly #queries: Queries;
  readonly #groups: GroupNumbers;
  readonly #node: number;
  readonly #before: number;
  #last: number;
  #release: number;
  #hasReleased = false;
  readonly #countByGroup = new Map<number, number>();

  private constructor(
    queries: Queries,
    groups: GroupNumbers,
    node: number,
    sequence: number,
    release: number,
  ) {
    this.#queries = queries;
    this.#groups = groups;
    this.#node = node;
    this.#before = sequence;
    this.#last = sequence;
    this.#release = release;
  }

  static async begin(queries: Queries, groups: GroupNumbers, node: number): Promise<MessageWriter> {
    const sql = 'SELECT last_sequence, last_release FROM reunion.meta FOR UPDATE';
    const [[sequence, release] = []] = await queries.rows(sql);
    return new MessageWriter(queries, groups, node, number(sequence), number(release));
  }

  get sequences(): Sequences {
    return { before: this.#before, last: this.#last };
  }

  /** Adds those that are not held, in order. Returns their ids. */
  async add(messages: readonly NewMessage[]): Promise<MessageId[]> {
    if (messages.length === 0) return [];
    const known = await this.#known(messages.map(({ message }) => message.id));
    const added: MessageId[] = [];
    const fresh: NewMessage[] = [];
    for (const about of messages) {
      const { id } = about.message;
      const state = known.get(id);
      if (state === 'held') continue;
      known.set(id, 'held');
      added.push(id);
      if (state === 'revived') await this.#fill(about);
      else fresh.push(about);
    }
    await this.#insert(fresh);
    return added;
  }

  async tombstone(tombstones: readonly Tombstone[]): Promise<void> {
    const ids = tombstones.map(({ id }) => id);
    const known = await this.#known(ids);
    // A tombstone is no parent to wait for, and waits for none.
    await this.#queries.rows(
      `UPDATE reunion.messages SET body = NULL, delivered = true
       WHERE id = ANY($1::bytea[]) AND (body IS NOT NULL OR NOT delivered)`,
      [idValues(ids)],
    );
    const fresh = tombstones.filter(({ id }, at) => !known.has(id) && ids.indexOf(id) === at);
    await this.#insertRows(
      fresh.map(({ id, groupId, timestamp }) => ({
        ...{ id, groupId, timestamp, source: null, delivered: true, parents: [], body: null },
      })),
    );
  }

  async revive(ids: readonly MessageId[]): Promise<void> {
    const sql =
      'UPDATE reunion.messages SET delivered = false WHERE id = ANY($1::bytea[]) AND body IS NULL';
    await this.#queries.rows(sql, [idValues(ids)]);
  }

  async deliver(ids: readonly MessageId[]): Promise<void> {
    const rows = await this.#queries.rows(
      `UPDATE reunion.messages m SET delivered = true, releaser = $2, release = $3 + place
       FROM unnest($1::bytea[]) WITH ORDINALITY AS released(id, place)
       WHERE m.id = released.id AND NOT m.delivered RETURNING m.release`,
      [idValues(ids), this.#node, this.#release],
    );
    if (rows.length === 0) return;
    this.#release = Math.max(...rows.map(([release]) => number(release)));
    this.#hasReleased = true;
  }

  /** Writes down how far the sequences got, and wakes the other nodes at the commit. */
  async end(): Promise<void> {
    const counts = [...this.#countByGroup];
    if (counts.length > 0) {
      await this.#queries.rows(
        `UPDATE reunion.groups g SET messages = g.messages + added.count
         FROM unnest($1::integer[], $2::bigint[]) AS added(grp, count) WHERE g.grp = added.grp`,
        [counts.map(([group]) => group), counts.map(([, count]) => count)],
      );
    }
    if (this.#last === this.#before && !this.#hasReleased) return;
    await this.#queries.rows(`UPDATE reunion.meta SET last_sequence = $1, last_release = $2`, [
      this.#last,
      this.#release,
    ]);
    await this.#queries.rows(`SELECT pg_notify('reunion', $1)`, [`messages ${this.#node}`]);
  }

  async #known(ids: readonly MessageId[]): Promise<Map<MessageId, 'held' | 'revived'>> {
    const rows = await this.#queries.rows(
      `SELECT encode(id, 'hex'), body IS NULL AND NOT delivered
       FROM reunion.messages WHERE id = ANY($1::bytea[])`,
      [idValues(ids)],
    );
    return new Map(
      rows.map(([id, isRevived]) => [messageId(id), boolean(isRevived) ? 'revived' : 'held']),
    );
  }

  async #insert(messages: readonly NewMessage[]): Promise<void> {
    const rows = messages.map(({ message, delivered, source }) => {
      const { id, groupId, timestamp, body, metadata } = message;
      return {
        id,
        groupId,
        timestamp,
        source: source ?? null,
        delivered,
        parents: metadata.parents,
        body,
      };
    });
    await this.#insertRows(rows);
  }

  async #insertRows(rows: readonly InsertedRow[]): Promise<void> {
    if (rows.length === 0) return;
    const first = this.#last + 1;
    const groups = rows.map(({ groupId }) => this.#groups(groupId));
    for (const group of groups) {
      this.#countByGroup.set(group, (this.#countByGroup.get(group) ?? 0) + 1);
    }
    this.#last += rows.length;
    await this.#queries.rows(
      `INSERT INTO reunion.messages(sequence, id, grp, timestamp, source, node, delivered, named, parents, body)
       SELECT $1::bigint + place - 1, id, grp, timestamp, source, $2, delivered,
         EXISTS(SELECT 1 FROM reunion.parents WHERE parent = id), parents, body
       FROM unnest($3::bytea[], $4::integer[], $5::bigint[], $6::text[], $7::boolean[], $8::bytea[], $9::bytea[])
         WITH ORDINALITY AS new(id, grp, timestamp, source, delivered, parents, body, place)`,
      [
        ...[first, this.#node, rows.map(({ id }) => idValue(id)), groups],
        rows.map(({ timestamp }) => timestamp.toString()),
        rows.map(({ source }) => source),
        rows.map(({ delivered }) => delivered),
        rows.map(({ parents }) => `\\x${parents.join('')}`),
        rows.map(({ body }) => (body === null ? null : Buffer.from(body))),
      ],
    );
    await this.#insertParents(
      rows.flatMap(({ parents }, at) => parents.map((parent) => [parent, first + at] as const)),
    );
  }

  async #insertParents(parents: readonly (readonly [MessageId, number])[]): Promise<void> {
    if (parents.length === 0) return;
    const ids = parents.map(([parent]) => idValue(parent));
    await this.#queries.rows(
      `INSERT INTO reunion.parents(parent, child) SELECT DISTINCT * FROM unnest($1::bytea[], $2::bigint[])
       ON CONFLICT DO NOTHING`,
      [ids, parents.map(([, child]) => child)],
    );
    const sql =
      'UPDATE reunion.messages SET named = true WHERE id = ANY($1::bytea[]) AND NOT named';
    await this.#queries.rows(sql, [ids]);
  }

  /** Gives a revived tombstone its body. */
  async #fill({ message, delivered, source }: NewMessage): Promise<void> {
    await this.#queries.rows(
      'UPDATE reunion.messages SET body = $2, delivered = $3, source = $4 WHERE id = $1',
      [idValue(message.id), Buffer.from(message.body), delivered, source ?? null],
    );
  }
}

interface InsertedRow {
  readonly id: MessageId;
  readonly groupId: Tombstone['groupId'];
  readonly timestamp: bigint;
  readonly source: string | null;
  readonly delivered: boolean;
  readonly parents: readonly MessageId[];
  /** `null` in a tombstone. */
  readonly body: Uint8Array | null;
}
