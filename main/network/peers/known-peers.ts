import type { Multiaddr } from '@multiformats/multiaddr';
import type { Random } from '../../helpers/clock.ts';
import type { PeerId } from '../../mvds/types.ts';
import { ADDRESSES_TOLD_MAX, KNOWN_FAILURES_MAX, KNOWN_PEERS_MAX } from './constants.ts';

interface Known {
  readonly addresses: readonly Multiaddr[];
  /** In a row. */
  readonly failures: number;
  /** Whether it was connected at some time: whoever was tells the truth about itself at least. */
  readonly isMet: boolean;
}

/** Peers that may be called, by their addresses. Bounded: those that were only told of make room for those that were met. */
export class KnownPeers {
  readonly #self: PeerId;
  readonly #random: Random;
  readonly #peers = new Map<PeerId, Known>();

  constructor(self: PeerId, random: Random) {
    this.#self = self;
    this.#random = random;
  }

  get size(): number {
    return this.#peers.size;
  }

  all(): PeerId[] {
    return [...this.#peers.keys()];
  }

  addressesOf(peer: PeerId): readonly Multiaddr[] {
    return this.#peers.get(peer)?.addresses ?? [];
  }

  /** Whether nothing speaks against calling it. */
  isReachable(peer: PeerId): boolean {
    return this.#peers.get(peer)?.failures === 0;
  }

  /** Somebody has told of it. What is known of it already stays. */
  told(peer: PeerId, addresses: readonly Multiaddr[]): void {
    if (peer === this.#self || this.#peers.has(peer) || addresses.length === 0) return;
    if (this.#peers.size >= KNOWN_PEERS_MAX) return;
    this.#peers.set(peer, {
      addresses: addresses.slice(0, ADDRESSES_TOLD_MAX),
      failures: 0,
      isMet: false,
    });
  }

  /** It is connected, and says where it can be called. */
  met(peer: PeerId, addresses: readonly Multiaddr[]): void {
    if (peer === this.#self) return;
    const kept = addresses.length > 0 ? addresses : this.addressesOf(peer);
    if (!this.#peers.has(peer) && this.#peers.size >= KNOWN_PEERS_MAX) this.#makeRoom();
    this.#peers.set(peer, {
      addresses: kept.slice(0, ADDRESSES_TOLD_MAX),
      failures: 0,
      isMet: true,
    });
  }

  /** It could not be called. */
  failed(peer: PeerId): void {
    const known = this.#peers.get(peer);
    if (!known) return;
    const failures = known.failures + 1;
    if (failures >= KNOWN_FAILURES_MAX) this.#peers.delete(peer);
    else this.#peers.set(peer, { ...known, failures });
  }

  /** At most `count` of those that `holds`, by chance. */
  sample(count: number, holds: (peer: PeerId) => boolean): PeerId[] {
    const found = this.all().filter(holds);
    const drawn: PeerId[] = [];
    while (drawn.length < count && found.length > 0) {
      drawn.push(...found.splice(Math.floor(this.#random.next() * found.length), 1));
    }
    return drawn;
  }

  #makeRoom(): void {
    const unmet = [...this.#peers].find(([, { isMet }]) => !isMet);
    const oldest = unmet ?? [...this.#peers][0];
    if (oldest) this.#peers.delete(oldest[0]);
  }
}
