import { test } from 'vitest';
import { killRounds } from './kill-rounds.ts';

const ROUNDS = 20;

test(
  `${ROUNDS} kills at random moments lose nothing that was acknowledged`,
  { timeout: 120_000 },
  () => killRounds(ROUNDS, 20_261_123),
);
