import type { Connection, Libp2p } from '@libp2p/interface';
import type { Clock, Random } from '../helpers/clock.ts';
import type { PeerId } from '../mvds/types.ts';
import { Retry } from './backoff.ts';
import {
  DIAL_TIMEOUT_MS,
  DIRECT_REST_MS,
  DIRECT_STEADY_MS,
  UPGRADE_RETRY_MAX_MS,
} from './constants.ts';
import { directAddressThrough } from './multiaddrs.ts';
import { pathOf } from './path.ts';
import { debugLog } from '../log/debug-log.ts';

const ignored = debugLog('network:upgrades');

interface Upgrade {
  readonly retry: Retry;
  /** What the peer is reached by now; undefined while there is nothing to be improved. */
  relayed: Connection | undefined;
  /** Before this, Unix milliseconds, nothing is tried: the last direct connection was a short one. */
  restsUntil: number;
  cancelRest: () => void;
  /** Ends the attempt that is under way. */
  cancelAttempt: () => void;
}

/**
 * Tries to reach peers directly that are reached through a relay. In the background: about one attempt in a hundred fails
 * after six seconds, and between some networks all do. Whoever wants the connection hears of it by the node's events.
 */
export class Upgrades {
  readonly #node: Libp2p;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #upgrades = new Map<PeerId, Upgrade>();

  constructor(node: Libp2p, clock: Clock, random: Random) {
    this.#node = node;
    this.#clock = clock;
    this.#random = random;
  }

  /** The peer is reached through a relay. Tries after a moment: many are found on the local network before that. */
  begin(peer: PeerId, relayed: Connection): void {
    const upgrade = this.#upgrades.get(peer) ?? this.#add(peer);
    if (upgrade.relayed === relayed) return;
    upgrade.relayed = relayed;
    upgrade.cancelRest();
    const restMs = upgrade.restsUntil - this.#clock.now();
    if (restMs <= 0) upgrade.retry.soon();
    else upgrade.cancelRest = this.#clock.schedule(restMs, () => upgrade.retry.soon());
  }

  /** There is nothing to be improved any more, or for now. An attempt under way goes on. */
  end(peer: PeerId): void {
    const upgrade = this.#upgrades.get(peer);
    if (upgrade) upgrade.relayed = undefined;
  }

  /** The peer is not to be connected: nor shall an attempt that is under way do it. */
  cancel(peer: PeerId): void {
    const upgrade = this.#upgrades.get(peer);
    if (!upgrade) return;
    upgrade.retry.stop();
    upgrade.cancelRest();
    upgrade.cancelAttempt();
    this.#upgrades.delete(peer);
  }

  stop(): void {
    for (const peer of this.#upgrades.keys()) this.cancel(peer);
  }

  #add(peer: PeerId): Upgrade {
    const attempt = () => this.#attempt(peer, upgrade);
    const upgrade: Upgrade = {
      retry: new Retry(this.#clock, this.#random, attempt, () => UPGRADE_RETRY_MAX_MS),
      relayed: undefined,
      restsUntil: -Infinity,
      cancelRest: () => undefined,
      cancelAttempt: () => undefined,
    };
    this.#upgrades.set(peer, upgrade);
    return upgrade;
  }

  async #attempt(peer: PeerId, upgrade: Upgrade): Promise<boolean> {
    if (!upgrade.relayed) return true;
    const address = directAddressThrough(upgrade.relayed.remoteAddr, peer);
    const cancelled = new AbortController();
    upgrade.cancelAttempt = () => cancelled.abort();
    try {
      const signal = AbortSignal.any([cancelled.signal, AbortSignal.timeout(DIAL_TIMEOUT_MS)]);
      const connection = await this.#node.dial(address, { signal });
      // Cancelled when it was as good as there.
      if (this.#upgrades.get(peer) !== upgrade) await connection.close();
      if (pathOf(connection) === 'relay') return false;
      this.#follow(connection, upgrade);
      return true;
    } catch (error) {
      ignored(error);
      return this.#upgrades.get(peer)?.relayed === undefined;
    }
  }

  /** A direct path that does not last costs more than it gains: not at once again. */
  #follow(connection: Connection, upgrade: Upgrade): void {
    connection.addEventListener('close', () => {
      const now = this.#clock.now();
      const isSteady = now - connection.timeline.open >= DIRECT_STEADY_MS;
      upgrade.restsUntil = isSteady ? -Infinity : now + DIRECT_REST_MS;
    });
  }
}
