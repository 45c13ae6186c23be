import { describe, test } from 'vitest';
import { KEY } from '../store/open.ts';
import { garbledDatabaseRounds, tornLogRounds } from '../store/torn-writes.ts';

const ROUNDS = 300;
/** Another in every run, printed with the result. */
const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);

describe.each([
  ['plain', undefined],
  ['encrypted', KEY],
])('%s', (_, key) => {
  test('a log that was cut or garbled', () => tornLogRounds(ROUNDS, SEED, key));
  test('a database that was garbled', () => garbledDatabaseRounds(ROUNDS, SEED, key));
});
