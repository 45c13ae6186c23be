import type { ZxcvbnFactory } from '@zxcvbn-ts/core';

/**
 * Of zxcvbn's scores from 0 to 4 the lowest that is taken: more than 10^8 guesses, each of which costs Argon2id with 64 MiB, so
 * that a computer that makes ten a second needs months, and a thousand of them hours; what people choose below is tried first.
 */
const PASSPHRASE_SCORE_MIN = 3;
/** What is beyond that adds nothing to a score, and time to find it: zxcvbn's own recommendation. UTF-16 units. */
const JUDGED_LENGTH = 100;

let loading: Promise<ZxcvbnFactory> | undefined;

/**
 * Why a passphrase that somebody chose is too easy to guess, in a sentence or two; undefined where it is not. By zxcvbn
 * (Wheeler, “zxcvbn: Low-Budget Password Strength Estimation”, USENIX Security 2016), as zxcvbn-ts goes on with it.
 */
export async function weaknessOf(passphrase: string): Promise<string | undefined> {
  const { score, feedback } = (await estimator()).check(
    passphrase.normalize('NFC').slice(0, JUDGED_LENGTH),
  );
  if (score >= PASSPHRASE_SCORE_MIN) return undefined;
  const sentences = [feedback.warning, ...feedback.suggestions].filter(Boolean);
  return ['This passphrase is too easy to guess.', ...sentences].join(' ');
}

/** Some megabytes of words, which nobody needs who chooses no passphrase. */
function estimator(): Promise<ZxcvbnFactory> {
  loading ??= import('./strength-estimator.ts').then(({ createEstimator }) => createEstimator());
  return loading;
}
