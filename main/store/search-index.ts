import type { Connection } from './connection.ts';
import { StoreFullError, StoreReadOnlyError } from './errors.ts';
import { searchTerms } from './search-text.ts';
import { number, text } from './values.ts';

/** The last entry, by its number, that is in the index. Entries are numbered as they come. */
const INDEXED_THROUGH = 'indexed_through';
/** Entries added between two looks at the clock: some 2 ms of work. */
const ENTRIES_PER_LOOK = 16;
/** So few entries are added before a search looks, so that a person finds what was written just now. Some 30 ms of work. */
const CATCH_UP = { entries: 300, milliseconds: 50 };
/** Transactions that added words, each of which leaves a segment, after which segments are merged. */
const SEGMENTS_PER_MERGE = 8;
/**
 * Nodes that SQLite writes between two looks at the clock. Most are as large as a page, but the list of a frequent beginning is one
 * node, and takes megabytes in a large index.
 */
const MERGE_NODES = 4;

export interface StepBounds {
  readonly entries: number;
  /** A step ends with the entry that is being added when these have passed. Its commit takes some milliseconds more. */
  readonly milliseconds: number;
}

/**
 * The full-text index of entries. It follows behind them: entries are stored without a look at it, and added to it later, in
 * their order. How far it has got is kept in the same transaction, so that a crash loses no place.
 */
export class SearchIndex {
  readonly #connection: Connection;
  #through: number | undefined;
  #segmentsSinceMerge = 0;

  constructor(connection: Connection) {
    this.#connection = connection;
    connection.onRollback(() => (this.#through = undefined));
  }

  /**
   * Changes the text of an entry, by `write`, and the index with it where the entry is in the index. For use inside a
   * transaction.
   */
  change(entry: number, before: string, after: string, write: () => void): void {
    const isIndexed = entry <= this.#indexedThrough();
    // Before the row is changed: the index looks there for what it has to take out.
    if (isIndexed && before !== '') {
      this.#connection.run('DELETE FROM search WHERE docid = ?', entry);
    }
    write();
    if (!isIndexed) return;
    if (after !== '') this.#add(entry, after);
    this.#segmentsSinceMerge += 1;
  }

  /** How many of the newest entries it does not have yet. */
  unindexed(): number {
    return Math.max(0, this.#lastEntry() - this.#indexedThrough());
  }

  /** Adds the next entries, if any, in a transaction of their own. Returns how many are left. */
  advance({ entries, milliseconds }: StepBounds): number {
    const end = performance.now() + milliseconds;
    this.#connection.derived(() => {
      const rows = this.#connection.all(
        'SELECT entry, text FROM entries WHERE entry > ? ORDER BY entry LIMIT ?',
        [this.#indexedThrough(), entries],
        ([entry, content]) => ({ entry: number(entry), content: text(content) }),
      );
      if (rows.length === 0) return;
      let through = 0;
      for (const [at, { entry, content }] of rows.entries()) {
        if (content !== '') this.#add(entry, content);
        through = entry;
        if ((at + 1) % ENTRIES_PER_LOOK === 0 && performance.now() >= end) break;
      }
      this.#setThrough(through);
      this.#segmentsSinceMerge += 1;
    });
    return this.unindexed();
  }

  /** As `advance`, where little is left. On a disk that takes nothing any more it stays as it is. */
  catchUp(): number {
    const left = this.unindexed();
    if (left === 0 || left > CATCH_UP.entries) return left;
    try {
      return this.advance(CATCH_UP);
    } catch (error) {
      if (error instanceof StoreFullError || error instanceof StoreReadOnlyError) return left;
      throw error;
    }
  }

  /** For entries that were deleted: their numbers, if they were the last, are given to others. Inside a transaction. */
  forgetDeleted(): void {
    this.#setThrough(Math.min(this.#indexedThrough(), this.#lastEntry()));
  }

  /** Empties it, to be made anew from the entries. For use inside a transaction. */
  clear(): void {
    this.#setThrough(0);
    // From what it is to have by now, which is nothing.
    this.#connection.run("INSERT INTO search(search) VALUES('rebuild')");
  }

  /** Merges all of the index into one segment, which drops the words of what was taken out. */
  optimize(): void {
    this.#connection.derived(() => {
      this.#connection.run("INSERT INTO search(search) VALUES('optimize')");
    });
    this.#segmentsSinceMerge = 0;
  }

  isMergeDue(): boolean {
    return this.#segmentsSinceMerge >= SEGMENTS_PER_MERGE;
  }

  /**
   * Merges a part of the index, until the time is over: SQLite would otherwise merge all segments of a size at once, some day.
   */
  mergeStep(milliseconds: number): void {
    const end = performance.now() + milliseconds;
    this.#connection.derived(() => {
      do {
        const before = this.#totalChanges();
        this.#connection.run(
          'INSERT INTO search(search) VALUES(?)',
          `merge=${MERGE_NODES},${SEGMENTS_PER_MERGE}`,
        );
        if (this.#totalChanges() - before < 2) {
          this.#segmentsSinceMerge = 0;
          return;
        }
      } while (performance.now() < end);
    });
  }

  #add(entry: number, content: string): void {
    const terms = searchTerms(content);
    this.#connection.run('INSERT INTO search(docid, text) VALUES(?, ?)', entry, terms);
  }

  #lastEntry(): number {
    const sql = 'SELECT max(entry) FROM entries';
    const read = ([last]: readonly unknown[]): number => (typeof last === 'number' ? last : 0);
    return this.#connection.first(sql, [], read) ?? 0;
  }

  #indexedThrough(): number {
    const sql = 'SELECT value FROM meta WHERE key = ?';
    this.#through ??= this.#connection.first(sql, [INDEXED_THROUGH], ([n]) => number(n)) ?? 0;
    return this.#through;
  }

  #setThrough(entry: number): void {
    this.#connection.run(
      'INSERT INTO meta(key, value) VALUES(?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
      ...[INDEXED_THROUGH, entry],
    );
    this.#through = entry;
  }

  #totalChanges(): number {
    return this.#connection.first('SELECT total_changes()', [], ([n]) => number(n)) ?? 0;
  }
}
