import type { Libp2p } from '@libp2p/interface';
import type { Multiaddr } from '@multiformats/multiaddr';
import type { Clock, Random } from '../helpers/clock.ts';
import { Retry } from './backoff.ts';
import { DIAL_TIMEOUT_MS } from './constants.ts';
import { peerIn } from './multiaddrs.ts';

export type RelayState = 'connecting' | 'connected' | 'unreachable';

interface Relay {
  readonly address: Multiaddr;
  readonly peerId: string;
  readonly retry: Retry;
  state: RelayState;
}

/** Keeps this device connected to its relays, and so reserved at them: what libp2p does not do once one was away. */
export class Relays {
  readonly #node: Libp2p;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #relays = new Map<string, Relay>();
  readonly #onChange: () => void;

  constructor(node: Libp2p, clock: Clock, random: Random, onChange: () => void) {
    this.#node = node;
    this.#clock = clock;
    this.#random = random;
    this.#onChange = onChange;
    node.addEventListener('peer:disconnect', ({ detail }) => {
      const relay = this.#relays.get(detail.toString());
      if (!relay) return;
      this.#set(relay, 'unreachable');
      relay.retry.now();
    });
    node.addEventListener('peer:connect', ({ detail }) => {
      const relay = this.#relays.get(detail.toString());
      if (relay) this.#set(relay, 'connected');
    });
  }

  /** Addresses that name their PeerId; each relay is kept from then on. */
  add(addresses: readonly Multiaddr[]): void {
    for (const address of addresses) {
      const peerId = peerIn(address);
      if (peerId === undefined || this.#relays.has(peerId)) continue;
      const relay: Relay = {
        address,
        peerId,
        state: 'connecting',
        retry: new Retry(this.#clock, this.#random, () => this.#connect(relay)),
      };
      this.#relays.set(peerId, relay);
      if (this.#node.status === 'started') relay.retry.now();
    }
  }

  start(): void {
    for (const { retry } of this.#relays.values()) retry.now();
  }

  stop(): void {
    for (const { retry } of this.#relays.values()) retry.stop();
  }

  peerIds(): ReadonlySet<string> {
    return new Set(this.#relays.keys());
  }

  known(): readonly { readonly peerId: string; readonly address: Multiaddr }[] {
    return [...this.#relays.values()];
  }

  /** Where a device that is reserved at the same relays can be dialled. */
  addresses(): readonly Multiaddr[] {
    return [...this.#relays.values()].map(({ address }) => address);
  }

  status(): readonly { readonly address: string; readonly state: RelayState }[] {
    return [...this.#relays.values()].map(({ address, state }) => ({
      address: address.toString(),
      state,
    }));
  }

  async #connect(relay: Relay): Promise<boolean> {
    try {
      await this.#node.dial(relay.address, { signal: AbortSignal.timeout(DIAL_TIMEOUT_MS) });
      this.#set(relay, 'connected');
      return true;
    } catch {
      this.#set(relay, 'unreachable');
      return false;
    }
  }

  #set(relay: Relay, state: RelayState): void {
    if (relay.state === state) return;
    relay.state = state;
    this.#onChange();
  }
}
