import { describe, test } from 'vitest';
import { KEY } from './open.ts';
import { garbledDatabaseRounds, tornLogRounds } from './torn-writes.ts';

const ROUNDS = 15;
const SEED = 20_261_123;

describe.each([
  ['plain', undefined],
  ['encrypted', KEY],
])('%s', (_, key) => {
  test('a log that was cut or garbled', () => tornLogRounds(ROUNDS, SEED, key));
  test('a database that was garbled', () => garbledDatabaseRounds(ROUNDS, SEED, key));
});
