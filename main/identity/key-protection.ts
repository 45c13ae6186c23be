import { z } from 'zod';
import { concatBytes } from '../helpers/bytes.ts';

/** An Ed25519 seed (RFC 8032) and the key that wraps those of the store both have 32 bytes. */
export const SECRET_BYTES = 32;
/** The seed, then the wrapping key. */
export const SECRETS_BYTES = 2 * SECRET_BYTES;

/** The key file cannot be used. Nothing was changed. */
export class KeyFileError extends Error {
  override readonly name = 'KeyFileError';
}

/** The backends that Reunion knows; a key file of a later version may name another. */
export type Backend = 'file' | 'passphrase' | 'keychain';

/** Why secrets cannot be had from what was written; `reason` is a sentence for a person. */
export type NotOpened = 'wrong-passphrase' | 'damaged' | { readonly reason: string };

/** How the secrets of a device are kept in its key file. */
export interface KeyProtection {
  /** Recorded in the file. */
  readonly backend: Backend;
  /** What to write for secrets of 64 bytes: the fields of a JSON object. */
  protect(secrets: Uint8Array): Promise<Readonly<Record<string, string | number>>>;
  /** The 64 bytes back from what was written, among other fields. */
  unprotect(fields: unknown): Promise<Uint8Array | NotOpened>;
}

/** Bytes as base64url. */
export function encodedBytes(length: number) {
  return z
    .string()
    .transform((text) => new Uint8Array(Buffer.from(text, 'base64url')))
    .refine((bytes) => bytes.byteLength === length);
}

const secret = encodedBytes(SECRET_BYTES);
const plain = z.object({ seed: secret, wrappingKey: secret });

/** As they are: protected by the mode of the file (0600) alone. */
export const fileProtection: KeyProtection = {
  backend: 'file',
  protect: async (secrets) => {
    const [seed, wrapping] = [secrets.subarray(0, SECRET_BYTES), secrets.subarray(SECRET_BYTES)];
    return {
      seed: Buffer.from(seed).toString('base64url'),
      wrappingKey: Buffer.from(wrapping).toString('base64url'),
    };
  },
  unprotect: async (fields) => {
    const parsed = plain.safeParse(fields);
    return parsed.success ? concatBytes(parsed.data.seed, parsed.data.wrappingKey) : 'damaged';
  },
};
