import { test } from 'vitest';
import { SEED } from './seed.ts';
import { killRounds } from '../store/kill-rounds.ts';

const ROUNDS = 200;

test(`${ROUNDS} kills at random moments lose nothing that was acknowledged`, () =>
  killRounds(ROUNDS, SEED));
