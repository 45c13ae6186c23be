/**
 * Scripts that are written without spaces between words. The index knows words only by what separates them, so these are
 * cut into pairs of neighbouring characters, and a search for such text is one for pairs in a row.
 */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}ー々]+/gu;
const WORD = /[\p{L}\p{N}\p{M}\p{Co}]+/gu;

/** The index folds diacritics of Latin letters by itself, and those of others (й, ή) not. */
const FOLDED_HERE = /[^\p{Script=Latin}\u0300-\u036f][\u0300-\u036f]/u;

/**
 * The words that are indexed for `text`. To take a text out of the index SQLite computes them anew, so whoever changes this
 * empties the index of each store (`SearchIndex.clear`).
 */
export function searchTerms(text: string): string {
  const composed = text.normalize('NFC');
  const folded = FOLDED_HERE.test(text.normalize('NFD')) ? fold(composed) : composed;
  return folded.replace(UNSPACED, (run) => ` ${pairs(run).join(' ')} `);
}

/** The last character stands alone too, so that each character begins some term. */
function pairs(run: string): string[] {
  const characters = Array.from(run);
  return characters.map((character, at) => character + (characters[at + 1] ?? ''));
}

/** One word of what a person searches for. */
export interface QueryWord {
  /** Folded: lower case, no diacritics. */
  readonly text: string;
  /** Whether it is a run of a script without spaces, and so matches anywhere. */
  readonly isUnspaced: boolean;
  /** Whether it may be the beginning of a longer word. */
  readonly isPrefix: boolean;
}

/** The words of a query; the last one matches as a prefix unless something follows it. */
export function queryWords(query: string): QueryWord[] {
  const spaced = query.normalize('NFC').replace(UNSPACED, (run) => ` ${run} `);
  const words = spaced.match(WORD) ?? [];
  const isLastOpen = /[\p{L}\p{N}\p{M}\p{Co}]$/u.test(query);
  return words.map((word, index) => ({
    text: fold(word),
    isUnspaced: word.replace(UNSPACED, '') === '',
    isPrefix: isLastOpen && index === words.length - 1,
  }));
}

/** The query in the language of SQLite's FTS4: every word must match. */
export function matchExpression(words: readonly QueryWord[]): string {
  return words
    .map(({ text, isUnspaced, isPrefix }) => {
      if (!isUnspaced) return `"${text}${isPrefix ? '*' : ''}"`;
      const characters = Array.from(text);
      if (characters.length === 1) return `"${text}*"`;
      const inside = pairs(text).slice(0, -1);
      return `"${inside.join(' ')}"`;
    })
    .join(' ');
}

/** Lower case and without diacritics, as the index folds them. */
function fold(text: string): string {
  return text
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/gu, '')
    .toLowerCase()
    .replaceAll('ς', 'σ')
    .normalize('NFC');
}

/** Where in `text` words of a query match: from inclusive, to exclusive, in UTF-16 units, in order, not overlapping. */
export interface Match {
  readonly from: number;
  readonly to: number;
  readonly isWhole: boolean;
  /** Index of the word that matched. */
  readonly word: number;
}

export function findMatches(text: string, words: readonly QueryWord[]): Match[] {
  const matches: Match[] = [];
  for (const found of text.matchAll(new RegExp(`${UNSPACED.source}|${SPACED.source}`, 'gu'))) {
    const [token] = found;
    const isUnspaced = token.replace(UNSPACED, '') === '';
    words.forEach((word, index) => {
      if (word.isUnspaced !== isUnspaced) return;
      const matched = isUnspaced ? inRun(token, word, index) : atStart(token, word, index);
      for (const { from, to, ...rest } of matched) {
        matches.push({ from: found.index + from, to: found.index + to, ...rest });
      }
    });
  }
  matches.sort((a, b) => a.from - b.from || b.to - a.to);
  let end = 0;
  return matches.filter(({ from, to }) => {
    if (from < end) return false;
    end = to;
    return true;
  });
}

const SPACED = new RegExp(
  `(?:(?!${UNSPACED.source.slice(0, -1)})[\\p{L}\\p{N}\\p{M}\\p{Co}])+`,
  'gu',
);

function atStart(token: string, word: QueryWord, index: number): Match[] {
  const folded = fold(token);
  const isWhole = folded === word.text;
  if (!isWhole && !(word.isPrefix && folded.startsWith(word.text))) return [];
  return [
    {
      from: 0,
      to: isWhole ? token.length : unfoldedLength(token, word.text),
      isWhole,
      word: index,
    },
  ];
}

function inRun(token: string, word: QueryWord, index: number): Match[] {
  const matches: Match[] = [];
  const folded = fold(token);
  for (let at = folded.indexOf(word.text); at >= 0; at = folded.indexOf(word.text, at + 1)) {
    matches.push({ from: at, to: at + word.text.length, isWhole: true, word: index });
  }
  return matches;
}

/** How much of `token` folds to `folded`, its beginning. */
function unfoldedLength(token: string, folded: string): number {
  let length = 0;
  for (const character of token) {
    if (fold(token.slice(0, length)).length >= folded.length) {
      // Diacritics that follow the last letter belong to it.
      if (fold(character) !== '') break;
    }
    length += character.length;
  }
  return length;
}

/** Characters shown before the first match and in all. */
const CONTEXT_BEFORE = 40;
const SNIPPET_LENGTH = 160;

/** The text around the first match, cut into runs. */
export function snippet(
  text: string,
  words: readonly QueryWord[],
): { readonly text: string; readonly match: boolean }[] {
  const matches = findMatches(text, words);
  const first = matches[0]?.from ?? 0;
  const start = first <= CONTEXT_BEFORE ? 0 : wordStart(text, first - CONTEXT_BEFORE, first);
  const end = text.length - start <= SNIPPET_LENGTH ? text.length : characterEnd(text, start);
  const runs: { text: string; match: boolean }[] = [];
  const push = (run: string, match: boolean): void => {
    if (run !== '') runs.push({ text: run, match });
  };
  let at = start;
  if (start > 0) push('…', false);
  for (const { from, to } of matches) {
    if (from < at || to > end) continue;
    push(text.slice(at, from), false);
    push(text.slice(from, to), true);
    at = to;
  }
  push(text.slice(at, end), false);
  if (end < text.length) push('…', false);
  return runs;
}

/** The first place after white space in `from`…`to`; a character's start where there is none. */
function wordStart(text: string, from: number, to: number): number {
  const space = text.slice(from, to).search(/\s\S/u);
  if (space >= 0) return from + space + 1;
  return isLowSurrogate(text, from) ? from + 1 : from;
}

function characterEnd(text: string, start: number): number {
  const end = start + SNIPPET_LENGTH;
  return isLowSurrogate(text, end) ? end + 1 : end;
}

function isLowSurrogate(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return unit >= 0xdc00 && unit < 0xe000;
}
