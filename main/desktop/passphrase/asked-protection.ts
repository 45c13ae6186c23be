import type { KeyProtection } from '../../identity/key-protection.ts';
import { passphraseProtection } from '../../identity/passphrase-protection.ts';
import { weaknessOf } from '../../identity/passphrase-strength.ts';
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

async function strong(ask: Ask): Promise<string> {
  let given = await ask({ kind: 'new', wrong: false });
  for (;;) {
    const weakness = await weaknessOf(given);
    if (weakness === undefined) return given;
    given = await ask({ kind: 'new', wrong: false, weakness });
  }
}

/** Protects keys by a passphrase that `ask` gets from the person: again and again, until it fits. */
export function askedProtection(ask: Ask, cost?: Argon2Cost): KeyProtection {
  const by = (typed: string) => passphraseProtection(async () => typed, cost);
  /** What was chosen, until it has been tried: nobody types it a third time for that. */
  let chosen: string | undefined;
  return {
    backend: 'passphrase',
    protect: async (secrets) => {
      chosen = await strong(ask);
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
