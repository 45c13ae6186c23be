import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  invitationOfLink,
  invitationToLink,
  proofMatches,
  proofOf,
} from '../../main/identity/invitation.ts';
import { keysOf } from '../helpers/identities.ts';

const invitation = {
  inviter: keysOf(0).peerId,
  addresses: [new Uint8Array([4, 127, 0, 0, 1, 6, 15, 161])],
  secret: new Uint8Array(16).fill(7),
  expiresAt: 1_800_000_000_000,
};

describe('invitation links', () => {
  it('survive being made and read, also with white space and line breaks from a mail', () => {
    const link = invitationToLink(invitation);
    expect(link).toMatch(/^reunion:[\w-]+$/u);
    expect(invitationOfLink(link)).toEqual(invitation);
    expect(invitationOfLink(`  ${link.slice(0, 30)}\n ${link.slice(30)}\n`)).toEqual(invitation);
  });

  it('are refused when cut short or when they are something else', () => {
    const link = invitationToLink(invitation);
    for (let length = 0; length < link.length - 12; length++) {
      expect(invitationOfLink(link.slice(0, length))).toBeUndefined();
    }
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(invitationOfLink(text)).toBeUndefined();
        expect(invitationOfLink(`reunion:${text}`)).toBeUndefined();
      }),
    );
  });
});

describe('proofs of a link', () => {
  const [inviter, joiner, other] = [keysOf(0).peerId, keysOf(1).peerId, keysOf(2).peerId];
  const { secret } = invitation;
  const proof = proofOf(secret, 'join', inviter, joiner);

  it('match for the same secret, side and PeerIds', () => {
    expect(proofMatches(proof, proofOf(secret, 'join', inviter, joiner))).toBe(true);
  });

  it('are good for no other side, device, inviter or secret', () => {
    const others = [
      proofOf(secret, 'invite', inviter, joiner),
      proofOf(secret, 'join', inviter, other),
      proofOf(secret, 'join', other, joiner),
      proofOf(secret, 'join', joiner, inviter),
      proofOf(new Uint8Array(16).fill(8), 'join', inviter, joiner),
      new Uint8Array(0),
    ];
    for (const given of others) expect(proofMatches(proof, given)).toBe(false);
  });
});
