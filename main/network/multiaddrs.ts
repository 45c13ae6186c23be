import { multiaddr } from '@multiformats/multiaddr';
import type { Multiaddr } from '@multiformats/multiaddr';
import { debugLog } from '../log/debug-log.ts';

const ignored = debugLog('network:multiaddrs');

/** The PeerId at the end of an address; undefined where there is none. */
export function peerIn(address: Multiaddr): string | undefined {
  return address.getComponents().findLast(({ name }) => name === 'p2p')?.value;
}

/** The multiaddr that a text stands for; undefined where it is none. */
export function parseMultiaddr(text: string): Multiaddr | undefined {
  try {
    const address = multiaddr(text);
    return address.getComponents().length > 0 ? address : undefined;
  } catch (error) {
    ignored(error);
    return undefined;
  }
}

/** The address of a relay: a multiaddr that ends in /p2p/ and a PeerId. Undefined for anything else. */
export function parseRelayAddress(text: string): Multiaddr | undefined {
  const address = parseMultiaddr(text);
  return address && peerIn(address) !== undefined ? address : undefined;
}

/** A relay may have several addresses, and is one all the same. Undefined for what is no address of one. */
export function relayPeer(text: string): string | undefined {
  const address = parseRelayAddress(text);
  return address && peerIn(address);
}

/** The multiaddr of binary form `bytes`; undefined where they are none. */
function multiaddrOfBytes(bytes: Uint8Array): Multiaddr | undefined {
  try {
    return multiaddr(bytes);
  } catch (error) {
    ignored(error);
    return undefined;
  }
}

/**
 * The binary form of an address at which a device can be reached for longer than its process lives; undefined for others:
 * any port, any interface, or this computer alone.
 */
export function lastingAddress(text: string): Uint8Array | undefined {
  const address = parseMultiaddr(text);
  const parts = address?.getComponents() ?? [];
  const isRelayed = parts.some(({ name }) => name === 'p2p-circuit');
  const isByChance = parts.some(
    ({ name, value }) =>
      ((name === 'tcp' || name === 'udp') && value === '0') ||
      (name === 'ip4' &&
        (value === '0.0.0.0' || (!isRelayed && value?.startsWith('127.') === true))) ||
      (name === 'ip6' && (value === '::' || (!isRelayed && value === '::1'))),
  );
  return isByChance ? undefined : address?.bytes;
}

/** Whether a connection to this address goes through a relay, or is arranged through one. */
export function isRelayed(address: Multiaddr): boolean {
  return address.getComponents().some(({ name }) => name === 'p2p-circuit');
}

/** The PeerId of the relay that a connection to this address goes through; undefined where none does. */
export function relayOn(address: Multiaddr): string | undefined {
  const parts = address.getComponents();
  const circuit = parts.findIndex(({ name }) => name === 'p2p-circuit');
  return parts.slice(0, Math.max(0, circuit)).findLast(({ name }) => name === 'p2p')?.value;
}

/** Where a direct connection is arranged for a peer that is reached at `relayed`, through the same relay. */
export function directAddressThrough(relayed: Multiaddr, peer: string): Multiaddr {
  const components = relayed.getComponents();
  const end = components.findIndex(({ name }) => name === 'p2p-circuit');
  return multiaddr(components.slice(0, end + 1)).encapsulate(`/webrtc/p2p/${peer}`);
}

/** What of some binary forms stands for multiaddrs. */
export function multiaddrsOf(addresses: readonly Uint8Array[]): Multiaddr[] {
  return addresses.map(multiaddrOfBytes).filter((address) => address !== undefined);
}

/** The relays that binary multiaddrs lead through, as text, each once. */
export function relaysIn(addresses: readonly Uint8Array[]): string[] {
  return multiaddrsOf(addresses)
    .map((address) => address.toString())
    .filter((address) => address.includes('/p2p-circuit'))
    .map((address) => address.split('/p2p-circuit')[0] ?? '')
    .filter((relay, index, all) => parseRelayAddress(relay) && all.indexOf(relay) === index);
}

/** The address with the peer's id at its end: libp2p refuses to dial addresses of which some name a peer and others none. */
export function naming(address: Multiaddr, peer: string): Multiaddr {
  return peerIn(address) === peer ? address : address.encapsulate(`/p2p/${peer}`);
}
