import { multiaddr } from '@multiformats/multiaddr';
import type { PeerId } from '../../../../main/mvds/types.ts';
import { AskPace } from '../../../../main/network/peers/ask-pace.ts';
import {
  MESH_DIALS_MAX,
  MESH_SPARE_CONNECTIONS,
  PEERS_TOLD_MAX,
} from '../../../../main/network/peers/constants.ts';
import { KnownPeers } from '../../../../main/network/peers/known-peers.ts';
import { spareConnections } from '../../../../main/network/peers/spare-connections.ts';
import type { SeededRandom } from '../../random.ts';
import { EXCHANGE_BYTES, EXCHANGE_PEER_BYTES } from '../limits.ts';
import type { Connections, Host } from './connections.ts';

/** Only whether there is one counts. */
const ADDRESSES = [multiaddr('/ip4/192.0.2.1/tcp/4001')];

export interface DiscoveringHost extends Host {
  readonly discovery: Discovery;
}

/** Finds others from one address by peer exchange, as `MeshNetwork` of main/network does, with its own list of known peers. */
export class Discovery {
  readonly known: KnownPeers;
  readonly #host: Host;
  readonly #connections: Connections;
  readonly #random: SeededRandom;
  readonly #degree: number;
  readonly #bootstrap: PeerId;
  readonly #isNeeded: (peer: PeerId) => boolean;
  readonly #dialling = new Set<PeerId>();
  readonly #pace = new AskPace();

  constructor(options: {
    readonly host: Host;
    readonly connections: Connections;
    readonly random: SeededRandom;
    readonly degree: number;
    readonly bootstrap: PeerId;
    /** Whether a peer is in the mesh, or a neighbour. */
    readonly isNeeded: (peer: PeerId) => boolean;
  }) {
    this.#host = options.host;
    this.#connections = options.connections;
    this.#random = options.random;
    this.#degree = options.degree;
    this.#bootstrap = options.bootstrap;
    this.#isNeeded = options.isNeeded;
    this.known = new KnownPeers(options.host.peerId, options.random, options.connections.clock);
  }

  /** To be called every `MESH_LOOK_MS`. */
  look(): void {
    this.#makeRoom();
    this.#connectMore();
    this.#askForPeers();
  }

  connected(peer: PeerId): void {
    this.known.met(peer, ADDRESSES);
  }

  /** Those that may be visited: the one that all know first is always among them. */
  all(): readonly PeerId[] {
    return [...new Set([...this.known.all(), this.#bootstrap])];
  }

  #makeRoom(): void {
    const connections = [...this.#connections.of(this.#host.peerId)];
    const open = connections.map(([peer, connection]) => ({
      peer,
      openedAt: connection.openedAt,
      isNeeded: connection.wire !== undefined || this.#isNeeded(peer),
    }));
    for (const peer of spareConnections(open, this.#connections.clock.now())) {
      const connection = this.#connections.between(this.#host.peerId, peer);
      if (connection) this.#connections.end(connection);
    }
  }

  #connectMore(): void {
    const { peerId } = this.#host;
    const connected = this.#connections.of(peerId);
    const lacking = this.#degree + MESH_SPARE_CONNECTIONS - connected.size - this.#dialling.size;
    if (lacking <= 0) return;
    const isFree = (peer: PeerId): boolean => !connected.has(peer) && !this.#dialling.has(peer);
    const isDue = (peer: PeerId): boolean => isFree(peer) && this.known.isDue(peer);
    for (const peer of this.known.sample(Math.min(lacking, MESH_DIALS_MAX), isDue)) {
      void this.#dial(peer);
    }
    if (connected.size >= this.#degree) return;
    if (this.#bootstrap !== peerId && isFree(this.#bootstrap)) void this.#dial(this.#bootstrap);
  }

  #askForPeers(): void {
    const now = this.#connections.clock.now();
    const { size } = this.known;
    if (!this.#pace.isDue(now, size, size < this.#degree + MESH_SPARE_CONNECTIONS)) return;
    const peers = [...this.#connections.of(this.#host.peerId).keys()];
    if (peers.length === 0) return;
    this.#pace.asked(now, size);
    this.#ask(this.#random.pick(peers));
  }

  async #dial(peer: PeerId): Promise<void> {
    this.#dialling.add(peer);
    const connection = await this.#connections.dial(this.#host, peer);
    this.#dialling.delete(peer);
    if (!connection) this.known.failed(peer);
    else if (this.known.size < this.#degree) this.#ask(peer);
  }

  #ask(peer: PeerId): void {
    const { peerId: self } = this.#host;
    const connections = this.#connections;
    connections.say(self, peer, () => {
      const there = connections.host(peer) as DiscoveringHost | undefined;
      if (!there) return;
      const { known } = there.discovery;
      const told = known.sample(
        PEERS_TOLD_MAX,
        (other) => other !== self && known.isReachable(other),
      );
      const bytes = EXCHANGE_BYTES + told.length * EXCHANGE_PEER_BYTES;
      const take = (): void => {
        for (const other of told) this.known.told(other, ADDRESSES);
      };
      connections.say(peer, self, take, bytes);
    });
  }
}
