import { createHmac, timingSafeEqual } from 'node:crypto';
import { base64urlnopad } from '@scure/base';
import type { PeerId } from '../mvds/types.ts';
import { Invitation as InvitationMessage } from '../proto/pairing.ts';
import { peerIdOfBytes, peerIdToBytes } from '../helpers/peer-id.ts';

/** 128 bits: nobody guesses one within its lifetime. */
export const SECRET_BYTES = 16;
const SCHEME = 'reunion:';
const VERSION = 1;
/** A link with more is not one of ours; a few relays and interfaces make up the most there are. */
const ADDRESSES_MAX = 32;

export interface Invitation {
  readonly inviter: PeerId;
  /** Multiaddrs in their binary form. */
  readonly addresses: readonly Uint8Array[];
  /** 16 bytes, good for one device. */
  readonly secret: Uint8Array;
  /** Unix milliseconds, by the inviter's clock. */
  readonly expiresAt: number;
}

/** The link of an invitation: `reunion:` and base64url without padding. */
export function invitationToLink(invitation: Invitation): string {
  const bytes = InvitationMessage.encode({
    version: VERSION,
    inviter: peerIdToBytes(invitation.inviter),
    addresses: [...invitation.addresses],
    secret: invitation.secret,
    expiresAt: BigInt(invitation.expiresAt),
  });
  return SCHEME + base64urlnopad.encode(bytes);
}

/** The invitation of a link; white space around it and line breaks in it do no harm. Undefined where it is not one. */
export function invitationOfLink(link: string): Invitation | undefined {
  const text = link.replace(/\s+/gu, '');
  if (!text.startsWith(SCHEME)) return undefined;
  try {
    const decoded = InvitationMessage.decode(base64urlnopad.decode(text.slice(SCHEME.length)));
    const inviter = peerIdOfBytes(decoded.inviter);
    const wellFormed =
      decoded.version === VERSION &&
      decoded.secret.byteLength === SECRET_BYTES &&
      decoded.addresses.length <= ADDRESSES_MAX;
    if (!inviter || !wellFormed) return undefined;
    return {
      inviter,
      addresses: decoded.addresses,
      secret: decoded.secret,
      expiresAt: Number(decoded.expiresAt),
    };
  } catch {
    return undefined;
  }
}

/** Which side of the handshake a proof is made by: one side's proof is never good for the other. */
export type ProofSide = 'join' | 'invite';

/**
 * HMAC-SHA256 (RFC 2104), 32 bytes, under the secret of the link, over the side and both PeerIds. The channel it is sent
 * in has proven those PeerIds (Noise), so a proof taken from it is worthless to anyone else.
 */
export function proofOf(
  secret: Uint8Array,
  side: ProofSide,
  inviter: PeerId,
  joiner: PeerId,
): Uint8Array {
  return new Uint8Array(
    createHmac('sha256', secret)
      .update(`reunion pairing 1 ${side}\0`)
      .update(peerIdToBytes(inviter))
      .update(peerIdToBytes(joiner))
      .digest(),
  );
}

/** Compares in constant time. */
export function proofMatches(expected: Uint8Array, given: Uint8Array): boolean {
  return expected.byteLength === given.byteLength && timingSafeEqual(expected, given);
}
