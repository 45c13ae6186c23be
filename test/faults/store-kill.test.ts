import { test } from 'vitest';
import { killRounds } from '../store/kill-rounds.ts';

const ROUNDS = 200;

// Another seed in every run, printed with the result: what a long run is for.
test(`${ROUNDS} kills at random moments lose nothing that was acknowledged`, () =>
  killRounds(ROUNDS, Date.now() % 1_000_000));
