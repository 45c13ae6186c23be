import { packSections, sectionsOf } from '../../helpers/sections.ts';
import type {
  MessageHeader,
  MessagePosition,
  MessageStore,
  StoredMessage,
} from '../../mvds/ports.ts';
import type { GroupId, MessageId, PeerId } from '../../mvds/types.ts';
import type { Queries, Row } from './connection.ts';
import type { Groups } from './groups.ts';
import {
  bigint,
  boolean,
  bytes,
  groupId,
  idValue,
  idValues,
  limitValue,
  messageId,
  number,
  splitIds,
  textOrNull,
} from './values.ts';

/** Of a whole message, as `storedMessage` reads them; with the tables `messages m` and `groups g`. */
export const MESSAGE_COLUMNS = `m.sequence, encode(m.id, 'hex'), encode(g.id, 'hex'), m.timestamp,
  m.source, m.delivered, encode(m.parents, 'hex'), m.body`;

const MESSAGES = 'reunion.messages m JOIN reunion.groups g USING (grp)';
/** Ids in the order in which they were asked for. */
const WANTED =
  'unnest($1::bytea[]) WITH ORDINALITY AS wanted(id, place) JOIN reunion.messages m ON m.id = wanted.id JOIN reunion.groups g USING (grp)';

/** The messages of all groups, of whichever node. */
export class PostgresMessages implements MessageStore {
  readonly #queries: Queries;
  readonly #groups: Groups;
  readonly #lastSequence: () => number;

  /** @param lastSequence up to where this process knows of every message */
  constructor(queries: Queries, groups: Groups, lastSequence: () => number) {
    this.#queries = queries;
    this.#groups = groups;
    this.#lastSequence = lastSequence;
  }

  async held(ids: readonly MessageId[]): Promise<ReadonlySet<MessageId>> {
    if (ids.length === 0) return new Set();
    const rows = await this.#queries.rows(
      `SELECT encode(id, 'hex') FROM reunion.messages
       WHERE id = ANY($1::bytea[]) AND (body IS NOT NULL OR delivered)`,
      [idValues(ids)],
    );
    return new Set(rows.map(([id]) => messageId(id)));
  }

  async read(ids: readonly MessageId[]): Promise<ReadonlyMap<MessageId, StoredMessage>> {
    if (ids.length === 0) return new Map();
    const sql = `SELECT ${MESSAGE_COLUMNS} FROM ${WANTED} WHERE m.body IS NOT NULL ORDER BY place`;
    const messages = (await this.#queries.rows(sql, [idValues(ids)])).map(storedMessage);
    return new Map(messages.map((message) => [message.id, message]));
  }

  async headers(ids: readonly MessageId[]): Promise<ReadonlyMap<MessageId, MessageHeader>> {
    if (ids.length === 0) return new Map();
    const rows = await this.#queries.rows(
      `SELECT encode(m.id, 'hex'), encode(g.id, 'hex'), m.timestamp, octet_length(m.body)
       FROM ${WANTED} ORDER BY place`,
      [idValues(ids)],
    );
    const headers = rows.map(([id, group, timestamp, size]) => ({
      id: messageId(id),
      groupId: groupId(group),
      timestamp: bigint(timestamp),
      bytes: size === null ? undefined : number(size),
    }));
    return new Map(headers.map((header) => [header.id, header]));
  }

  async arrivedAfter(
    sequence: number,
    limit: number,
    groups?: readonly GroupId[],
  ): Promise<readonly StoredMessage[]> {
    const numbers = groups && (await this.#groups.find(groups));
    const rows = await this.#queries.rows(
      `SELECT ${MESSAGE_COLUMNS} FROM ${MESSAGES}
       WHERE m.sequence > $1 AND m.body IS NOT NULL AND ($3::integer[] IS NULL OR m.grp = ANY($3))
       ORDER BY m.sequence LIMIT $2`,
      [sequence, limitValue(limit), numbers ?? null],
    );
    return rows.map(storedMessage);
  }

  async positions(
    groupId: GroupId,
    after: MessagePosition | undefined,
    limit: number,
  ): Promise<Uint8Array> {
    const [group] = await this.#groups.find([groupId]);
    if (group === undefined) return new Uint8Array();
    // Packed by the server, as `packPositions` does it: a whole history of rows would cost more than its bytes.
    const further = after === undefined ? '' : 'AND (timestamp, id) > ($3::bigint, $4::bytea)';
    const place = after === undefined ? [] : [after.timestamp.toString(), idValue(after.id)];
    const [[packed] = []] = await this.#queries.rows(
      `SELECT coalesce(string_agg(int8send(timestamp) || id, ''::bytea ORDER BY timestamp, id), ''::bytea)
       FROM (
         SELECT timestamp, id FROM reunion.messages WHERE grp = $1 ${further}
         ORDER BY timestamp, id LIMIT $2
       ) page`,
      [group, limitValue(limit), ...place],
    );
    return bytes(packed);
  }

  /** Made of the positions each time. */
  async sections(groupId: GroupId): Promise<Uint8Array> {
    return packSections(sectionsOf(await this.positions(groupId, undefined, Infinity)));
  }

  /** None are kept. */
  async checkSections(): Promise<boolean> {
    return true;
  }

  async waitingFor(ids: readonly MessageId[]): Promise<readonly StoredMessage[]> {
    if (ids.length === 0) return [];
    const rows = await this.#queries.rows(
      `SELECT ${MESSAGE_COLUMNS} FROM ${MESSAGES}
       WHERE NOT m.delivered AND m.body IS NOT NULL AND m.sequence IN (
         SELECT child FROM reunion.parents WHERE parent = ANY($1::bytea[])
       ) ORDER BY m.sequence`,
      [idValues(ids)],
    );
    return rows.map(storedMessage);
  }

  async buffered(sequence: number, limit: number): Promise<readonly StoredMessage[]> {
    const rows = await this.#queries.rows(
      `SELECT ${MESSAGE_COLUMNS} FROM ${MESSAGES}
       WHERE NOT m.delivered AND m.body IS NOT NULL AND m.sequence > $1
       ORDER BY m.sequence LIMIT $2`,
      [sequence, limitValue(limit)],
    );
    return rows.map(storedMessage);
  }

  async heads(groupId: GroupId, limit: number): Promise<readonly MessageId[]> {
    const [group] = await this.#groups.find([groupId]);
    if (group === undefined) return [];
    const rows = await this.#queries.rows(
      `SELECT encode(id, 'hex') FROM reunion.messages WHERE grp = $1 AND NOT named
       ORDER BY timestamp DESC, id DESC LIMIT $2`,
      [group, limitValue(limit)],
    );
    return rows.map(([id]) => messageId(id));
  }

  async count(groupId?: GroupId): Promise<number> {
    const [[count] = []] = await this.#queries.rows(
      `SELECT coalesce(sum(messages), 0) FROM reunion.groups WHERE $1::bytea IS NULL OR id = $1`,
      [groupId === undefined ? null : idValue(groupId)],
    );
    return number(count);
  }

  /** Up to where this process knows of every message; other processes may have added some since. */
  async lastSequence(): Promise<number> {
    return this.#lastSequence();
  }
}

export function storedMessage(row: Row): StoredMessage {
  const [sequence, id, group, timestamp, source, delivered, parents, body] = row;
  return {
    sequence: number(sequence),
    id: messageId(id),
    groupId: groupId(group),
    timestamp: bigint(timestamp),
    source: textOrNull(source) as PeerId | undefined,
    delivered: boolean(delivered),
    metadata: { parents: splitIds(parents), ephemeral: false },
    body: bytes(body),
  };
}
