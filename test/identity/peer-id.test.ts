import { generateKeyPairFromSeed } from '@libp2p/crypto/keys';
import { peerIdFromPrivateKey } from '@libp2p/peer-id';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  parsePeerId,
  peerIdOfBytes,
  peerIdToBytes,
  publicKeyOf,
} from '../../main/helpers/peer-id.ts';
import { keysOf } from '../helpers/identities.ts';

describe('PeerIds', () => {
  it('are those that libp2p gives the same key', async () => {
    for (const number of [0, 1, 2]) {
      const keys = keysOf(number);
      const libp2pKey = await generateKeyPairFromSeed('Ed25519', keys.seed);
      expect(keys.peerId).toBe(peerIdFromPrivateKey(libp2pKey).toString());
      expect(publicKeyOf(keys.peerId)).toEqual(libp2pKey.publicKey.raw);
    }
  });

  it('survive the way into bytes and back', () => {
    const { peerId } = keysOf(3);
    expect(peerIdOfBytes(peerIdToBytes(peerId))).toBe(peerId);
    expect(parsePeerId(peerId)).toBe(peerId);
  });

  it('refuse everything else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        expect(peerIdOfBytes(bytes)).toBeUndefined();
      }),
    );
    expect(parsePeerId('')).toBeUndefined();
    expect(parsePeerId('QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N')).toBeUndefined();
  });
});
