import { ed25519 } from '@noble/curves/ed25519.js';
import { concatBytes, utf8 } from '../helpers/bytes.ts';
import type { PeerId } from '../mvds/types.ts';
import { publicKeyOf } from '../helpers/peer-id.ts';

/** What a signature is for: one made for one purpose is never good for another. */
export type SignatureLabel =
  | 'reunion device list entry'
  | 'reunion content key entry'
  | 'reunion erasure entry'
  | 'reunion recovery file';

/** Ed25519 (RFC 8032) over the label, a zero byte and `bytes`. `seed` has 32 bytes; so has 64 bytes the result. */
export function sign(seed: Uint8Array, label: SignatureLabel, bytes: Uint8Array): Uint8Array {
  return ed25519.sign(labelled(label, bytes), seed);
}

/** Whether `signature` is the signer's over the label and `bytes`. Never throws. */
export function verify(
  signer: PeerId,
  label: SignatureLabel,
  bytes: Uint8Array,
  signature: Uint8Array,
): boolean {
  try {
    return ed25519.verify(signature, labelled(label, bytes), publicKeyOf(signer));
  } catch {
    return false;
  }
}

function labelled(label: SignatureLabel, bytes: Uint8Array): Uint8Array {
  return concatBytes(utf8(label), Uint8Array.of(0), bytes);
}
