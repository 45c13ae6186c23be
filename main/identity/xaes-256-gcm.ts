import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  type Cipheriv,
  type KeyObject,
} from 'node:crypto';
import { concatBytes } from '../helpers/bytes.ts';

/*
 * XAES-256-GCM (C2SP, https://c2sp.org/XAES-256-GCM): AES-256-GCM (NIST SP 800-38D) under a key that is derived from the key
 * and the first half of a nonce of 24 bytes, by the counter-mode KDF of NIST SP 800-108r1 over CMAC. AES runs natively in
 * Node, in Electron and in browsers. Steps and names below are those of the section "Detailed key derivation algorithm".
 */
const XAES_KEY_BYTES = 32;
export const XAES_NONCE_BYTES = 24;
export const XAES_TAG_BYTES = 16;

const BLOCK_BYTES = 16;
/** Bytes of the nonce that go into the derived key; the other half is the nonce of AES-256-GCM. */
const DERIVING_BYTES = 12;
/** Counter 1 and 2 as 16 bits, the label `X`, a zero byte. */
const PREFIXES = [Uint8Array.of(0, 1, 0x58, 0), Uint8Array.of(0, 2, 0x58, 0)] as const;

/** Seals and opens under one key. Holds that key in memory. */
export class Xaes256Gcm {
  readonly #ecb: Cipheriv;
  /** K1: the subkey of CMAC for whole blocks. */
  readonly #subkey: Uint8Array;

  /** Throws `RangeError` unless the key has 32 bytes. */
  constructor(key: Uint8Array) {
    if (key.byteLength !== XAES_KEY_BYTES)
      throw new RangeError('a key of XAES-256-GCM has 32 bytes');
    this.#ecb = createCipheriv('aes-256-ecb', key, null).setAutoPadding(false);
    this.#subkey = doubled(this.#ecb.update(new Uint8Array(BLOCK_BYTES)));
  }

  /**
   * The ciphertext, as long as `plaintext`, and the tag of 16 bytes. The nonce has 24 bytes, else `RangeError` is thrown; two
   * calls must never use the same one, which random ones do not (2^80 messages at a risk of 2^-32).
   */
  seal(nonce: Uint8Array, plaintext: Uint8Array, associated: Uint8Array): Uint8Array {
    const cipher = createCipheriv(
      'aes-256-gcm',
      this.#derivedKey(nonce),
      nonce.subarray(DERIVING_BYTES),
    );
    cipher.setAAD(associated);
    return concatBytes(cipher.update(plaintext), cipher.final(), cipher.getAuthTag());
  }

  /** The plaintext; undefined where anything is not as it was sealed. Throws `RangeError` on a nonce that has not 24 bytes. */
  open(nonce: Uint8Array, sealed: Uint8Array, associated: Uint8Array): Uint8Array | undefined {
    const length = sealed.byteLength - XAES_TAG_BYTES;
    if (length < 0) return undefined;
    const decipher = createDecipheriv(
      'aes-256-gcm',
      this.#derivedKey(nonce),
      nonce.subarray(DERIVING_BYTES),
      { authTagLength: XAES_TAG_BYTES },
    );
    decipher.setAAD(associated);
    decipher.setAuthTag(sealed.subarray(length));
    const plaintext = decipher.update(sealed.subarray(0, length));
    try {
      decipher.final();
      const { buffer, byteOffset, byteLength } = plaintext;
      return new Uint8Array(buffer, byteOffset, byteLength);
    } catch {
      // The tag is wrong: nothing of what was decrypted may be used.
      return undefined;
    }
  }

  /** As a key object: Node takes three times as long to make a cipher of bare bytes. */
  #derivedKey(nonce: Uint8Array): KeyObject {
    if (nonce.byteLength !== XAES_NONCE_BYTES) {
      throw new RangeError('a nonce of XAES-256-GCM has 24 bytes');
    }
    const blocks = new Uint8Array(PREFIXES.length * BLOCK_BYTES);
    PREFIXES.forEach((prefix, index) => {
      const block = blocks.subarray(index * BLOCK_BYTES, (index + 1) * BLOCK_BYTES);
      block.set(prefix);
      block.set(nonce.subarray(0, DERIVING_BYTES), prefix.length);
      for (let at = 0; at < BLOCK_BYTES; at += 1) {
        block[at] = (block[at] ?? 0) ^ (this.#subkey[at] ?? 0);
      }
    });
    return createSecretKey(this.#ecb.update(blocks));
  }
}

/** Doubling in GF(2^128), as CMAC makes its subkey (NIST SP 800-38B, section 6.1). */
function doubled(block: Uint8Array): Uint8Array {
  const result = block.map((byte, index) => (byte << 1) | ((block[index + 1] ?? 0) >> 7));
  const last = BLOCK_BYTES - 1;
  // Without a branch on the secret bit.
  result[last] = (result[last] ?? 0) ^ (0x87 & -((block[0] ?? 0) >> 7));
  return Uint8Array.from(result);
}
