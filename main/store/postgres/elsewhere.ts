import type { GroupId } from '../../mvds/types.ts';
import type { ArrivedElsewhere, ChangesElsewhere } from '../../sync/ports.ts';
import type { Sequences } from './add-messages.ts';
import type { Queries, Row } from './connection.ts';
import { MESSAGE_COLUMNS, storedMessage } from './messages.ts';
import { bigint, groupId, messageId, number } from './values.ts';

/** Messages taken at a time: with bodies of the usual size some 100 kB. */
const BATCH = 256;

/** The number of no node. */
const NO_NODE = 0;

/** Runs work one piece after another, so that what is read is in step with what was committed. */
export type OneAtATime = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * This node's knowledge of the messages of a database that others write to. `sequence` is where its knowledge is without a
 * gap: each message up to it was committed here, or was taken by `next` and `taken`.
 */
export class Elsewhere implements ChangesElsewhere {
  readonly #queries: Queries;
  readonly #node: number;
  readonly #oneAtATime: OneAtATime;
  readonly #listeners: ((change: 'messages' | 'recovered') => void)[] = [];
  readonly #expiryListeners: ((groupId: GroupId) => void)[] = [];
  #sequence: number;
  #release: number;
  /** Whether there may be commits of this node that nobody here knows of. */
  #isUnsure = false;

  private constructor(
    queries: Queries,
    node: number,
    oneAtATime: OneAtATime,
    [sequence, release]: Row,
  ) {
    this.#queries = queries;
    this.#node = node;
    this.#oneAtATime = oneAtATime;
    this.#sequence = number(sequence);
    this.#release = number(release);
  }

  static async open(queries: Queries, node: number, oneAtATime: OneAtATime): Promise<Elsewhere> {
    const [row = []] = await queries.rows(
      `SELECT coalesce((
         SELECT min(sequence) - 1 FROM reunion.messages WHERE sequence > taken AND node <> $1
       ), last_sequence), taken_release FROM reunion.nodes, reunion.meta WHERE nodes.node = $1`,
      [node],
    );
    return new Elsewhere(queries, node, oneAtATime, row);
  }

  get sequence(): number {
    return this.#sequence;
  }

  /** A commit of this node, which nobody else came before without being known. */
  committed({ before, last }: Sequences): void {
    if (before === this.#sequence) this.#sequence = last;
  }

  /** A commit of this node that may have taken place, or not: what it wrote is taken as if it came from elsewhere. */
  unsure(): void {
    this.#isUnsure = true;
    this.tell('messages');
  }

  onChange(listener: (change: 'messages' | 'recovered') => void): void {
    this.#listeners.push(listener);
  }

  onExpired(listener: (groupId: GroupId) => void): void {
    this.#expiryListeners.push(listener);
  }

  tellExpired(groupId: GroupId): void {
    for (const listener of this.#expiryListeners) listener(groupId);
  }

  tell(change: 'messages' | 'recovered'): void {
    for (const listener of this.#listeners) listener(change);
  }

  /** The last sequence of the server; where it is above the one that is known here, the messages between are to be taken. */
  compare(sequence: number, release: number): void {
    if (sequence > this.#sequence || release > this.#release) this.tell('messages');
  }

  next(): Promise<ArrivedElsewhere | undefined> {
    return this.#oneAtATime(async () => {
      const sql = 'SELECT last_sequence, last_release FROM reunion.meta';
      const [[lastSequence, lastRelease] = []] = await this.#queries.rows(sql);
      const arrived = await this.#arrived();
      const released = await this.#released(number(lastRelease));
      const last = arrived.at(-1)?.sequence ?? 0;
      const sequence = arrived.length === BATCH ? last : Math.max(number(lastSequence), last);
      if (arrived.length + released.length === 0) {
        // All that came was this node's own, or is gone again.
        this.#sequence = Math.max(this.#sequence, sequence);
        this.#release = Math.max(this.#release, number(lastRelease));
        this.#isUnsure = false;
        return undefined;
      }
      return {
        messages: arrived.flatMap(({ message }) => message ?? []),
        positions: arrived.map(({ position }) => position),
        released: released.map(storedMessage),
        upTo: { sequence, release: number(lastRelease) },
      };
    });
  }

  async taken({ sequence, release }: ArrivedElsewhere['upTo']): Promise<void> {
    await this.#queries.rows(
      `UPDATE reunion.nodes SET taken = greatest(taken, $2), taken_release = greatest(taken_release, $3)
       WHERE node = $1`,
      [this.#node, sequence, release],
    );
    this.#sequence = Math.max(this.#sequence, sequence);
    this.#release = Math.max(this.#release, release);
  }

  /** The node whose messages need not be taken: this one, but for a commit that it is not sure of. */
  get #known(): number {
    return this.#isUnsure ? NO_NODE : this.#node;
  }

  async #arrived() {
    const rows = await this.#queries.rows(
      `SELECT ${MESSAGE_COLUMNS} FROM reunion.messages m JOIN reunion.groups g USING (grp)
       WHERE m.sequence > $1 AND m.node <> $2 ORDER BY m.sequence LIMIT ${BATCH}`,
      [this.#sequence, this.#known],
    );
    return rows.map((row) => {
      const [sequence, id, group, timestamp] = row;
      return {
        sequence: number(sequence),
        position: { id: messageId(id), groupId: groupId(group), timestamp: bigint(timestamp) },
        message: row.at(-1) === null ? undefined : storedMessage(row),
      };
    });
  }

  /** Those among what arrived come with it. */
  #released(lastRelease: number): Promise<readonly Row[]> {
    return this.#queries.rows(
      `SELECT ${MESSAGE_COLUMNS} FROM reunion.messages m JOIN reunion.groups g USING (grp)
       WHERE m.release > $1 AND m.release <= $2 AND m.releaser <> $3 AND m.body IS NOT NULL
         AND (m.node = $3 OR m.sequence <= $4)
       ORDER BY m.release`,
      [this.#release, lastRelease, this.#known, this.#sequence],
    );
  }
}
