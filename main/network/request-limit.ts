import type { Clock } from '../helpers/clock.ts';
import {
  RENDEZVOUS_WINDOW_MS,
  REQUESTS_PER_ADDRESS_MAX,
  REQUESTS_PER_CONNECTION_MAX,
} from './constants.ts';

/** Who asks. `peer` is proven by Noise. */
export interface Asker<Peer> {
  readonly peer: Peer;
  /** Names the connection, not the peer. */
  readonly connection: string;
  /** The IP address it comes from, as far as it counts as one place: see `placeOf`. */
  readonly address: string;
}

/** Counts the requests of a fixed window of time, by connection and by address, so that guessing is slow. */
export class RequestLimit {
  readonly #clock: Clock;
  #window = 0;
  readonly #ofConnection = new Map<string, number>();
  readonly #ofAddress = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether one more request is within the limits; if so it is counted. */
  admits({ connection, address }: Asker<unknown>): boolean {
    this.#turn();
    const byConnection = this.#ofConnection.get(connection) ?? 0;
    const byAddress = this.#ofAddress.get(address) ?? 0;
    if (byConnection >= REQUESTS_PER_CONNECTION_MAX) return false;
    if (byAddress >= REQUESTS_PER_ADDRESS_MAX) return false;
    this.#ofConnection.set(connection, byConnection + 1);
    this.#ofAddress.set(address, byAddress + 1);
    return true;
  }

  #turn(): void {
    const window = Math.floor(this.#clock.now() / RENDEZVOUS_WINDOW_MS);
    if (window === this.#window) return;
    this.#window = window;
    this.#ofConnection.clear();
    this.#ofAddress.clear();
  }
}
