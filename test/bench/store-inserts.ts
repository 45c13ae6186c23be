import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { NewMessage } from '../../main/mvds/ports.ts';
import { openStore } from '../../main/store/index.ts';
import type { StoreOptions } from '../../main/store/index.ts';
import { BENCH_KEY, samples } from './store-samples.ts';
import type { Figure } from './table.ts';
import { inFolder } from './folder.ts';

/** The machine has other work: the best of several rounds says most about the code. */
const ROUNDS = 4;
const SINGLE_INSERTS = 1000;
const BATCH = 100;
const BATCHED_INSERTS = 20_000;

const PLAIN_BAR = 0.7;
const ENCRYPTED_BAR = 0.3;

type Batches = readonly (readonly NewMessage[])[];

/** Inserts per second, synchronous FULL, as ratios to node:sqlite. */
export async function insertFigures(parent: string): Promise<Figure[]> {
  const messages = samples(0, BATCHED_INSERTS).map(({ message }) => message);
  return [
    ...(await compare(parent, '1 message', slices(messages.slice(0, SINGLE_INSERTS), 1))),
    ...(await compare(parent, `${BATCH} messages`, slices(messages, BATCH))),
  ];
}

async function compare(parent: string, what: string, batches: Batches): Promise<Figure[]> {
  const count = batches.reduce((sum, { length }) => sum + length, 0);
  const best = { native: 0, plain: 0, encrypted: 0, thread: 0 };
  const measure = async (
    name: keyof typeof best,
    insert: (folder: string) => Promise<number>,
  ): Promise<void> => {
    best[name] = Math.max(best[name], (count / (await inFolder(parent, insert))) * 1000);
  };
  // In turns, so that a disturbance meets all of them.
  for (let round = 0; round < ROUNDS; round += 1) {
    await measure('native', (folder) => insertNatively(folder, batches));
    await measure('plain', (folder) => insert({ folder, key: undefined }, batches));
    await measure('encrypted', (folder) => insert({ folder, key: BENCH_KEY }, batches));
    await measure('thread', (folder) =>
      insert({ folder, key: undefined, inThread: true }, batches),
    );
  }
  const rate = (value: number): string => `${Math.round(value)}/s`;
  const figure = (name: string, measured: number, atLeast?: number): Figure => ({
    name: `inserts, ${what} to a transaction, ${name}`,
    value: measured / best.native,
    unit: '',
    note: `${rate(measured)} against ${rate(best.native)}`,
    ...(atLeast !== undefined && { bar: { atLeast } }),
  });
  return [
    figure('to node:sqlite', best.plain, PLAIN_BAR),
    figure('encrypted, to node:sqlite', best.encrypted, ENCRYPTED_BAR),
    // What somebody sees who waits for each answer before the next call, the way between the threads included.
    figure('one caller of the thread', best.thread),
  ];
}

/** Milliseconds that our store takes; its engine in the caller's thread, as node:sqlite is, unless told otherwise. */
async function insert(options: StoreOptions, batches: Batches): Promise<number> {
  const store = await openStore({ inThread: false, ...options });
  const started = performance.now();
  for (const addMessages of batches) await store.sync.commit({ addMessages });
  const took = performance.now() - started;
  await store.close();
  return took;
}

/** Milliseconds that SQLite itself takes, in the same table with the same indexes. */
function insertNatively(folder: string, batches: Batches): Promise<number> {
  const database = new DatabaseSync(join(folder, 'native.db'));
  database.exec(`
    PRAGMA locking_mode = EXCLUSIVE;
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA cache_size = -32768;
    CREATE TABLE groups(grp INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE) STRICT;
    CREATE TABLE peers(peer INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
    INSERT INTO groups(id) VALUES(randomblob(32));
    INSERT INTO peers(name) VALUES('peer');
    CREATE TABLE messages(
      sequence INTEGER PRIMARY KEY,
      id BLOB NOT NULL CHECK(length(id) = 32),
      grp INTEGER NOT NULL REFERENCES groups,
      timestamp INTEGER NOT NULL,
      source INTEGER REFERENCES peers,
      delivered INTEGER NOT NULL CHECK(delivered IN (0, 1)),
      named INTEGER NOT NULL CHECK(named IN (0, 1)),
      parents BLOB NOT NULL,
      body BLOB
    ) STRICT;
    CREATE INDEX messages_by_id ON messages(substr(id, 1, 8));
    CREATE INDEX messages_in_order ON messages(grp, timestamp, id);
    CREATE INDEX messages_heads ON messages(grp, timestamp) WHERE named = 0;
  `);
  const begin = database.prepare('BEGIN IMMEDIATE');
  const commit = database.prepare('COMMIT');
  const add = database.prepare(
    `INSERT INTO messages(id, grp, timestamp, source, delivered, named, parents, body)
     VALUES(?, 1, ?, 1, 1, 0, x'', ?)`,
  );
  const started = performance.now();
  for (const batch of batches) {
    begin.run();
    for (const { message } of batch) {
      add.run(Buffer.from(message.id, 'hex'), message.timestamp, message.body);
    }
    commit.run();
  }
  const took = performance.now() - started;
  database.close();
  return Promise.resolve(took);
}

function slices<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, at) =>
    all.slice(at * size, (at + 1) * size),
  );
}
