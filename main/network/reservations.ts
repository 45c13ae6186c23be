import { circuitRelayTransport } from '@libp2p/circuit-relay-v2';
import type { PeerId, Transport } from '@libp2p/interface';
import { multiaddr } from '@multiformats/multiaddr';

/** How an attempt to be reachable through a relay has ended. `none`: it does not relay at all. */
export type ReservationOutcome = 'reserved' | 'full' | 'refused' | 'none' | 'failed';

type CircuitRelayComponents = Parameters<ReturnType<typeof circuitRelayTransport>>[0];

/** The part of libp2p's transport that its types keep to themselves (@libp2p/circuit-relay-v2 4.2). */
interface CircuitRelayTransport extends Transport {
  readonly reservationStore: EventTarget & {
    addRelay(relay: PeerId, type: 'discovered'): Promise<unknown>;
  };
}

/** In search mode, libp2p keeps one reservation for each time that this is listened on, at whichever relay it is connected to. */
const SEARCH = '/p2p-circuit';

/**
 * Reserves at relays by name, and tells how that ended. Left to itself libp2p reserves at one relay for each `/p2p-circuit`,
 * and logs why another did not work.
 */
export class Reservations {
  #components: CircuitRelayComponents | undefined;
  #store: CircuitRelayTransport['reservationStore'] | undefined;
  #onLost: (relay: string) => void = () => undefined;

  /** For the `transports` of a libp2p node. */
  transport(): ReturnType<typeof circuitRelayTransport> {
    // One that has to wait in line is forgotten once another one has worked, and its promise never settles.
    const create = circuitRelayTransport({ reservationConcurrency: Number.MAX_SAFE_INTEGER });
    return (components) => {
      const transport = create(components) as CircuitRelayTransport;
      this.#components = components;
      this.#store = transport.reservationStore;
      this.#store.addEventListener('relay:removed', (event) => {
        const { relay } = (event as CustomEvent<{ readonly relay: PeerId }>).detail;
        this.#onLost(relay.toString());
      });
      return transport;
    };
  }

  /** `listener` gets the PeerId of a relay at which there was a reservation. */
  onLost(listener: (relay: string) => void): void {
    this.#onLost = listener;
  }

  /** Reserves at a relay that is connected; does nothing where that was done before. Never rejects. */
  async reserve(relay: PeerId): Promise<ReservationOutcome> {
    const outcome = await this.#tryReserve(relay);
    if (outcome !== 'no-slot') return outcome;
    await this.#components?.transportManager.listen([multiaddr(SEARCH)]);
    const second = await this.#tryReserve(relay);
    return second === 'no-slot' ? 'failed' : second;
  }

  async #tryReserve(relay: PeerId): Promise<ReservationOutcome | 'no-slot'> {
    try {
      await this.#store?.addRelay(relay, 'discovered');
      return 'reserved';
    } catch (error) {
      return outcomeOf(error);
    }
  }
}

function outcomeOf(error: unknown): ReservationOutcome | 'no-slot' {
  if (!(error instanceof Error)) return 'failed';
  if (error.name === 'HadEnoughRelaysError') return 'no-slot';
  if (error.name === 'UnsupportedProtocolError') return 'none';
  // The status is only in the text (circuit-relay-v2 4.2); so is that it does not ask twice who does not relay.
  if (error.message.includes('RESERVATION_REFUSED')) return 'full';
  if (error.message.includes('PERMISSION_DENIED')) return 'refused';
  if (error.message.includes('previously invalid')) return 'none';
  return 'failed';
}
