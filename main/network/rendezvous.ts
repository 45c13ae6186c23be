import { peerIdFromString } from '@libp2p/peer-id';
import type { Connection, Libp2p } from '@libp2p/interface';
import type { Clock, Random } from '../helpers/clock.ts';
import { RequestLimit } from '../helpers/request-limit.ts';
import type { PeerId } from '../mvds/types.ts';
import { INVITER_REQUESTS, NAMEPLATE_DRAWS_MAX, NAMEPLATE_MS } from './constants.ts';
import type { Gate } from './gate.ts';
import { drawNameplate } from './nameplate.ts';
import type { Nameplate } from './nameplate.ts';
import { NameplateSearch } from './nameplate-search.ts';
import type { Relays } from './relays.ts';
import { askToClaim, askToRelease } from './rendezvous-client.ts';
import { serveRendezvous } from './rendezvous-server.ts';
import type { RendezvousService } from './rendezvous-server.ts';

/** A nameplate that leads to this device until it is released, at most `NAMEPLATE_MS`. */
export interface ClaimedNameplate {
  readonly nameplate: Nameplate;
  /** May be called more than once. */
  release(): void;
}

/** Every nameplate that was drawn was another device's. */
export class NoNameplateError extends Error {
  override readonly name = 'NoNameplateError';
}

/** How a device that invites and one that has only a nameplate find each other. */
export class Rendezvous {
  readonly #node: Libp2p;
  readonly #gate: Gate;
  readonly #relays: Relays;
  readonly #clock: Clock;
  readonly #self: PeerId;
  #claimed: ClaimedNameplate | undefined;
  #cancelExpiry: () => void = () => undefined;
  /** Settles once the relays know of the last release. */
  #released: Promise<unknown> = Promise.resolve();

  constructor(node: Libp2p, gate: Gate, relays: Relays, clock: Clock, self: PeerId) {
    this.#node = node;
    this.#gate = gate;
    this.#relays = relays;
    this.#clock = clock;
    this.#self = self;
    // A relay that was away, or that comes later, is told as well. If it knows another device by this nameplate, the
    // other ways have to do: the code has been shown.
    node.addEventListener('peer:connect', ({ detail }) => {
      const [connection] = node.getConnections(detail);
      if (this.#claimed && connection && gate.isRelay(detail.toString())) {
        void askToClaim(connection, this.#claimed.nameplate);
      }
    });
  }

  async start(): Promise<void> {
    const limit = new RequestLimit(this.#clock, INVITER_REQUESTS);
    const service: RendezvousService = {
      // A device keeps nameplates for nobody else.
      claim: () => 'limited',
      lookup: (asker, nameplate) => {
        if (!limit.admits(asker)) return 'limited';
        return nameplate === this.#claimed?.nameplate ? this.#self : undefined;
      },
      release: () => undefined,
    };
    await serveRendezvous(this.#node, service, (peer) => this.#gate.admits(peer));
  }

  /** The relays will notice by themselves. */
  stop(): void {
    this.#cancelExpiry();
  }

  /**
   * Claims a nameplate at all connected relays and answers for it on the local network; one claimed before is released.
   * Rejects with `NoNameplateError`.
   */
  async claim(random: Random): Promise<ClaimedNameplate> {
    this.#claimed?.release();
    // Else it could count against what one device may claim.
    await this.#released;
    for (let draw = 0; draw < NAMEPLATE_DRAWS_MAX; draw++) {
      const nameplate = drawNameplate(random);
      if (await this.#claimAtRelays(nameplate)) return this.#hold(nameplate);
    }
    throw new NoNameplateError('no free nameplate was found');
  }

  find(nameplate: Nameplate, signal: AbortSignal): NameplateSearch {
    return new NameplateSearch(this.#node, this.#gate, this.#relays, this.#self, nameplate, signal);
  }

  /** Whether no relay knows another device by it. Relays that keep no nameplates, or no more of them, do not count. */
  async #claimAtRelays(nameplate: Nameplate): Promise<boolean> {
    const asked = new Map<Connection, Awaited<ReturnType<typeof askToClaim>>>();
    // A relay may have come while the others were asked.
    for (;;) {
      const connections = this.#toRelays().filter((connection) => !asked.has(connection));
      if (connections.length === 0) return true;
      await Promise.all(
        connections.map(async (connection) => {
          asked.set(connection, await askToClaim(connection, nameplate));
        }),
      );
      const outcomes = [...asked];
      if (!outcomes.some(([, outcome]) => outcome === 'taken')) continue;
      const claimed = outcomes.filter(([, outcome]) => outcome === 'ok');
      await Promise.all(claimed.map(([connection]) => askToRelease(connection, nameplate)));
      return false;
    }
  }

  #hold(nameplate: Nameplate): ClaimedNameplate {
    this.#claimed?.release();
    const claimed: ClaimedNameplate = {
      nameplate,
      release: () => {
        if (this.#claimed !== claimed) return;
        this.#claimed = undefined;
        this.#cancelExpiry();
        const told = this.#toRelays().map((connection) => askToRelease(connection, nameplate));
        this.#released = Promise.all(told);
      },
    };
    this.#cancelExpiry = this.#clock.schedule(NAMEPLATE_MS, () => claimed.release());
    this.#claimed = claimed;
    return claimed;
  }

  #toRelays(): Connection[] {
    return this.#relays
      .known()
      .map(({ peerId }) => this.#node.getConnections(peerIdFromString(peerId))[0])
      .filter((connection) => connection !== undefined);
  }
}
