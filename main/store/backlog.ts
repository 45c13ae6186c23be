import { IntervalSet } from '../helpers/interval-set.ts';
import type { Connection } from './connection.ts';
import { StoreDamagedError } from './errors.ts';
import { bytes, number } from './values.ts';

/** Messages of one group that a peer lacks, by their sequences. */
export interface GroupBacklog {
  readonly group: number;
  readonly bulk: boolean;
  readonly sequences: IntervalSet;
}

/**
 * The backlog of each peer: for each group the intervals of sequences that it lacks, in one row, so that a history of a hundred
 * thousand messages costs no row for each. Methods that write are for use inside a transaction, and take effect on the disk
 * with `flush`.
 */
export class BacklogTable {
  readonly #connection: Connection;
  /** By peer and group; whatever was asked for since the opening. */
  readonly #peers = new Map<number, Map<number, GroupBacklog>>();
  readonly #changed = new Map<GroupBacklog, number>();

  constructor(connection: Connection) {
    this.#connection = connection;
    connection.onRollback(() => {
      this.#peers.clear();
      this.#changed.clear();
    });
  }

  /** Those that are not empty, of bulk groups last. */
  of(peer: number): readonly GroupBacklog[] {
    const all = [...this.#load(peer).values()].filter(({ sequences }) => sequences.size > 0);
    return [...all.filter(({ bulk }) => !bulk), ...all.filter(({ bulk }) => bulk)];
  }

  /** All sequences of a group: many, where a whole history is lacking. */
  sequencesOf(peer: number, group: number): readonly number[] {
    const sequences: number[] = [];
    for (const [first, last] of this.#load(peer).get(group)?.sequences.intervals() ?? []) {
      for (let sequence = first; sequence <= last; sequence += 1) sequences.push(sequence);
    }
    return sequences;
  }

  isEmpty(peer: number): boolean {
    for (const { sequences } of this.#load(peer).values()) if (sequences.size > 0) return false;
    return true;
  }

  /** The backlog of the group, where the message with the sequence is in it. */
  find(peer: number, group: number, sequence: number): GroupBacklog | undefined {
    const backlog = this.#load(peer).get(group);
    return backlog?.sequences.has(sequence) === true ? backlog : undefined;
  }

  /** Returns whether it was not in it. */
  add(peer: number, group: number, bulk: boolean, sequence: number): boolean {
    const groups = this.#load(peer);
    let backlog = groups.get(group);
    if (backlog === undefined || backlog.sequences.size === 0) {
      if (backlog !== undefined) this.#changed.delete(backlog);
      backlog = { group, bulk, sequences: new IntervalSet() };
      groups.set(group, backlog);
    }
    if (!backlog.sequences.add(sequence)) return false;
    this.#changed.set(backlog, peer);
    return true;
  }

  /** Returns whether it was in the backlog of any group. */
  delete(peer: number, sequence: number): boolean {
    for (const backlog of this.#load(peer).values()) {
      if (!backlog.sequences.delete(sequence)) continue;
      this.#changed.set(backlog, peer);
      return true;
    }
    return false;
  }

  /** Takes out the intervals whose bounds are given, in ascending order. Returns how many messages of the group were in it. */
  deleteIntervals(peer: number, group: number, intervals: readonly number[]): number {
    const backlog = this.#load(peer).get(group);
    const count = backlog?.sequences.deleteAll(intervals) ?? 0;
    if (backlog !== undefined && count > 0) this.#changed.set(backlog, peer);
    return count;
  }

  /** Takes out all of a group up to a sequence. Returns how many there were. */
  deleteUpTo(peer: number, group: number, sequence: number): number {
    const backlog = this.#load(peer).get(group);
    const count = backlog?.sequences.deleteUpTo(sequence) ?? 0;
    if (backlog !== undefined && count > 0) this.#changed.set(backlog, peer);
    return count;
  }

  forget(peer: number): void {
    for (const backlog of this.#load(peer).values()) this.#changed.delete(backlog);
    this.#peers.set(peer, new Map());
    this.#connection.run('DELETE FROM backlogs WHERE peer = ?', peer);
  }

  /** Writes down what has changed. */
  flush(): void {
    for (const [{ group, bulk, sequences }, peer] of this.#changed) {
      if (sequences.size === 0) {
        this.#connection.run('DELETE FROM backlogs WHERE peer = ? AND grp = ?', peer, group);
        continue;
      }
      this.#connection.run(
        `INSERT INTO backlogs(peer, grp, bulk, ranges) VALUES(?1, ?2, ?3, ?4)
         ON CONFLICT(peer, grp) DO UPDATE SET bulk = ?3, ranges = ?4`,
        ...[peer, group, bulk ? 1 : 0, sequences.pack()],
      );
    }
    this.#changed.clear();
  }

  #load(peer: number): Map<number, GroupBacklog> {
    const known = this.#peers.get(peer);
    if (known !== undefined) return known;
    const found = this.#connection.all(
      'SELECT grp, bulk, ranges FROM backlogs WHERE peer = ?',
      [peer],
      ([group, bulk, ranges]) => ({
        group: number(group),
        bulk: number(bulk) === 1,
        sequences: unpacked(bytes(ranges)),
      }),
    );
    const groups = new Map(found.map((backlog) => [backlog.group, backlog]));
    this.#peers.set(peer, groups);
    return groups;
  }
}

function unpacked(ranges: Uint8Array): IntervalSet {
  try {
    return IntervalSet.unpack(ranges);
  } catch (cause) {
    throw new StoreDamagedError('The store is damaged: a backlog is no set of intervals.', {
      cause,
    });
  }
}
