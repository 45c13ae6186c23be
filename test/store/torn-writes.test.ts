import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { batch, batchesIn } from './batches.ts';
import { KEY, openTestStore } from './open.ts';
import { crashedStore, garbledDatabaseRounds, tornLogRounds } from './torn-writes.ts';

const ROUNDS = 15;
const SEED = 20_261_123;

describe.each([
  ['plain', undefined],
  ['encrypted', KEY],
])('%s', (_, key) => {
  test('a log that was cut or garbled', () => tornLogRounds(ROUNDS, SEED, key));
  test('a database that was garbled', () => garbledDatabaseRounds(ROUNDS, SEED, key));
});

describe('an encrypted store after the loss of power', () => {
  test('a first page that a checkpoint tore is read from the log', async () => {
    const { folder, batches } = await crashedStore(KEY, 5);
    const database = join(folder, 'messages.db');
    const bytes = readFileSync(database);
    // The second half of the first page; a page precedes it, which is never written again.
    bytes.fill(0xa5, 4096 + 2048, 2 * 4096);
    writeFileSync(database, bytes);
    // As the checkpoint that tore it found the log: with that page in it.
    const store = await openTestStore({ folder, key: KEY });
    expect(await batchesIn(store)).toEqual(batches);
    expect(await store.check(true)).toEqual([]);
  });

  test('torn frames behind the last commit are written over', async () => {
    const { folder, batches } = await crashedStore(KEY, 5);
    appendFileSync(join(folder, 'messages.db-wal'), Buffer.alloc(1 << 20, 0xa5));
    const store = await openTestStore({ folder, key: KEY });
    await store.sync.commit({ addMessages: batch('after', 200, 3_000) });
    expect(await batchesIn(store)).toEqual([...batches, 'after']);
  });
});
