import type { KeyProtection } from '../../identity/key-protection.ts';
import { passphraseProtection } from '../../identity/passphrase-protection.ts';
import type { Argon2Cost } from '../../identity/passphrase-protection.ts';
import type { Question } from './question.ts';

/** The person gave up instead of typing a passphrase. */
export class PassphraseCancelledError extends Error {
  override readonly name = 'PassphraseCancelledError';

  constructor() {
    super('no passphrase was given');
  }
}

/** Asks for a passphrase. Rejects with `PassphraseCancelledError`. */
export type Ask = (question: Question) => Promise<string>;

/** Protects keys by a passphrase that `ask` gets from the person: again and again, until it fits. */
export function askedProtection(ask: Ask, cost?: Argon2Cost): KeyProtection {
  const by = (typed: string) => passphraseProtection(async () => typed, cost);
  /** What was chosen, until it has been tried: nobody types it a third time for that. */
  let chosen: string | undefined;
  return {
    backend: 'passphrase',
    protect: async (secrets) => {
      chosen = await ask({ kind: 'new', wrong: false });
      return by(chosen).protect(secrets);
    },
    unprotect: async (fields) => {
      let typed = chosen;
      chosen = undefined;
      for (let wrong = false; ; wrong = true) {
        typed ??= await ask({ kind: 'open', wrong });
        const opened = await by(typed).unprotect(fields);
        if (opened !== 'wrong-passphrase') return opened;
        typed = undefined;
      }
    },
  };
}
