import type { MeshTopic } from '../../../../main/group/mesh-group.ts';
import type { PeerId } from '../../../../main/mvds/types.ts';
import type { MeshDegrees } from '../../../../main/network/peers/mesh-degrees.ts';
import type { SeededRandom } from '../../random.ts';
import type { Connections, Host } from './connections.ts';

/** GossipSub's own parameters, as @libp2p/gossipsub has them; milliseconds. */
export const HEARTBEAT_MS = 1_000;
const PRUNE_BACKOFF_MS = 60_000;
/** Slack before a peer is grafted again, so that the other side's backoff is over as well. */
const BACKOFF_SLACK_MS = 1_000;

export interface GossipHost extends Host {
  readonly gossip: GossipTopic;
}

/**
 * The mesh of one topic at one node, by GossipSub v1.1 without scores: nobody misbehaves here. Every node that is connected
 * subscribes to the topic.
 */
export class GossipTopic implements MeshTopic {
  readonly #self: PeerId;
  readonly #degrees: MeshDegrees;
  readonly #connections: Connections;
  readonly #random: SeededRandom;
  readonly #knownPeers: () => readonly PeerId[];
  readonly #listeners: (() => void)[] = [];
  readonly #mesh = new Set<PeerId>();
  /** Those that are connected and have said that they subscribe; whether this node has called them. */
  readonly #subscribers = new Map<PeerId, boolean>();
  readonly #backoff = new Map<PeerId, number>();

  constructor(options: {
    readonly self: PeerId;
    readonly degrees: MeshDegrees;
    readonly connections: Connections;
    readonly random: SeededRandom;
    readonly known: () => readonly PeerId[];
  }) {
    this.#self = options.self;
    this.#degrees = options.degrees;
    this.#connections = options.connections;
    this.#random = options.random;
    this.#knownPeers = options.known;
  }

  get mesh(): ReadonlySet<PeerId> {
    return this.#mesh;
  }

  known(): readonly PeerId[] {
    return this.#knownPeers();
  }

  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  connected(peer: PeerId, isDialler: boolean): void {
    this.#say(peer, (there) => there.#subscribers.set(this.#self, !isDialler));
  }

  disconnected(peer: PeerId): void {
    this.#subscribers.delete(peer);
    if (this.#mesh.delete(peer)) this.#changed();
  }

  heartbeat(): void {
    const { D, Dlo, Dhi, Dout } = this.#degrees;
    const { size } = this.#mesh;
    if (size < Dlo) this.#graft(D - size, () => true);
    else if (size > Dhi) this.#prune();
    else if (Dout > 0 && size >= Dlo) {
      const called = [...this.#mesh].filter((peer) => this.#subscribers.get(peer) === true).length;
      if (called < Dout) this.#graft(Dout - called, (peer) => this.#subscribers.get(peer) === true);
    }
  }

  #graft(count: number, may: (peer: PeerId) => boolean): void {
    const now = this.#connections.clock.now();
    const free = [...this.#subscribers.keys()].filter(
      (peer) => !this.#mesh.has(peer) && may(peer) && (this.#backoff.get(peer) ?? 0) <= now,
    );
    let grafted = 0;
    for (; grafted < count && free.length > 0; grafted += 1) {
      const [peer] = free.splice(this.#random.below(free.length), 1);
      if (peer === undefined) continue;
      this.#mesh.add(peer);
      this.#say(peer, (there) => there.#grafted(this.#self));
    }
    if (grafted > 0) this.#changed();
  }

  /** Down to D, with those that were called among them. */
  #prune(): void {
    const { D, Dout } = this.#degrees;
    const peers = [...this.#mesh];
    const kept = new Set<PeerId>();
    const draw = (from: PeerId[], count: number): void => {
      while (count > kept.size && from.length > 0) {
        for (const peer of from.splice(this.#random.below(from.length), 1)) kept.add(peer);
      }
    };
    draw(
      peers.filter((peer) => this.#subscribers.get(peer) === true),
      Dout,
    );
    draw(
      peers.filter((peer) => !kept.has(peer)),
      D,
    );
    for (const peer of peers) {
      if (kept.has(peer)) continue;
      this.#mesh.delete(peer);
      this.#sayPrune(peer);
    }
    this.#changed();
  }

  #grafted(peer: PeerId): void {
    const now = this.#connections.clock.now();
    if (this.#mesh.has(peer) || !this.#subscribers.has(peer)) return;
    const isCalled = this.#subscribers.get(peer) === true;
    const isFull = this.#mesh.size >= this.#degrees.Dhi && !isCalled;
    if (isFull || (this.#backoff.get(peer) ?? 0) > now) {
      this.#sayPrune(peer);
      return;
    }
    this.#mesh.add(peer);
    this.#changed();
  }

  #pruned(peer: PeerId): void {
    this.#backOff(peer, PRUNE_BACKOFF_MS + BACKOFF_SLACK_MS);
    if (this.#mesh.delete(peer)) this.#changed();
  }

  #sayPrune(peer: PeerId): void {
    this.#backOff(peer, PRUNE_BACKOFF_MS);
    this.#say(peer, (there) => there.#pruned(this.#self));
  }

  #backOff(peer: PeerId, ms: number): void {
    const now = this.#connections.clock.now();
    for (const [other, until] of this.#backoff) if (until <= now) this.#backoff.delete(other);
    this.#backoff.set(peer, now + ms);
  }

  #say(peer: PeerId, take: (there: GossipTopic) => void): void {
    const connections = this.#connections;
    connections.say(this.#self, peer, () => {
      const there = connections.host(peer) as GossipHost | undefined;
      if (there) take(there.gossip);
    });
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}
