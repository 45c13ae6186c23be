import { existsSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Connection } from '../../main/store/connection.ts';
import { openDatabase } from '../../main/store/file-backend/index.ts';
import { STEP, STEPS_PER_CHECKPOINT } from '../../main/store/index-upkeep.ts';
import { SearchIndex } from '../../main/store/search-index.ts';
import { matchExpression, queryWords } from '../../main/store/search-text.ts';
import { number } from '../../main/store/values.ts';
import { bodyOf } from './bodies.ts';
import { BENCH_KEY } from './store-samples.ts';

/** Messages to a transaction while the table is filled. */
const FILL_BATCH = 1_000;
const CANDIDATES = 200;

/** By kind, as they are typed: letters of several scripts, words, and what is nowhere. Frequent ones, for those are slow. */
const QUERIES: Readonly<Record<string, readonly string[]>> = {
  'one letter': ['t', 'e', 'a', 'v', 'w', 'п', 'с', 'ا', 'क'],
  'two letters': ['th', 'co', 'in', 've', 'ge', 'по', 'на', 'ال'],
  'three letters': ['the', 'con', 'ing', 'ver', 'pro', 'про', 'ung'],
  'four letters and more': ['ment', 'ther', 'cont', 'verb', 'заде', 'конна'],
  'unspaced scripts': ['日', '人', '本人', '今天', 'する'],
  'a word': ['the ', 'ver ', 'по ', 'ment '],
  'a word and a beginning': ['the t', 'the co', 'ver b', 'ing con', 'ment t', 'по п', 'zzzz t'],
  nothing: ['zzzzqqqq'],
};

export interface IndexShape {
  readonly folder: string;
  readonly messages: number;
  /** Lengths of beginnings, in bytes, that have an index of their own: `1,2,3`; `none`. */
  readonly prefix: string;
  /** Entries to a transaction; 0: cut by time, as the store does it. */
  readonly step: number;
}

export interface IndexFigures {
  /** Of processor time and of real time for each message, microseconds. */
  readonly cpu: number;
  readonly time: number;
  /** Milliseconds of processor time of one step, for which others have to wait: at the median, at the 99th percentile, and at most. */
  readonly steps: readonly [number, number, number];
  /** Bytes on disk that the index takes. */
  readonly bytes: number;
  /** Milliseconds of the slowest query of each kind, and which that is. */
  readonly searches: Readonly<Record<string, readonly [number, string]>>;
}

/** Indexes messages of people's words, in an encrypted store that has nothing else, and searches them. */
export async function measureIndex(shape: IndexShape): Promise<IndexFigures> {
  mkdirSync(shape.folder, { recursive: true });
  const path = join(shape.folder, 'index.db');
  const connection = new Connection(await openDatabase({ path, key: BENCH_KEY }));
  fill(connection, shape);
  const before = bytesOf(path);
  const steps: number[] = [];
  const started = performance.now();
  const startedCpu = process.cpuUsage();
  indexAll(connection, shape, steps);
  const time = performance.now() - started;
  const { user, system } = process.cpuUsage(startedCpu);
  connection.script('PRAGMA wal_checkpoint(TRUNCATE)');
  const bytes = bytesOf(path) - before;
  const searches: Record<string, readonly [number, string]> = {};
  for (const [kind, texts] of Object.entries(QUERIES)) {
    searches[kind] = texts
      .map((text) => [timeOf(connection, text), text] as const)
      .reduce((slowest, one) => (one[0] > slowest[0] ? one : slowest));
  }
  connection.close();
  rmSync(shape.folder, { recursive: true });
  const sorted = steps.toSorted((a, b) => a - b);
  const at = (part: number): number => sorted[Math.ceil(part * (sorted.length - 1))] ?? 0;
  return {
    cpu: (user + system) / shape.messages,
    time: (time * 1_000) / shape.messages,
    steps: [at(0.5), at(0.99), at(1)],
    bytes,
    searches,
  };
}

/** The part of the schema that the index needs, with the shape that is measured. */
function fill(connection: Connection, { messages, prefix }: IndexShape): void {
  const prefixes = prefix === 'none' ? '' : `, prefix="${prefix}"`;
  connection.script(`
    CREATE TABLE meta(key TEXT PRIMARY KEY, value ANY NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE entries(entry INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;
    CREATE VIEW searchable AS SELECT entry AS rowid, search_terms(text) AS text FROM entries
      WHERE entry <= (SELECT value FROM meta WHERE key = 'indexed_through');
    CREATE VIRTUAL TABLE search USING fts4(content="searchable", text,
      tokenize=unicode61 "remove_diacritics=2", order=desc, matchinfo=fts3${prefixes});
  `);
  for (let from = 0; from < messages; from += FILL_BATCH) {
    connection.derived(() => {
      for (let at = from; at < Math.min(messages, from + FILL_BATCH); at += 1) {
        connection.run('INSERT INTO entries(text) VALUES(?)', bodyOf(at, 'words'));
      }
    });
  }
  connection.script('PRAGMA wal_checkpoint(TRUNCATE)');
}

/** As `IndexUpkeep` does it while nobody calls. */
function indexAll(connection: Connection, { step }: IndexShape, steps: number[]): void {
  const index = new SearchIndex(connection);
  const bounds = step === 0 ? STEP : { entries: step, milliseconds: Infinity };
  for (let left = 1; left > 0 || index.isMergeDue();) {
    const before = process.cpuUsage();
    if (index.isMergeDue()) index.mergeStep(STEP.milliseconds);
    else left = index.advance(bounds);
    if (steps.length % STEPS_PER_CHECKPOINT === 0) {
      connection.script('PRAGMA wal_checkpoint(PASSIVE)');
    }
    const { user, system } = process.cpuUsage(before);
    steps.push((user + system) / 1_000);
  }
}

/** Milliseconds that the newest matches of a query take, as the store looks for them. */
function timeOf(connection: Connection, text: string): number {
  const sql = 'SELECT docid FROM search WHERE search MATCH ? ORDER BY docid DESC LIMIT ?';
  const started = performance.now();
  connection.all(sql, [matchExpression(queryWords(text)), CANDIDATES], ([id]) => number(id));
  return performance.now() - started;
}

function bytesOf(path: string): number {
  return existsSync(path) ? statSync(path).size : 0;
}
