import { base58 } from '@scure/base';
import { concatBytes } from './bytes.ts';
import type { PeerId } from './ids.ts';

/** An Ed25519 public key is 32 bytes. */
export const PUBLIC_KEY_BYTES = 32;

/**
 * What stands before the public key in the PeerId of an Ed25519 key: an identity multihash (code 0, 36 bytes) of the
 * protobuf { type: Ed25519 (1), data: 32 bytes }. Source: libp2p specification, "Peer Ids and Keys".
 */
const PREFIX = Uint8Array.of(0x00, 0x24, 0x08, 0x01, 0x12, 0x20);

const PEER_ID_BYTES = PREFIX.byteLength + PUBLIC_KEY_BYTES;

/** The libp2p PeerId of an Ed25519 public key of 32 bytes. Throws `RangeError` on another length. */
export function peerIdOfPublicKey(publicKey: Uint8Array): PeerId {
  if (publicKey.byteLength !== PUBLIC_KEY_BYTES) {
    throw new RangeError('an Ed25519 public key has 32 bytes');
  }
  return base58.encode(concatBytes(PREFIX, publicKey)) as PeerId;
}

/** The PeerId that 38 bytes stand for; undefined where they are not the PeerId of an Ed25519 key. */
export function peerIdOfBytes(bytes: Uint8Array): PeerId | undefined {
  const wellFormed =
    bytes.byteLength === PEER_ID_BYTES && PREFIX.every((byte, index) => bytes[index] === byte);
  return wellFormed ? (base58.encode(bytes) as PeerId) : undefined;
}

/** The PeerId that a text stands for; undefined where it is not the PeerId of an Ed25519 key. */
export function parsePeerId(text: string): PeerId | undefined {
  try {
    return peerIdOfBytes(base58.decode(text));
  } catch {
    return undefined;
  }
}

/** 38 bytes. */
export function peerIdToBytes(peerId: PeerId): Uint8Array {
  return base58.decode(peerId);
}

/** The 32 bytes of the Ed25519 public key that a PeerId holds. */
export function publicKeyOf(peerId: PeerId): Uint8Array {
  return peerIdToBytes(peerId).subarray(PREFIX.byteLength);
}
