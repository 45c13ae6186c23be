import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

/*
 * Small values beside the database, such as the key of a backup: AES-256-GCM under a key that HKDF-SHA256 (RFC 5869) makes of
 * the store's key, of a salt of this value alone and of what it is for. As every value has a key of its own, its nonce may
 * be zeros.
 */
const SALT_BYTES = 32;
const TAG_BYTES = 16;
const NONCE = new Uint8Array(12);
const KEY_BYTES = 32;

/** Salt (32 bytes), ciphertext, tag (16 bytes). `key`: 32 bytes. `use` is one of few short texts. */
export function sealValue(key: Uint8Array, use: string, value: Uint8Array): Uint8Array {
  const salt = randomBytes(SALT_BYTES);
  const cipher = createCipheriv('aes-256-gcm', derived(key, salt, use), NONCE);
  const ciphertext = cipher.update(value);
  cipher.final();
  return new Uint8Array(Buffer.concat([salt, ciphertext, cipher.getAuthTag()]));
}

/** What `sealValue` sealed; undefined for anything else, and under another key or for another use. */
export function openValue(
  key: Uint8Array,
  use: string,
  sealed: Uint8Array,
): Uint8Array | undefined {
  if (sealed.byteLength < SALT_BYTES + TAG_BYTES) return undefined;
  const salt = sealed.subarray(0, SALT_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', derived(key, salt, use), NONCE);
  decipher.setAuthTag(sealed.subarray(sealed.byteLength - TAG_BYTES));
  const plain = decipher.update(sealed.subarray(SALT_BYTES, sealed.byteLength - TAG_BYTES));
  try {
    decipher.final();
    return new Uint8Array(plain);
  } catch {
    return undefined;
  }
}

function derived(key: Uint8Array, salt: Uint8Array, use: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', key, salt, `reunion sealed value 1 ${use}`, KEY_BYTES));
}
