import { ed25519 } from '@noble/curves/ed25519.js';
import { peerIdOfPublicKey } from '../../main/helpers/peer-id.ts';
import type { DeviceKeys } from '../../main/identity/keys.ts';

/** The keys of a device, always the same for the same number. */
export function keysOf(number: number): DeviceKeys {
  const seed = new Uint8Array(32).fill(number + 1);
  return {
    peerId: peerIdOfPublicKey(ed25519.getPublicKey(seed)),
    seed,
    storeKey: seed,
    earlierStoreKeys: [],
  };
}
