import { addIds, addSum, SUM_WORDS, subtractSum } from '../helpers/id-sums.ts';
import {
  beginsSection,
  packSections,
  sectionsOf,
  sumBytes,
  sumOf,
  type Section,
} from '../helpers/sections.ts';
import type { Connection, Row } from './connection.ts';
import { StoreFullError, StoreReadOnlyError } from './errors.ts';
import { PackedPositions } from './packed-positions.ts';
import { bytes, number } from './values.ts';

/** A message that was inserted or deleted: `id` has 32 bytes. */
export interface Place {
  readonly timestamp: bigint;
  readonly id: Uint8Array;
}

/** As text only where a number would not be exact: making and reading it costs more than all the rest. */
export const EXACT_TIMESTAMP = `iif(timestamp BETWEEN ${-Number.MAX_SAFE_INTEGER} AND ${Number.MAX_SAFE_INTEGER},
  timestamp, CAST(timestamp AS TEXT))`;

/** The sections of all groups, by their numbers: kept beside the messages, so that a start has not to read all positions. */
export class SectionTable {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Messages of a group were inserted. Inside the transaction that did so. */
  inserted(group: number, places: readonly Place[]): void {
    let sorted = places.toSorted(byTimestamp);
    for (let [first] = sorted; first; [first] = sorted) {
      const section = this.#at(group, orderOf(first));
      const after = this.#nextStart(group, section.from);
      const end = sorted.findIndex((place) => orderOf(place) >= after);
      const own = end < 0 ? sorted : sorted.slice(0, end);
      sorted = end < 0 ? [] : sorted.slice(end);
      addPlaces(section, own);
      const start = own.find((place) => begins(place) && orderOf(place) > section.from);
      const parts = start ? this.#read(group, orderOf(start), after) : [];
      for (const part of parts) {
        section.count -= part.count;
        subtractSum(section.sum, part.sum);
        this.#put(group, part);
      }
      this.#put(group, section);
    }
  }

  /** Messages of a group were deleted. Inside the transaction that did so. */
  deleted(group: number, places: readonly Place[]): void {
    for (const place of places) {
      const section = this.#at(group, orderOf(place));
      const id = new Uint32Array(SUM_WORDS);
      addIds(id, viewOf(place.id), 0, 1);
      section.count -= 1;
      subtractSum(section.sum, id);
      const isOver =
        section.from > 0 &&
        orderOf(place) === section.from &&
        begins(place) &&
        !this.#begins(group, section.from);
      if (isOver) this.#join(group, section);
      else this.#put(group, section);
    }
  }

  /** Packed, in order. Made anew where they are not as many as the messages of the group. */
  read(group: number, messages: number): Uint8Array {
    const kept = this.#kept(group);
    if (total(kept) === messages) return packSections(kept);
    return packSections(this.#renew(group));
  }

  /** Whether they are those of the messages; else they are made anew. Reads all positions of the group. */
  check(group: number): boolean {
    const kept = Buffer.from(packSections(this.#kept(group)));
    if (kept.equals(packSections(this.#read(group, 0, Infinity)))) return true;
    this.#renew(group);
    return false;
  }

  #kept(group: number): Section[] {
    const sql = 'SELECT start, count, sum FROM sections WHERE grp = ? ORDER BY start';
    return this.#connection.all(sql, [group], sectionOf);
  }

  #renew(group: number): readonly Section[] {
    const sections = this.#read(group, 0, Infinity);
    try {
      this.#connection.transaction(() => {
        this.#connection.run('DELETE FROM sections WHERE grp = ?', group);
        for (const section of sections) this.#put(group, section);
      });
    } catch (error) {
      // They are right all the same, and made anew at the next start.
      if (!(error instanceof StoreFullError || error instanceof StoreReadOnlyError)) throw error;
    }
    return sections;
  }

  /** The sections of the messages from timestamp `from`, or from the first where that is 0, up to `to`. */
  #read(group: number, from: number, to: number): readonly Section[] {
    const packed = new PackedPositions();
    const first = from > 0 ? from : SMALLEST_TIMESTAMP;
    const below = to < Infinity ? 'AND timestamp < ?' : '';
    this.#connection.all(
      `SELECT ${EXACT_TIMESTAMP}, id FROM messages
       WHERE grp = ? AND timestamp >= ? ${below} ORDER BY grp, timestamp, id`,
      [group, first, ...(to < Infinity ? [to] : [])],
      ([timestamp, id]) => packed.add(timestamp, bytes(id)),
    );
    return sectionsOf(packed.bytes());
  }

  /** The section with this timestamp, to be changed: an empty one at the very start, where there is none. */
  #at(group: number, timestamp: number): { from: number; count: number; sum: Uint32Array } {
    const sql =
      'SELECT start, count, sum FROM sections WHERE grp = ? AND start <= ? ORDER BY start DESC LIMIT 1';
    const found = this.#connection.first(sql, [group, timestamp], sectionOf);
    return found ?? { from: 0, count: 0, sum: new Uint32Array(SUM_WORDS) };
  }

  #nextStart(group: number, start: number): number {
    const sql = 'SELECT start FROM sections WHERE grp = ? AND start > ? ORDER BY start LIMIT 1';
    return this.#connection.first(sql, [group, start], ([value]) => number(value)) ?? Infinity;
  }

  /** Whether a message that is held begins a section at this timestamp. */
  #begins(group: number, timestamp: number): boolean {
    const sql = 'SELECT id FROM messages WHERE grp = ? AND timestamp = ?';
    const ids = this.#connection.all(sql, [group, timestamp], ([id]) => bytes(id));
    return ids.some((id) => beginsSection(BigInt(timestamp), id));
  }

  /** Positions of a section that begins no more belong to the one before. */
  #join(group: number, section: Section): void {
    this.#connection.run('DELETE FROM sections WHERE grp = ? AND start = ?', group, section.from);
    const before = this.#at(group, section.from);
    before.count += section.count;
    addSum(before.sum, 0, section.sum, 0);
    this.#put(group, before);
  }

  #put(group: number, { from, count, sum }: Section): void {
    if (count === 0) {
      this.#connection.run('DELETE FROM sections WHERE grp = ? AND start = ?', group, from);
      return;
    }
    this.#connection.run(
      `INSERT INTO sections(grp, start, count, sum) VALUES(?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET count = excluded.count, sum = excluded.sum`,
      ...[group, from, count, sumBytes(sum)],
    );
  }
}

function sectionOf([from, count, sum]: Row): { from: number; count: number; sum: Uint32Array } {
  return { from: number(from), count: number(count), sum: sumOf(bytes(sum)) };
}

function total(sections: readonly Section[]): number {
  return sections.reduce((sum, { count }) => sum + count, 0);
}

function addPlaces(section: { count: number; sum: Uint32Array }, places: readonly Place[]): void {
  for (const { id } of places) addIds(section.sum, viewOf(id), 0, 1);
  section.count += places.length;
}

function viewOf(id: Uint8Array): DataView {
  return new DataView(id.buffer, id.byteOffset, id.byteLength);
}

function begins({ timestamp, id }: Place): boolean {
  return beginsSection(timestamp, id);
}

/** Where sections are compared: those from before 1970 are in the first, and none begins beyond what is exact. */
function orderOf({ timestamp }: Place): number {
  if (timestamp < 0n) return 0;
  return Number(timestamp < MAX_TIMESTAMP ? timestamp : MAX_TIMESTAMP);
}

const SMALLEST_TIMESTAMP = -(2n ** 63n);
const MAX_TIMESTAMP = BigInt(Number.MAX_SAFE_INTEGER);

function byTimestamp(a: Place, b: Place): number {
  if (a.timestamp === b.timestamp) return 0;
  return a.timestamp < b.timestamp ? -1 : 1;
}
