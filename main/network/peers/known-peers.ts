import type { Multiaddr } from '@multiformats/multiaddr';
import type { Clock, Random } from '../../helpers/clock.ts';
import type { PeerId } from '../../mvds/types.ts';
import {
  ADDRESSES_TOLD_MAX,
  KNOWN_PEERS_MAX,
  KNOWN_RETRY_FIRST_MS,
  KNOWN_RETRY_MAX_MS,
  MET_FAILURES_MAX,
  TOLD_FAILURES_MAX,
} from './constants.ts';

interface Known {
  readonly addresses: readonly Multiaddr[];
  /** In a row. */
  readonly failures: number;
  /** Not to be called before this, Unix milliseconds. */
  readonly dueAt: number;
  /** Whether it was connected at some time: whoever was tells the truth about itself at least. */
  readonly isMet: boolean;
}

/**
 * Peers that may be called, by their addresses. Bounded: those that were only told of make room for those that were met. One that was
 * met and cannot be called stays known for hours: it may be on the other side of a partition, and nobody else may know a way there.
 */
export class KnownPeers {
  readonly #self: PeerId;
  readonly #random: Random;
  readonly #clock: Clock;
  readonly #peers = new Map<PeerId, Known>();

  constructor(self: PeerId, random: Random, clock: Clock) {
    this.#self = self;
    this.#random = random;
    this.#clock = clock;
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

  /** Another peer has told of it. Facts that are known already stay. */
  told(peer: PeerId, addresses: readonly Multiaddr[]): void {
    if (peer === this.#self || this.#peers.has(peer) || addresses.length === 0) return;
    if (this.#peers.size >= KNOWN_PEERS_MAX) return;
    this.#peers.set(peer, {
      addresses: addresses.slice(0, ADDRESSES_TOLD_MAX),
      ...{ failures: 0, dueAt: 0 },
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
      ...{ failures: 0, dueAt: 0 },
      isMet: true,
    });
  }

  /** It could not be called. */
  failed(peer: PeerId): void {
    const known = this.#peers.get(peer);
    if (!known) return;
    const failures = known.failures + 1;
    if (failures >= (known.isMet ? MET_FAILURES_MAX : TOLD_FAILURES_MAX)) {
      this.#peers.delete(peer);
      return;
    }
    const waitMs = Math.min(KNOWN_RETRY_MAX_MS, KNOWN_RETRY_FIRST_MS * 2 ** (failures - 1));
    this.#peers.set(peer, { ...known, failures, dueAt: this.#clock.now() + waitMs });
  }

  /** Whether it may be called now. A clock that was set back ends the wait. */
  isDue(peer: PeerId): boolean {
    const { dueAt = 0 } = this.#peers.get(peer) ?? {};
    const now = this.#clock.now();
    return dueAt <= now || dueAt - now > KNOWN_RETRY_MAX_MS;
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
    const failing = [...this.#peers].find(([, { failures }]) => failures > 0);
    const oldest = unmet ?? failing ?? [...this.#peers][0];
    if (oldest) this.#peers.delete(oldest[0]);
  }
}
