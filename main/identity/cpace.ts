import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { ristretto255, ristretto255_hasher } from '@noble/curves/ed25519.js';
import { bytesToNumberLE } from '@noble/curves/utils.js';
import { concatBytes, utf8 } from '../helpers/bytes.ts';

/*
 * CPace, a balanced password-authenticated key exchange: draft-irtf-cfrg-cpace, cipher suite CPACE-RISTR255-SHA512, in
 * the initiator-responder setting, with the key confirmation of its section "Key confirmation". Two that know the same
 * short code agree on a key; one that does not has a single guess for each run. BigInt arithmetic takes time that
 * depends on what is computed: bearable for a code that is good for one run, not for a lasting password.
 */

const DSI = utf8('CPaceRistretto255');
const DSI_ISK = utf8('CPaceRistretto255_ISK');
const MAC_LABEL = utf8('CPaceMac');
/** The input block of SHA-512, "H.s_in_bytes". */
const BLOCK_BYTES = 128;
/** An encoded element of ristretto255 (RFC 9496), and a scalar. */
const ELEMENT_BYTES = 32;
/** More than any associated data of ours; it comes from elsewhere, and is hashed. */
const ASSOCIATED_DATA_MAX = 1_024;

export type CpaceRole = 'initiator' | 'responder';

/** What both sides must have the same of, else their keys differ. */
export interface CpaceInputs {
  /** "PRS": the code. Any length. */
  readonly code: Uint8Array;
  /** "CI": the channel and the parties. Never sent. Any length. */
  readonly channel: Uint8Array;
  /** "sid": fresh for each run, known to both before it. Any length. */
  readonly sessionId: Uint8Array;
}

/** The one message that each side sends. */
export interface CpaceMessage {
  /** "Y": 32 bytes. */
  readonly share: Uint8Array;
  /** "AD": sent in clear, authenticated by the run. At most 1024 bytes. */
  readonly associatedData: Uint8Array;
}

/** What one side knows once the other's message has come. The key is given out only for the right confirmation. */
export interface CpaceAgreement {
  /** To be sent: HMAC-SHA512, 64 bytes. */
  readonly confirmation: Uint8Array;
  /**
   * The key, "ISK", for the other side's confirmation; undefined where that is wrong: the codes, the channels or the views
   * of the messages differ. 64 bytes, to be put through a KDF before use.
   */
  confirm(theirs: Uint8Array): Uint8Array | undefined;
}

/** One side of one run. Not to be used twice: the second use would be another guess. */
export class CpaceRun {
  readonly message: CpaceMessage;
  readonly #inputs: CpaceInputs;
  readonly #role: CpaceRole;
  readonly #scalar: bigint;

  /** `random` gives as many random bytes as it is asked for. Throws `RangeError` on too much associated data. */
  constructor(
    inputs: CpaceInputs,
    role: CpaceRole,
    associatedData: Uint8Array,
    random: (length: number) => Uint8Array = randomBytes,
  ) {
    if (associatedData.byteLength > ASSOCIATED_DATA_MAX) {
      throw new RangeError(`associated data of more than ${ASSOCIATED_DATA_MAX} bytes`);
    }
    this.#inputs = inputs;
    this.#role = role;
    this.#scalar = sampleScalar(random);
    this.message = { share: generatorOf(inputs).multiply(this.#scalar).toBytes(), associatedData };
  }

  /**
   * Undefined where the other side's message must be refused: its share encodes no element, or the neutral one, or is
   * our own sent back, whose confirmation would be our own as well.
   */
  receive(theirs: CpaceMessage): CpaceAgreement | undefined {
    const { share, associatedData } = theirs;
    if (share.byteLength !== ELEMENT_BYTES || isEqual(share, this.message.share)) return undefined;
    if (associatedData.byteLength > ASSOCIATED_DATA_MAX) return undefined;
    const secret = multiplyVerified(this.#scalar, share);
    if (!secret) return undefined;
    const [first, second] =
      this.#role === 'initiator' ? [this.message, theirs] : [theirs, this.message];
    const { sessionId } = this.#inputs;
    const transcript = concatBytes(encodeMessage(first), encodeMessage(second));
    const key = sha512(lengthValue(DSI_ISK, sessionId, secret), transcript);
    const macKey = sha512(MAC_LABEL, sessionId, key);
    const expected = hmac(macKey, theirs);
    return {
      confirmation: hmac(macKey, this.message),
      confirm: (given) => (isEqual(expected, given) ? key : undefined),
    };
  }
}

/** "generator_string": the padding fills the first block of the hash, so that its time does not tell the code's length. */
export function generatorString({ code, channel, sessionId }: CpaceInputs): Uint8Array {
  const used = lengthValue(code).byteLength + lengthValue(DSI).byteLength;
  const padding = new Uint8Array(Math.max(0, BLOCK_BYTES - 1 - used));
  return lengthValue(DSI, code, padding, channel, sessionId);
}

/** "lv_cat": each part behind its length as LEB128, so that no two lists of parts give the same bytes. */
export function lengthValue(...parts: readonly Uint8Array[]): Uint8Array {
  return concatBytes(...parts.flatMap((part) => [leb128(part.byteLength), part]));
}

/** "scalar_mult_vfy": 32 bytes; undefined in place of the neutral element. */
export function multiplyVerified(scalar: bigint, share: Uint8Array): Uint8Array | undefined {
  let element;
  try {
    element = ristretto255.Point.fromBytes(share);
  } catch {
    return undefined;
  }
  // The group has prime order, so only the neutral element itself is multiplied into it. It decodes without complaint.
  return element.is0() ? undefined : element.multiply(scalar).toBytes();
}

/** "calculate_generator", by the element derivation function of RFC 9496, section 4.3.4. */
function generatorOf(inputs: CpaceInputs) {
  const generator = ristretto255_hasher.deriveToCurve?.(sha512(generatorString(inputs)));
  if (!generator) throw new Error('no element derivation for ristretto255');
  return generator;
}

/** "sample_scalar" as recommended: 252 random bits, little-endian. Zero, one in 2^252, would make `multiply` throw. */
function sampleScalar(random: (length: number) => Uint8Array): bigint {
  const bytes = Uint8Array.from(random(ELEMENT_BYTES));
  bytes[ELEMENT_BYTES - 1] = (bytes[ELEMENT_BYTES - 1] ?? 0) & 0x0f;
  return bytesToNumberLE(bytes);
}

function encodeMessage({ share, associatedData }: CpaceMessage): Uint8Array {
  return lengthValue(share, associatedData);
}

function leb128(value: number): Uint8Array {
  const bytes = [];
  for (; value >= 0x80; value >>>= 7) bytes.push((value & 0x7f) | 0x80);
  return Uint8Array.of(...bytes, value);
}

function sha512(...parts: readonly Uint8Array[]): Uint8Array {
  const hash = createHash('sha512');
  for (const part of parts) hash.update(part);
  return new Uint8Array(hash.digest());
}

function hmac(key: Uint8Array, message: CpaceMessage): Uint8Array {
  return new Uint8Array(createHmac('sha512', key).update(encodeMessage(message)).digest());
}

/** In constant time for equal lengths. */
function isEqual(one: Uint8Array, other: Uint8Array): boolean {
  return one.byteLength === other.byteLength && timingSafeEqual(one, other);
}
