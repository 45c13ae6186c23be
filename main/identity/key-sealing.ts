import { x25519, ed25519 } from '@noble/curves/ed25519.js';
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes, utf8 } from '../helpers/bytes.ts';
import { publicKeyOf } from '../helpers/peer-id.ts';
import type { PeerId } from '../mvds/types.ts';
import { CONTENT_KEY_BYTES } from './content-key.ts';

/*
 * A secret of 32 bytes sealed to a device's Ed25519 key. Built as base mode HPKE is (RFC 9180): an X25519 key made for
 * this alone, Diffie-Hellman with the device's key, HKDF-SHA256 (RFC 5869) over the result with both public keys bound,
 * an AEAD. The AEAD is XChaCha20-Poly1305, for which HPKE has no number; as its key is never used twice, its nonce is
 * derived with it. The Ed25519 key is turned into its X25519 form as libsodium does (RFC 7748, section 4.1); one key pair
 * may serve both: Thormarker, "On using the same key pair for Ed25519 and an X25519 based KEM", 2021 (eprint 2021/509).
 */
const LABEL = utf8('reunion sealed key 1\0');
const PUBLIC_KEY_BYTES = 32;
const NONCE_BYTES = 24;
const TAG_BYTES = 16;

/** X25519 public key, ciphertext, tag: 80. */
export const SEALED_SECRET_BYTES = PUBLIC_KEY_BYTES + CONTENT_KEY_BYTES + TAG_BYTES;

/** The X25519 form of a device's key, 32 bytes; undefined where the PeerId holds no point that a secret could be sealed to. */
export function sealingKeyOf(device: PeerId): Uint8Array | undefined {
  try {
    const point = ed25519.Point.fromBytes(publicKeyOf(device));
    if (point.isSmallOrder() || !point.isTorsionFree()) return undefined;
    return ed25519.utils.toMontgomery(publicKeyOf(device));
  } catch {
    return undefined;
  }
}

/**
 * Seals 32 bytes to a device: 80 bytes. It opens only with the same `context`, of any length. Throws `RangeError` where
 * `sealingKeyOf` is undefined. `random` gives as many random bytes as it is asked for.
 */
export function sealSecretTo(
  device: PeerId,
  secret: Uint8Array,
  context: Uint8Array,
  random: (length: number) => Uint8Array,
): Uint8Array {
  const recipient = sealingKeyOf(device);
  if (!recipient) throw new RangeError('a device whose key nothing can be sealed to');
  const once = Uint8Array.from(random(PUBLIC_KEY_BYTES));
  const sender = x25519.getPublicKey(once);
  const cipher = cipherOf(x25519.getSharedSecret(once, recipient), sender, recipient, context);
  return concatBytes(sender, cipher.encrypt(secret));
}

/** Opens what was sealed to the device with this seed of 32 bytes; undefined where it was not, or for another context. */
export function openSecret(
  seed: Uint8Array,
  sealed: Uint8Array,
  context: Uint8Array,
): Uint8Array | undefined {
  if (sealed.byteLength !== SEALED_SECRET_BYTES) return undefined;
  const own = ed25519.utils.toMontgomerySecret(seed);
  const sender = sealed.subarray(0, PUBLIC_KEY_BYTES);
  try {
    // Throws on a point of small order, whose result everybody knows.
    const shared = x25519.getSharedSecret(own, sender);
    const cipher = cipherOf(shared, sender, x25519.getPublicKey(own), context);
    return cipher.decrypt(sealed.subarray(PUBLIC_KEY_BYTES));
  } catch {
    return undefined;
  }
}

function cipherOf(
  shared: Uint8Array,
  sender: Uint8Array,
  recipient: Uint8Array,
  context: Uint8Array,
) {
  const info = concatBytes(LABEL, sender, recipient, context);
  const material = hkdf(sha256, shared, undefined, info, CONTENT_KEY_BYTES + NONCE_BYTES);
  const nonce = material.subarray(CONTENT_KEY_BYTES);
  return xchacha20poly1305(material.subarray(0, CONTENT_KEY_BYTES), nonce, context);
}
