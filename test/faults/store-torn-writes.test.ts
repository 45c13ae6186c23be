import { describe, test } from 'vitest';
import { SEED } from './seed.ts';
import { KEY } from '../store/open.ts';
import { garbledDatabaseRounds, tornLogRounds } from '../store/torn-writes.ts';

const ROUNDS = 300;

describe.each([
  ['plain', undefined],
  ['encrypted', KEY],
])('%s', (_, key) => {
  test('a log that was cut or garbled', () => tornLogRounds(ROUNDS, SEED, key));
  test('a database that was garbled', () => garbledDatabaseRounds(ROUNDS, SEED, key));
});
