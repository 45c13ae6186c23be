import type { SearchHit, SearchQuery } from '../conversations/ports.ts';
import type { Entry } from '../conversations/types.ts';
import type { Connection } from './connection.ts';
import type { QueryWord } from './search-text.ts';
import { findMatches, matchExpression, queryWords, searchTerms, snippet } from './search-text.ts';
import { idBytes, limitValue, number } from './values.ts';

/** How many of the newest matches are ranked: enough to page through, and read in a few milliseconds. */
const CANDIDATES = 200;
/** An entry this much older than the newest match counts half as recent. */
const HALF_LIFE_MS = 30 * 24 * 3600 * 1000;
/** Writes after which segments of the index are merged a little, so that SQLite never has to merge them all at once. */
const WRITES_PER_MERGE = 64;
/** Pages written in one merge step, about 10 ms of work. */
const MERGE_PAGES = 64;
/** Segments of one level that are merged together. */
const MERGE_SEGMENTS = 8;

type FindEntries = (
  condition: string,
  values: readonly (number | string | Uint8Array)[],
) => Entry[];

type NumberedQuery = Omit<SearchQuery, 'author'> & { readonly author: number | undefined };

/** The full-text index of entries. Its methods that write are for use inside a transaction. */
export class SearchIndex {
  readonly #connection: Connection;
  #writesSinceMerge = 0;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** What the entry's row is to hold beside its text. */
  terms(text: string): string | null {
    return searchTerms(text) ?? null;
  }

  add(entry: number, text: string): void {
    const terms = searchTerms(text) ?? text;
    this.#connection.run('INSERT INTO search(docid, text) VALUES(?, ?)', entry, terms);
    this.#writesSinceMerge += 1;
  }

  /** Before the entry's row is changed or deleted: the index looks there for what it has to take out. */
  remove(entry: number): void {
    this.#connection.run('DELETE FROM search WHERE docid = ?', entry);
    this.#writesSinceMerge += 1;
  }

  /** Makes the index anew from the entries. */
  rebuild(): void {
    this.#connection.run("INSERT INTO search(search) VALUES('rebuild')");
  }

  /** Merges all of the index into one segment, which drops the words of what was taken out. */
  optimize(): void {
    this.#connection.derived(() => {
      this.#connection.run("INSERT INTO search(search) VALUES('optimize')");
    });
    this.#writesSinceMerge = 0;
  }

  isMergeDue(): boolean {
    return this.#writesSinceMerge >= WRITES_PER_MERGE;
  }

  /** Merges a bounded part of the index. Returns whether there may be more to merge. */
  mergeStep(): boolean {
    const before = this.#totalChanges();
    this.#connection.derived(() => {
      this.#connection.run(
        'INSERT INTO search(search) VALUES(?)',
        `merge=${MERGE_PAGES},${MERGE_SEGMENTS}`,
      );
    });
    const isDone = this.#totalChanges() - before < 2;
    if (isDone) this.#writesSinceMerge = 0;
    return !isDone;
  }

  /** @param query with the number of the author, where only what one device wrote is asked for */
  search(query: NumberedQuery, findEntries: FindEntries): SearchHit[] {
    const words = queryWords(query.text);
    if (words.length === 0) return [];
    const filters = filtersOf(query);
    const candidates = Math.max(CANDIDATES, limitValue(query.limit));
    const matching =
      filters.length === 0 ? 'search' : 'search CROSS JOIN entries AS one ON one.entry = docid';
    const conditions = ['search MATCH ?', ...filters.map(({ sql }) => sql)].join(' AND ');
    const entries = findEntries(
      `WHERE entry IN (SELECT docid FROM ${matching} WHERE ${conditions} ORDER BY docid DESC LIMIT ?)`,
      [matchExpression(words), ...filters.map(({ value }) => value), candidates],
    );
    return rank(entries, words)
      .slice(0, limitValue(query.limit))
      .map((entry) => ({ entry, snippet: snippet(entry.text, words) }));
  }

  #totalChanges(): number {
    return this.#connection.first('SELECT total_changes()', [], ([n]) => number(n)) ?? 0;
  }
}

/** What a query asks for besides words, of the entry `one`. */
function filtersOf(query: NumberedQuery): { sql: string; value: number | Uint8Array }[] {
  const { conversationId, author, from, to, hasFile } = query;
  return [
    conversationId !== undefined && {
      sql: 'one.conversation = (SELECT conversation FROM conversations WHERE id = ?)',
      value: idBytes(conversationId),
    },
    author !== undefined && { sql: 'one.author = ?', value: author },
    from !== undefined && { sql: 'one.written_at >= ?', value: from },
    to !== undefined && { sql: 'one.written_at <= ?', value: to },
    hasFile === true && { sql: 'one.files > ?', value: 0 },
  ].filter((filter) => filter !== false);
}

/** The best first: how well it matches and how recent it is count alike; among equals the newer. */
function rank(entries: readonly Entry[], words: readonly QueryWord[]): Entry[] {
  const newest = Math.max(...entries.map(({ order }) => order), 0);
  return entries
    .map((entry) => {
      const recency = 2 ** ((entry.order - newest) / HALF_LIFE_MS);
      return { entry, score: recency + matchQuality(entry.text, words) };
    })
    .sort(
      (a, b) =>
        b.score - a.score || b.entry.order - a.entry.order || (a.entry.id < b.entry.id ? 1 : -1),
    )
    .map(({ entry }) => entry);
}

/** From 0 to 1: whole words count more than beginnings, and words in the order asked for more than scattered ones. */
function matchQuality(text: string, words: readonly QueryWord[]): number {
  const matches = findMatches(text, words);
  const wholeWords = new Set(matches.filter(({ isWhole }) => isWhole).map(({ word }) => word));
  const inOrder = matches.filter(({ word }, at) => matches[at - 1]?.word === word - 1).length;
  const adjacency = words.length < 2 ? 1 : Math.min(1, inOrder / (words.length - 1));
  return (wholeWords.size / words.length + adjacency) / 2;
}
