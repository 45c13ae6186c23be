import { randomBytes } from 'node:crypto';
import { concatBytes, fromHex, utf8 } from '../helpers/bytes.ts';
import type { Message, PeerId } from '../mvds/types.ts';
import { EPOCH_ID_BYTES, epochIdOf } from './content-key.ts';
import type { ContentKey, EpochId } from './content-key.ts';
import { Xaes256Gcm, XAES_NONCE_BYTES, XAES_TAG_BYTES } from './xaes-256-gcm.ts';

/*
 * A sealed body is
 *   1 byte   version
 *   16 bytes id of the epoch, whose content key it is sealed under
 *   12 bytes at random
 *   the rest ciphertext of XAES-256-GCM, as long as the body, and its tag of 16 bytes.
 * The nonce is these 12 bytes, the timestamp of the message in 8 and 4 zeros, so that equal texts become different messages. It
 * repeats where two messages of one millisecond draw the same 96 bits: of a million in one millisecond, with a chance of 2^-57.
 * Authenticated along with it: the header, the group and
 * the timestamp; see `associatedData`. All of that is covered by the message id, and nothing else is: whoever passes a
 * message on can change its metadata, which must not decide whether the body opens.
 */
const VERSION = 3;
const HEADER_BYTES = 1 + EPOCH_ID_BYTES;

const RANDOM_BYTES = 12;
/** Of the header and the random bytes. */
const FRONT_BYTES = HEADER_BYTES + RANDOM_BYTES;

/** How many bytes a sealed body is longer than the body: 45. */
export const SEALING_BYTES = FRONT_BYTES + XAES_TAG_BYTES;

const LABEL = utf8('reunion sealed body\0');

/** What surrounds the body in its message. */
export type Envelope = Pick<Message, 'groupId' | 'timestamp'>;

export type OpenedBody =
  /** `writers`: of the key that it was sealed under. */
  | {
      readonly kind: 'opened';
      readonly body: Uint8Array;
      readonly writers: readonly PeerId[];
    }
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
  const chosen = random(RANDOM_BYTES);
  const nonce = nonceOf(chosen, envelope);
  const ciphertext = cipherOf(key).seal(nonce, body, associatedData(header, envelope));
  return concatBytes(header, chosen, ciphertext);
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
  const nonce = nonceOf(sealed.subarray(HEADER_BYTES, FRONT_BYTES), envelope);
  const ciphertext = sealed.subarray(FRONT_BYTES);
  const body = cipherOf(key).open(nonce, ciphertext, associatedData(header, envelope));
  return body ? { kind: 'opened', body, writers: key.writers } : { kind: 'garbled' };
}

/** The epoch that a body says it is sealed under; undefined where it is no sealed body of this version. */
export function epochOfBody(sealed: Uint8Array): EpochId | undefined {
  if (sealed[0] !== VERSION || sealed.byteLength < SEALING_BYTES) return undefined;
  return epochIdOf(sealed.subarray(1, HEADER_BYTES));
}

/** One for each key in use: making one costs as much as sealing a short text. */
const ciphers = new WeakMap<ContentKey, Xaes256Gcm>();

function cipherOf(key: ContentKey): Xaes256Gcm {
  const known = ciphers.get(key) ?? new Xaes256Gcm(key.secret);
  ciphers.set(key, known);
  return known;
}

function nonceOf(chosen: Uint8Array, { timestamp }: Envelope): Uint8Array {
  const nonce = new Uint8Array(XAES_NONCE_BYTES);
  nonce.set(chosen);
  nonce.set(timeBytes(timestamp), RANDOM_BYTES);
  return nonce;
}

/** Label, header (17 bytes), group id (32), timestamp (8). */
function associatedData(header: Uint8Array, { groupId, timestamp }: Envelope): Uint8Array {
  return concatBytes(LABEL, header, fromHex(groupId), timeBytes(timestamp));
}

/** 8 bytes, big-endian in two's complement. */
function timeBytes(timestamp: bigint): Uint8Array {
  const time = new Uint8Array(8);
  new DataView(time.buffer).setBigInt64(0, timestamp);
  return time;
}
