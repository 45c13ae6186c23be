import type { Clock } from './clock.ts';

/** Who asks. `peer` is proven by Noise. */
export interface Asker<Peer> {
  readonly peer: Peer;
  /** The IP address it comes from, as far as it counts as one place. Where there is none, what stands for it. */
  readonly address: string;
}

/** How many requests are answered in a window of time. */
export interface RequestLimits {
  /** Milliseconds. */
  readonly windowMs: number;
  readonly perPeerMax: number;
  readonly perAddressMax: number;
  /** By all askers together. Addresses and PeerIds can be had by the thousand, so that only this bounds a scan. */
  readonly totalMax: number;
  /** The part of `totalMax` that only the first `firstRequests` of each address may use: whoever asks for much leaves it to others. */
  readonly reservedMax: number;
  readonly firstRequests: number;
}

/** Counts requests in fixed windows of time, by peer, by address and in all, so that guessing is slow. */
export class RequestLimit {
  readonly #clock: Clock;
  readonly #limits: RequestLimits;
  #window = 0;
  #total = 0;
  /** Of them, those that used the part which is open to all. */
  #open = 0;
  readonly #ofPeer = new Map<unknown, number>();
  readonly #ofAddress = new Map<string, number>();

  constructor(clock: Clock, limits: RequestLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** Whether one more request is within the limits; if so it is counted. */
  admits({ peer, address }: Asker<unknown>): boolean {
    this.#turn();
    const { perPeerMax, perAddressMax, totalMax, reservedMax, firstRequests } = this.#limits;
    const byPeer = this.#ofPeer.get(peer) ?? 0;
    const byAddress = this.#ofAddress.get(address) ?? 0;
    if (byPeer >= perPeerMax || byAddress >= perAddressMax || this.#total >= totalMax) return false;
    const isOpen = this.#open < totalMax - reservedMax;
    if (!isOpen && byAddress >= firstRequests) return false;
    if (isOpen) this.#open += 1;
    this.#total += 1;
    this.#ofPeer.set(peer, byPeer + 1);
    this.#ofAddress.set(address, byAddress + 1);
    return true;
  }

  #turn(): void {
    const window = Math.floor(this.#clock.now() / this.#limits.windowMs);
    if (window === this.#window) return;
    this.#window = window;
    this.#total = 0;
    this.#open = 0;
    this.#ofPeer.clear();
    this.#ofAddress.clear();
  }
}
