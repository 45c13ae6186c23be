import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '../../helpers/clock.ts';

/** 256 random bits. */
const TOKEN_BYTES = 32;

/** Long enough for a browser to start, short enough that nobody finds it lying about, milliseconds. */
export const ONE_TIME_MS = 60_000;

/** Tokens that are good once, and for a minute, each for one thing. The oldest goes where there are more than `max`. */
export class OneTimeTokens<T> {
  readonly #clock: Clock;
  readonly #max: number;
  /** By the hash of the token, so that to look one up takes as long whatever of it was guessed. */
  readonly #open = new Map<string, { readonly value: T; readonly expiresAt: number }>();

  constructor(clock: Clock, max: number) {
    this.#clock = clock;
    this.#max = max;
  }

  create(value: T): { readonly token: string; readonly expiresAt: number } {
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    const expiresAt = this.#clock.now() + ONE_TIME_MS;
    this.#forgetExpired();
    this.#open.set(hashOf(token), { value, expiresAt });
    if (this.#open.size > this.#max) {
      const [oldest] = this.#open.keys();
      if (oldest !== undefined) this.#open.delete(oldest);
    }
    return { token, expiresAt };
  }

  /** Uses it up; undefined where it is not good, or no longer. */
  use(token: string): T | undefined {
    const hash = hashOf(token);
    const found = this.#open.get(hash);
    this.#open.delete(hash);
    return found && found.expiresAt > this.#clock.now() ? found.value : undefined;
  }

  #forgetExpired(): void {
    const now = this.#clock.now();
    for (const [hash, { expiresAt }] of this.#open) {
      if (expiresAt > now) return;
      this.#open.delete(hash);
    }
  }
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
