import type { SearchHit, SearchQuery } from '../conversations/ports.ts';
import type { Entry } from '../conversations/types.ts';
import type { QueryWord } from './search-text.ts';
import { findMatches, matchExpression, queryWords, snippet } from './search-text.ts';
import { idBytes, limitValue } from './values.ts';

/** How many of the newest matches are ranked: enough to page through, and read in a few milliseconds. */
const CANDIDATES = 200;
/** An entry this much older than the newest match counts half as recent. */
const HALF_LIFE_MS = 30 * 24 * 3600 * 1000;

type FindEntries = (
  condition: string,
  values: readonly (number | string | Uint8Array)[],
) => Entry[];

type NumberedQuery = Omit<SearchQuery, 'author'> & { readonly author: number | undefined };

/**
 * The best of the newest entries that match, of those that are in the index.
 * @param query with the number of the author, where only what one device wrote is asked for
 */
export function searchEntries(query: NumberedQuery, findEntries: FindEntries): SearchHit[] {
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
