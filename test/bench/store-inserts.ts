import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { NewMessage } from '../../main/mvds/ports.ts';
import { openStore } from '../../main/store/index.ts';
import { BENCH_KEY, samples } from './store-samples.ts';
import type { Figure } from './table.ts';
import { inFolder } from './folder.ts';

/** The machine has other work: the best of several rounds says most about the code. */
const ROUNDS = 4;
const SINGLE_INSERTS = 1000;
const BATCH = 100;
const BATCHED_INSERTS = 20_000;

/** As when messages come from several peers: each caller waits for its own commit, not for those of others. */
const IN_FLIGHT = 4;

const PLAIN_BAR = 0.7;
const ENCRYPTED_BAR = 0.3;

type Insert = (batches: readonly (readonly NewMessage[])[]) => Promise<number>;

/** Inserts per second, synchronous FULL, as ratios to node:sqlite. */
export async function insertFigures(parent: string): Promise<Figure[]> {
  const messages = samples(0, BATCHED_INSERTS).map(({ message }) => message);
  return [
    ...(await compare(parent, '1 message', slices(messages.slice(0, SINGLE_INSERTS), 1), 1)),
    ...(await compare(
      parent,
      `1 message, ${IN_FLIGHT} callers`,
      slices(messages.slice(0, SINGLE_INSERTS), 1),
      IN_FLIGHT,
    )),
    ...(await compare(parent, `${BATCH} messages`, slices(messages, BATCH), 1)),
  ];
}

async function compare(
  parent: string,
  what: string,
  batches: readonly (readonly NewMessage[])[],
  callers: number,
): Promise<Figure[]> {
  const count = batches.reduce((sum, { length }) => sum + length, 0);
  const best = { native: 0, plain: 0, encrypted: 0 };
  const measure = async (name: keyof typeof best, insert: Insert): Promise<void> => {
    best[name] = Math.max(best[name], (count / (await insert(batches))) * 1000);
  };
  // In turns, so that a disturbance meets all of them.
  for (let round = 0; round < ROUNDS; round += 1) {
    await measure('native', (all) => inFolder(parent, (folder) => insertNatively(folder, all)));
    await measure('plain', (all) =>
      inFolder(parent, (folder) => insert(folder, undefined, all, callers)),
    );
    await measure('encrypted', (all) =>
      inFolder(parent, (folder) => insert(folder, BENCH_KEY, all, callers)),
    );
  }
  const rate = (value: number): string => `${Math.round(value)}/s`;
  const against = `against ${rate(best.native)}`;
  return [
    {
      name: `inserts, ${what} to a transaction, against node:sqlite`,
      value: best.plain / best.native,
      unit: '',
      bar: { atLeast: PLAIN_BAR },
      note: `${rate(best.plain)} ${against}`,
    },
    {
      name: `inserts, ${what} to a transaction, encrypted, against node:sqlite`,
      value: best.encrypted / best.native,
      unit: '',
      bar: { atLeast: ENCRYPTED_BAR },
      note: `${rate(best.encrypted)} ${against}`,
    },
  ];
}

/** Milliseconds that our store takes. */
async function insert(
  folder: string,
  key: Uint8Array | undefined,
  batches: readonly (readonly NewMessage[])[],
  callers: number,
): Promise<number> {
  const store = await openStore({ folder, key });
  const started = performance.now();
  const rest = batches.values();
  const caller = async (): Promise<void> => {
    for (const addMessages of rest) await store.sync.commit({ addMessages });
  };
  await Promise.all(Array.from({ length: callers }, caller));
  const took = performance.now() - started;
  await store.close();
  return took;
}

/** Milliseconds that SQLite itself takes, in the same table with the same indexes. */
function insertNatively(
  folder: string,
  batches: readonly (readonly NewMessage[])[],
): Promise<number> {
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
      id BLOB NOT NULL UNIQUE CHECK(length(id) = 32),
      grp INTEGER NOT NULL REFERENCES groups,
      timestamp INTEGER NOT NULL,
      source INTEGER REFERENCES peers,
      delivered INTEGER NOT NULL CHECK(delivered IN (0, 1)),
      named INTEGER NOT NULL CHECK(named IN (0, 1)),
      parents BLOB NOT NULL,
      body BLOB
    ) STRICT;
    CREATE INDEX messages_in_order ON messages(grp, timestamp, id);
    CREATE INDEX messages_heads ON messages(grp, timestamp, id) WHERE named = 0;
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
