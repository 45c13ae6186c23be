import type { ConnectionGater, MultiaddrConnection, PeerId } from '@libp2p/interface';
import { isPrivateIp } from '@libp2p/utils';
import type { Multiaddr } from '@multiformats/multiaddr';
import { RELAY_CONNECTIONS_PER_ADDRESS_MAX } from './constants.ts';
import { placeOf } from './place.ts';

/** Why a relay has turned somebody away. */
export type Refusal = 'not-allowed' | 'full' | 'too-many-connections' | 'too-many-from-address';

/** What the decisions of a relay rest on. */
export interface RelayView {
  /** Addresses at the other ends of the open connections. */
  readonly remoteAddresses: () => readonly Multiaddr[];
  /** Whether a reservation of this peer would be one too many. */
  readonly isFullFor: (peer: PeerId) => boolean;
}

/** Decides who may connect to a relay, reserve at it, and be connected through it; and counts whom it refuses. */
export class RelayGate {
  readonly #connectionsMax: number;
  readonly #refusals = new Map<Refusal, number>();
  #view: RelayView | undefined;
  #allowed: ReadonlySet<string> | undefined;
  #isClosing = false;

  /** `allowed` holds the PeerIds of those that may use the relay; undefined lets everybody. */
  constructor(connectionsMax: number, allowed: ReadonlySet<string> | undefined) {
    this.#connectionsMax = connectionsMax;
    this.#allowed = allowed;
  }

  /** Hooks ask nothing before this was called, since no node is there before them. */
  watch(view: RelayView): void {
    this.#view = view;
  }

  setAllowed(allowed: ReadonlySet<string> | undefined): void {
    this.#allowed = allowed;
  }

  /** From now on nobody gets in, and nobody reserves. */
  close(): void {
    this.#isClosing = true;
  }

  isAllowed(peer: string): boolean {
    return this.#allowed === undefined || this.#allowed.has(peer);
  }

  get refusals(): ReadonlyMap<Refusal, number> {
    return this.#refusals;
  }

  hooks(): ConnectionGater {
    return {
      denyInboundConnection: (connection: MultiaddrConnection) =>
        this.#isClosing || this.#hasTooMany(connection.remoteAddr),
      // Those that are not allowed get this far, so that they are told why: see `relay-server.ts` for what ends it.
      denyInboundRelayReservation: (peer) => {
        if (this.#isClosing || !this.#admits(peer)) return true;
        // The reservation store refuses it by itself, with the status that says so.
        if (this.#view?.isFullFor(peer)) this.#count('full');
        return false;
      },
      denyOutboundRelayedConnection: (source, destination) =>
        this.#isClosing || !this.#admits(source) || !this.#admits(destination),
    };
  }

  #admits(peer: PeerId): boolean {
    if (this.isAllowed(peer.toString())) return true;
    this.#count('not-allowed');
    return false;
  }

  #hasTooMany(address: Multiaddr): boolean {
    const open = this.#view?.remoteAddresses() ?? [];
    if (open.length >= this.#connectionsMax) {
      this.#count('too-many-connections');
      return true;
    }
    if (isNear(address)) return false;
    const place = placeOf(address);
    const fromThere = open.filter((other) => placeOf(other) === place).length;
    if (fromThere < RELAY_CONNECTIONS_PER_ADDRESS_MAX) return false;
    this.#count('too-many-from-address');
    return true;
  }

  #count(refusal: Refusal): void {
    this.#refusals.set(refusal, (this.#refusals.get(refusal) ?? 0) + 1);
  }
}

/**
 * Behind a web proxy everybody comes from one private address, and nobody on the internet has one: those are bounded by the
 * number of connections in all.
 */
function isNear(address: Multiaddr): boolean {
  const host = address.getComponents().find(({ name }) => name === 'ip4' || name === 'ip6')?.value;
  return host !== undefined && [host, placeOf(address)].some((text) => isPrivateIp(text) === true);
}
