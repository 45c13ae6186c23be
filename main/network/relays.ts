import type { Connection, Libp2p } from '@libp2p/interface';
import { peerIdFromString } from '@libp2p/peer-id';
import type { Multiaddr } from '@multiformats/multiaddr';
import type { Clock, Random } from '../helpers/clock.ts';
import { Retry } from './backoff.ts';
import {
  DIAL_TIMEOUT_MS,
  RELAY_AMPLE_BYTES,
  RELAY_AMPLE_SECONDS,
  RELAY_LIMIT_STEP_BYTES,
  RELAY_LIMIT_STEP_SECONDS,
} from './constants.ts';
import { peerIn, relayOn } from './multiaddrs.ts';
import type { ReservationOutcome, Reservations } from './reservations.ts';
import { debugLog } from '../log/debug-log.ts';

const ignored = debugLog('network:relays');

/** After how much a relay cuts a connection; null where that is ample. One of them at least is not. */
export interface RelayLimits {
  readonly bytes: number | null;
  readonly seconds: number | null;
}

/**
 * `connected`: this device can be reached through it. `limiting`: so it can, and each connection is cut after a few bytes, or
 * soon.
 * `full`: it takes no more devices, but leads to others. `refused`: it does not relay for this device, or for nobody.
 */
export type RelayState =
  'connecting' | 'connected' | 'limiting' | 'full' | 'refused' | 'unreachable';

export interface RelayStatus {
  readonly address: string;
  readonly state: RelayState;
  /** Where it is `limiting`. */
  readonly limits: RelayLimits | null;
}

interface Relay {
  /** The one that was told last, where it has several. */
  address: Multiaddr;
  readonly peerId: string;
  readonly retry: Retry;
  state: Exclude<RelayState, 'limiting'>;
  isTrying: boolean;
  /** The limits of the last connection through it, where they are not ample. */
  limits: RelayLimits | null;
}

const STATES: Readonly<Record<ReservationOutcome, Relay['state']>> = {
  reserved: 'connected',
  full: 'full',
  refused: 'refused',
  none: 'refused',
  failed: 'unreachable',
};

/** Keeps this device connected to its relays and reserved at them: what libp2p does not do once one was away. */
export class Relays {
  readonly #node: Libp2p;
  readonly #reservations: Reservations;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #relays = new Map<string, Relay>();
  readonly #onChange: () => void;

  constructor(
    node: Libp2p,
    reservations: Reservations,
    clock: Clock,
    random: Random,
    onChange: () => void,
  ) {
    this.#node = node;
    this.#reservations = reservations;
    this.#clock = clock;
    this.#random = random;
    this.#onChange = onChange;
    node.addEventListener('peer:disconnect', ({ detail }) => {
      const relay = this.#relays.get(detail.toString());
      if (!relay) return;
      // One that refuses also hangs up, each time.
      if (relay.state === 'refused') {
        relay.retry.later();
        return;
      }
      this.#set(relay, 'unreachable');
      relay.retry.now();
    });
    node.addEventListener('peer:connect', ({ detail }) => {
      const relay = this.#relays.get(detail.toString());
      if (relay && !relay.isTrying) relay.retry.now();
    });
    node.addEventListener('connection:open', ({ detail }) => {
      const relay = this.#relays.get(relayOn(detail.remoteAddr) ?? '');
      if (relay) this.#noteLimits(relay, limitsOf(detail));
    });
    reservations.onLost((peer) => {
      const relay = this.#relays.get(peer);
      if (relay?.state === 'connected') relay.retry.later();
    });
  }

  /** Addresses that name their PeerId; each relay is kept from then on. */
  add(addresses: readonly Multiaddr[]): void {
    for (const address of addresses) {
      const peerId = peerIn(address);
      if (peerId === undefined) continue;
      const known = this.#relays.get(peerId);
      if (known) {
        this.#move(known, address);
        continue;
      }
      const relay: Relay = {
        address,
        peerId,
        state: 'connecting',
        isTrying: false,
        limits: null,
        retry: new Retry(this.#clock, this.#random, () => this.#connect(relay)),
      };
      this.#relays.set(peerId, relay);
      if (this.#node.status === 'started') relay.retry.now();
    }
  }

  /** It may be that it is not at the first address any more; where it is connected it may stay there. */
  #move(relay: Relay, address: Multiaddr): void {
    if (relay.state === 'connected' || relay.address.equals(address)) return;
    relay.address = address;
    if (this.#node.status === 'started') relay.retry.now();
  }

  /** Not used any more; connections through it go with the one to it. */
  async remove(peerId: string): Promise<void> {
    const relay = this.#relays.get(peerId);
    if (!relay) return;
    relay.retry.stop();
    this.#relays.delete(peerId);
    await this.#hangUp(relay);
    this.#onChange();
  }

  async #hangUp({ peerId }: Relay): Promise<void> {
    await this.#node.hangUp(peerIdFromString(peerId)).catch(ignored);
  }

  start(): void {
    for (const { retry } of this.#relays.values()) retry.now();
  }

  /** Tries those that are not connected, without the rest of a wait. */
  retryAll(): void {
    for (const { retry, state } of this.#relays.values()) if (state !== 'connected') retry.now();
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

  status(): readonly RelayStatus[] {
    return [...this.#relays.values()].map(({ address, state, limits }) => {
      const isLimiting = state === 'connected' && limits !== null;
      return {
        address: address.toString(),
        state: isLimiting ? 'limiting' : state,
        limits: isLimiting ? limits : null,
      };
    });
  }

  async #connect(relay: Relay): Promise<boolean> {
    relay.isTrying = true;
    const state = STATES[await this.#reserve(relay)];
    relay.isTrying = false;
    // Removed while it was being called.
    if (this.#relays.get(relay.peerId) !== relay) {
      await this.#hangUp(relay);
      return true;
    }
    this.#set(relay, state);
    return state === 'connected';
  }

  async #reserve({ address }: Relay): Promise<ReservationOutcome> {
    try {
      const signal = AbortSignal.timeout(DIAL_TIMEOUT_MS);
      const { remotePeer } = await this.#node.dial(address, { signal });
      return await this.#reservations.reserve(remotePeer);
    } catch (error) {
      ignored(error);
      return 'failed';
    }
  }

  #noteLimits(relay: Relay, limits: RelayLimits | null): void {
    const before = relay.limits;
    if (before?.bytes === limits?.bytes && before?.seconds === limits?.seconds) return;
    relay.limits = limits;
    this.#onChange();
  }

  #set(relay: Relay, state: Relay['state']): void {
    if (relay.state === state) return;
    relay.state = state;
    this.#onChange();
  }
}

/** The limits of a connection that has just been opened, as far as they are not ample. */
function limitsOf({ limits }: Connection): RelayLimits | null {
  const bytes = limits?.bytes;
  const seconds = limits?.seconds;
  const isFew = bytes !== undefined && bytes < RELAY_AMPLE_BYTES;
  const isShort = seconds !== undefined && seconds < RELAY_AMPLE_SECONDS;
  if (!isFew && !isShort) return null;
  return {
    bytes: isFew ? upTo(Number(bytes), RELAY_LIMIT_STEP_BYTES) : null,
    seconds: isShort ? announcedSeconds(seconds) : null,
  };
}

function announcedSeconds(left: number): number {
  return left < 6 * RELAY_LIMIT_STEP_SECONDS ? left : upTo(left, RELAY_LIMIT_STEP_SECONDS);
}

/** The rest of a limit, rounded up to the limit. */
const upTo = (left: number, step: number): number => Math.ceil(left / step) * step;
