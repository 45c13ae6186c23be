import { randomBytes } from 'node:crypto';
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import { argon2idAsync } from '@noble/hashes/argon2.js';
import { z } from 'zod';
import { utf8 } from '../helpers/bytes.ts';
import { encodedBytes, SECRETS_BYTES } from './key-protection.ts';
import type { KeyProtection } from './key-protection.ts';

/** What a guess costs. */
export interface Argon2Cost {
  readonly memoryKiB: number;
  readonly passes: number;
  readonly lanes: number;
}

/** RFC 9106, section 4, second recommended option: 64 MiB, 3 passes, 4 lanes. About two seconds here. */
export const ARGON2_COST: Argon2Cost = { memoryKiB: 65_536, passes: 3, lanes: 4 };
/** RFC 9106, section 4: 128 bits of salt are enough for everybody. */
const SALT_BYTES = 16;
const KEY_BYTES = 32;
const NONCE_BYTES = 24;
const TAG_BYTES = 16;
/** What is spent on a file that asks for more, which is none of ours: a gibibyte, and some minutes. */
const COST_MAX: Argon2Cost = { memoryKiB: 1_048_576, passes: 16, lanes: 16 };

const LABEL = 'reunion key file 1';

const protectedFields = z.object({
  memoryKiB: z.int().min(8).max(COST_MAX.memoryKiB),
  passes: z.int().min(1).max(COST_MAX.passes),
  lanes: z.int().min(1).max(COST_MAX.lanes),
  salt: encodedBytes(SALT_BYTES),
  nonce: encodedBytes(NONCE_BYTES),
  sealed: encodedBytes(SECRETS_BYTES + TAG_BYTES),
});

/**
 * Secrets sealed with XChaCha20-Poly1305 under a key that Argon2id (RFC 9106) makes of a passphrase, which counts in its
 * Unicode form NFC (as RFC 8265, section 4.2, has it), so that every keyboard gives the same. Rejects with `RangeError` on an
 * empty one. The work is done in turns of some milliseconds, so that a window stays alive; `cost` is recorded, so that files
 * of another cost open too. `passphrase` is only asked for where it is needed.
 */
export function passphraseProtection(
  passphrase: () => Promise<string>,
  cost: Argon2Cost = ARGON2_COST,
): KeyProtection {
  const cipherOf = async (salt: Uint8Array, nonce: Uint8Array, given: Argon2Cost) => {
    const { memoryKiB: m, passes: t, lanes: p } = given;
    const typed = await passphrase();
    if (typed === '') throw new RangeError('a passphrase is not empty');
    const secret = utf8(typed.normalize('NFC'));
    const key = await argon2idAsync(secret, salt, { m, t, p, dkLen: KEY_BYTES, maxmem: 2 ** 31 });
    return xchacha20poly1305(key, nonce, utf8(LABEL));
  };
  return {
    backend: 'passphrase',
    protect: async (secrets) => {
      const [salt, nonce] = [randomBytes(SALT_BYTES), randomBytes(NONCE_BYTES)];
      const sealed = (await cipherOf(salt, nonce, cost)).encrypt(secrets);
      return {
        ...cost,
        salt: salt.toString('base64url'),
        nonce: nonce.toString('base64url'),
        sealed: Buffer.from(sealed).toString('base64url'),
      };
    },
    unprotect: async (fields) => {
      const parsed = protectedFields.safeParse(fields);
      if (!parsed.success || parsed.data.memoryKiB < 8 * parsed.data.lanes) return 'damaged';
      const { salt, nonce, sealed } = parsed.data;
      const cipher = await cipherOf(salt, nonce, parsed.data);
      try {
        return cipher.decrypt(sealed);
      } catch {
        return 'wrong-passphrase';
      }
    },
  };
}
