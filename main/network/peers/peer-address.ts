import type { Multiaddr } from '@multiformats/multiaddr';
import { parsePeerId } from '../../helpers/peer-id.ts';
import type { PeerId } from '../../mvds/types.ts';
import { multiaddrsOf, naming, parseMultiaddr, peerIn } from '../multiaddrs.ts';

export interface PeerAddress {
  readonly peerId: PeerId;
  readonly address: Multiaddr;
}

/** A peer and where it is found: a multiaddr that ends in /p2p/ and an Ed25519 PeerId. Undefined for anything else. */
export function parsePeerAddress(text: string): PeerAddress | undefined {
  const address = parseMultiaddr(text);
  const peerId = address && parsePeerId(peerIn(address) ?? '');
  return address && peerId && { peerId, address };
}

/** A peer at an address in binary form; undefined where that is none, or another peer's. */
export function peerAddressOf(peerId: PeerId, bytes: Uint8Array): PeerAddress | undefined {
  const [address] = multiaddrsOf([bytes]);
  if (!address || ![undefined, peerId].includes(peerIn(address) as PeerId | undefined)) {
    return undefined;
  }
  return { peerId, address: naming(address, peerId) };
}

/** Addresses by peer: a peer may have several. */
export function addressesByPeer(peers: readonly PeerAddress[]): Map<PeerId, Multiaddr[]> {
  const found = new Map<PeerId, Multiaddr[]>();
  for (const { peerId, address } of peers) {
    found.set(peerId, [...(found.get(peerId) ?? []), address]);
  }
  return found;
}
