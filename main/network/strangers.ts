import { peerIdFromString } from '@libp2p/peer-id';
import type { Libp2p } from '@libp2p/interface';
import type { Clock } from '../helpers/clock.ts';
import {
  STRANGER_MS,
  STRANGER_WINDOW_MS,
  STRANGERS_MAX,
  STRANGERS_PER_WINDOW_MAX,
} from './constants.ts';
import { debugLog } from '../log/debug-log.ts';

const ignored = debugLog('network:strangers');

/** Bounds the devices that nobody knows yet, which may connect while an invitation is open: how many, how often, how long. */
export class Strangers {
  readonly #node: Pick<Libp2p, 'addEventListener' | 'hangUp'>;
  readonly #clock: Clock;
  readonly #isKnown: (peer: string) => boolean;
  /** Those that are connected, each with what cancels its end. */
  readonly #connected = new Map<string, () => void>();
  #window = 0;
  #admitted = 0;

  /** `isKnown`: has become a member meanwhile, and is a stranger no longer. */
  constructor(
    node: Pick<Libp2p, 'addEventListener' | 'hangUp'>,
    clock: Clock,
    isKnown: (peer: string) => boolean,
  ) {
    this.#node = node;
    this.#clock = clock;
    this.#isKnown = isKnown;
    node.addEventListener('peer:disconnect', ({ detail }) => this.#forget(detail.toString()));
  }

  /** Whether one more may connect; if so it is counted, and has its time. */
  admit(peer: string): boolean {
    if (this.#connected.has(peer)) return true;
    this.#turn();
    if (this.#connected.size >= STRANGERS_MAX) return false;
    if (this.#admitted >= STRANGERS_PER_WINDOW_MAX) return false;
    this.#admitted += 1;
    this.#limit(peer);
    return true;
  }

  /** A person is being asked about it, and may take longer. */
  keep(peer: string): void {
    this.#connected.get(peer)?.();
  }

  /** The invitation is over: whoever is connected still gets its answer, and then has to go. */
  end(): void {
    for (const [peer, cancel] of this.#connected) {
      cancel();
      this.#limit(peer);
    }
  }

  /** Nothing is to be done any more. */
  stop(): void {
    for (const cancel of this.#connected.values()) cancel();
    this.#connected.clear();
  }

  #limit(peer: string): void {
    const cancel = this.#clock.schedule(STRANGER_MS, () => {
      this.#forget(peer);
      if (this.#isKnown(peer)) return;
      void this.#node.hangUp(peerIdFromString(peer)).catch(ignored);
    });
    this.#connected.set(peer, cancel);
  }

  #forget(peer: string): void {
    this.#connected.get(peer)?.();
    this.#connected.delete(peer);
  }

  #turn(): void {
    const window = Math.floor(this.#clock.now() / STRANGER_WINDOW_MS);
    if (window === this.#window) return;
    this.#window = window;
    this.#admitted = 0;
  }
}
