import { randomBytes } from 'node:crypto';
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import { concatBytes, fromHex, utf8 } from '../helpers/bytes.ts';
import type { Message } from '../mvds/types.ts';
import { EPOCH_ID_BYTES, epochIdOf } from './content-key.ts';
import type { ContentKey, EpochId } from './content-key.ts';

/*
 * A sealed body is
 *   1 byte   version
 *   16 bytes id of the epoch, whose content key it is sealed under
 *   24 bytes random nonce
 *   the rest ciphertext of XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha), as long as the body, and its tag of 16 bytes.
 * The nonce is random, so that equal texts become different messages; 24 bytes are enough for that (same draft,
 * section 3). Authenticated along with it: everything before the nonce, and the rest of the message; see `associatedData`.
 */
const VERSION = 1;
const NONCE_BYTES = 24;
const TAG_BYTES = 16;
const HEADER_BYTES = 1 + EPOCH_ID_BYTES;

/** How many bytes a sealed body is longer than the body: 57. */
export const SEALING_BYTES = HEADER_BYTES + NONCE_BYTES + TAG_BYTES;

const LABEL = utf8('reunion sealed body\0');

/** What surrounds the body in its message. */
export type Envelope = Pick<Message, 'groupId' | 'timestamp' | 'metadata'>;

export type OpenedBody =
  | { readonly kind: 'opened'; readonly body: Uint8Array }
  /** The key of its epoch is not here; it may still come. */
  | { readonly kind: 'unknown-key'; readonly epoch: EpochId }
  /** No sealed body, or it, or the message around it, is not as it was sealed. */
  | { readonly kind: 'garbled' }
  /** Sealed by a later version of Reunion. */
  | { readonly kind: 'newer-version'; readonly version: number };

/** Seals a body. `random` gives as many random bytes as it is asked for, and never the same ones twice. */
export function sealBody(
  key: ContentKey,
  envelope: Envelope,
  body: Uint8Array,
  random: (length: number) => Uint8Array = randomBytes,
): Uint8Array {
  const header = concatBytes(Uint8Array.of(VERSION), fromHex(key.epoch));
  const nonce = random(NONCE_BYTES);
  const cipher = xchacha20poly1305(key.secret, nonce, associatedData(header, envelope));
  return concatBytes(header, nonce, cipher.encrypt(body));
}

/** Opens a sealed body with the key that `keyOf` has for its epoch. Never throws on what was sealed. */
export function openBody(
  keyOf: (epoch: EpochId) => ContentKey | undefined,
  envelope: Envelope,
  sealed: Uint8Array,
): OpenedBody {
  const version = sealed[0] ?? 0;
  if (version > VERSION) return { kind: 'newer-version', version };
  if (version < VERSION || sealed.byteLength < SEALING_BYTES) return { kind: 'garbled' };
  const header = sealed.subarray(0, HEADER_BYTES);
  const epoch = epochIdOf(header.subarray(1));
  const key = keyOf(epoch);
  if (!key) return { kind: 'unknown-key', epoch };
  const nonce = sealed.subarray(HEADER_BYTES, HEADER_BYTES + NONCE_BYTES);
  const cipher = xchacha20poly1305(key.secret, nonce, associatedData(header, envelope));
  try {
    return { kind: 'opened', body: cipher.decrypt(sealed.subarray(HEADER_BYTES + NONCE_BYTES)) };
  } catch {
    return { kind: 'garbled' };
  }
}

/**
 * Label, header (17 bytes), group id (32), timestamp (8, big-endian in two's complement), ephemeral (1), and the parents (32
 * each), which are a set and so in order of their ids. Only the last part has no fixed length: no two messages give the same.
 */
function associatedData(header: Uint8Array, envelope: Envelope): Uint8Array {
  const { groupId, timestamp, metadata } = envelope;
  const time = new Uint8Array(8);
  new DataView(time.buffer).setBigInt64(0, timestamp);
  return concatBytes(
    LABEL,
    header,
    fromHex(groupId),
    time,
    Uint8Array.of(metadata.ephemeral ? 1 : 0),
    ...[...metadata.parents].sort().map(fromHex),
  );
}
