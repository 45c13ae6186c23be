import { createHash, randomBytes } from 'node:crypto';
import type { Brand } from '../helpers/brand.ts';
import { concatBytes, toHex, utf8 } from '../helpers/bytes.ts';
import type { PeerId } from '../helpers/ids.ts';
import { publicKeyOf } from '../helpers/peer-id.ts';

/** Names a content key: 16 bytes, held as 32 lower-case hexadecimal characters. */
export type EpochId = Brand<string, 'EpochId'>;

/** The key that the bodies of an epoch are sealed under. */
export interface ContentKey {
  readonly epoch: EpochId;
  /** 32 bytes. */
  readonly secret: Uint8Array;
  /** Devices that an event may name by its place among them. Whoever has the key has this list, and no other. */
  readonly writers: readonly PeerId[];
}

export const EPOCH_ID_BYTES = 16;
/** A key of XAES-256-GCM. */
export const CONTENT_KEY_BYTES = 32;
const LABEL = utf8('reunion content key id\0');

/** A new random content key. `random` gives as many random bytes as it is asked for. */
export function createContentKey(
  random: (length: number) => Uint8Array = randomBytes,
  writers: readonly PeerId[] = [],
): ContentKey {
  return contentKeyOf(Uint8Array.from(random(CONTENT_KEY_BYTES)), writers);
}

/**
 * The content key with a secret of 32 bytes. Its id is the beginning of a SHA-256 over it and the public keys of its writers: the id
 * in front of a sealed body so says which key it was sealed under, which GCM by itself does not, and whom the places in it
 * mean. No two devices can come to hold other writers of one epoch. Throws `RangeError` on another length.
 */
export function contentKeyOf(secret: Uint8Array, writers: readonly PeerId[]): ContentKey {
  if (secret.byteLength !== CONTENT_KEY_BYTES) throw new RangeError('a content key has 32 bytes');
  const bytes = concatBytes(LABEL, secret, ...writers.map(publicKeyOf));
  const hash = createHash('sha256').update(bytes).digest();
  return { epoch: epochIdOf(hash.subarray(0, EPOCH_ID_BYTES)), secret, writers };
}

/** The id that 16 bytes stand for. Throws `RangeError` on another length. */
export function epochIdOf(bytes: Uint8Array): EpochId {
  if (bytes.byteLength !== EPOCH_ID_BYTES) throw new RangeError('an epoch id has 16 bytes');
  return toHex(bytes) as EpochId;
}
