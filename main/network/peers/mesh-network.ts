import { gossipsub } from '@libp2p/gossipsub';
import type { GossipSub } from '@libp2p/gossipsub';
import type { Connection, ServiceMap } from '@libp2p/interface';
import { peerIdFromString } from '@libp2p/peer-id';
import type { MeshTopic } from '../../group/mesh-group.ts';
import { DEGREE_MAX } from '../../group/mesh-neighbours.ts';
import type { Clock, Random } from '../../helpers/clock.ts';
import type { PeerId } from '../../mvds/types.ts';
import { DIAL_TIMEOUT_MS } from '../constants.ts';
import { naming } from '../multiaddrs.ts';
import { AskPace } from './ask-pace.ts';
import { MESH_DIALS_MAX, MESH_LOOK_MS, MESH_SPARE_CONNECTIONS } from './constants.ts';
import { KnownPeers } from './known-peers.ts';
import { meshDegrees } from './mesh-degrees.ts';
import type { PeerAddress } from './peer-address.ts';
import { PeerExchange } from './peer-exchange.ts';
import type { PeerNetwork } from './peer-network.ts';
import { spareConnections } from './spare-connections.ts';
import { debugLog } from '../../log/debug-log.ts';

const ignored = debugLog('network:peers:mesh-network');

/** The services of libp2p that the mesh needs, by name. */
export interface MeshServices extends ServiceMap {
  readonly pubsub: GossipSub;
}

/** Of the library's class, which its type leaves out (@libp2p/gossipsub 17.1). */
interface MeshView {
  getMeshPeers(topic: string): string[];
}

export interface MeshNetworkOptions {
  readonly network: PeerNetwork<MeshServices>;
  readonly self: PeerId;
  readonly topic: string;
  readonly degree: number;
  /** Nodes that are called while nobody else is known. */
  readonly bootstrap: readonly PeerAddress[];
  readonly clock: Clock;
  readonly random: Random;
}

/**
 * The GossipSub service for a node with so many neighbours at most: it keeps its mesh below that. Nothing is published on the
 * topic; the mesh is what it is for.
 */
export function meshService(degree: number): ReturnType<typeof gossipsub> {
  return gossipsub({
    ...meshDegrees(degree),
    floodPublish: false,
    allowPublishToZeroTopicPeers: true,
    maxInboundStreams: DEGREE_MAX,
    // Many nodes may share one address: those of an operator, or of a test.
    scoreParams: { IPColocationFactorWeight: 0 },
  });
}

/** Keeps a node connected to enough others that share its topic, for GossipSub to form a mesh of them. */
export class MeshNetwork implements MeshTopic {
  readonly #options: MeshNetworkOptions;
  readonly #known: KnownPeers;
  readonly #exchange: PeerExchange;
  readonly #listeners: (() => void)[] = [];
  readonly #dialling = new Set<PeerId>();
  readonly #pace = new AskPace();
  #mesh: ReadonlySet<PeerId> = new Set();
  #cancelLook: (() => void) | undefined;

  constructor(options: MeshNetworkOptions) {
    this.#options = options;
    this.#known = new KnownPeers(options.self, options.random, options.clock);
    this.#exchange = new PeerExchange(this.#known, options.clock);
  }

  get mesh(): ReadonlySet<PeerId> {
    return this.#mesh;
  }

  /** How many peers are connected, with a session or without. */
  get connections(): number {
    return this.#connected().size;
  }

  /** With those that are called first: after a long partition nobody else may know a way to the other side. */
  known(): readonly PeerId[] {
    const bootstrap = this.#options.bootstrap.map(({ peerId }) => peerId);
    return [...new Set([...this.#known.all(), ...bootstrap])];
  }

  /** Where a peer of the mesh can be called. */
  addressesOf(peer: PeerId): readonly PeerAddress['address'][] {
    const first = this.#options.bootstrap.filter(({ peerId }) => peerId === peer);
    return [...this.#known.addressesOf(peer), ...first.map(({ address }) => address)];
  }

  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** To be called before the network starts. */
  async serve(): Promise<void> {
    const { node } = this.#options.network;
    await this.#exchange.serve(node);
    node.addEventListener('peer:identify', ({ detail }) => {
      // A client that queries subscribes to nothing, and is nobody to tell others of.
      if (!detail.protocols.some((protocol) => protocol.startsWith('/meshsub/'))) return;
      this.#known.met(detail.peerId.toString() as PeerId, detail.listenAddrs);
    });
  }

  /** To be called once the network has started. */
  start(): void {
    const { topic } = this.#options;
    const pubsub = this.#options.network.node.services.pubsub;
    pubsub.subscribe(topic);
    for (const event of ['gossipsub:graft', 'gossipsub:prune', 'gossipsub:heartbeat'] as const) {
      pubsub.addEventListener(event, () => this.#follow());
    }
    this.#look();
  }

  stop(): void {
    this.#cancelLook?.();
  }

  #follow(): void {
    const { pubsub } = this.#options.network.node.services;
    const mesh = new Set((pubsub as GossipSub & MeshView).getMeshPeers(this.#options.topic));
    if (
      mesh.size === this.#mesh.size &&
      [...mesh].every((peer) => this.#mesh.has(peer as PeerId))
    ) {
      return;
    }
    this.#mesh = mesh as Set<PeerId>;
    for (const listener of this.#listeners) listener();
  }

  #look(): void {
    const { clock } = this.#options;
    this.#makeRoom();
    this.#connectMore();
    this.#askForPeers();
    this.#cancelLook = clock.schedule(MESH_LOOK_MS, () => this.#look());
  }

  #makeRoom(): void {
    const { network, topic, clock } = this.#options;
    const { node } = network;
    const subscribers = new Set(node.services.pubsub.getSubscribers(topic).map(String));
    const open = node.getConnections().filter(({ status }) => status === 'open');
    const described = open.map(({ remotePeer, timeline }) => {
      const peer = remotePeer.toString() as PeerId;
      const isNeeded = this.#mesh.has(peer) || network.isMember(peer) || !subscribers.has(peer);
      return { peer, openedAt: timeline.open, isNeeded };
    });
    for (const peer of spareConnections(described, clock.now())) {
      void node.hangUp(peerIdFromString(peer)).catch(ignored);
    }
  }

  #connectMore(): void {
    const { degree, bootstrap, self } = this.#options;
    const connected = this.#connected();
    const lacking = degree + MESH_SPARE_CONNECTIONS - connected.size - this.#dialling.size;
    if (lacking <= 0) return;
    const isFree = (peer: PeerId): boolean => !connected.has(peer) && !this.#dialling.has(peer);
    const isDue = (peer: PeerId): boolean => isFree(peer) && this.#known.isDue(peer);
    for (const peer of this.#known.sample(Math.min(lacking, MESH_DIALS_MAX), isDue)) {
      void this.#dial(peer, this.#known.addressesOf(peer));
    }
    // Also later: whoever started the mesh may know a part of it that nobody here does.
    if (connected.size >= degree) return;
    for (const { peerId, address } of bootstrap) {
      if (peerId !== self && isFree(peerId)) void this.#dial(peerId, [address]);
    }
  }

  #askForPeers(): void {
    const { clock, degree, network } = this.#options;
    const now = clock.now();
    const { size } = this.#known;
    if (!this.#pace.isDue(now, size, size < degree + MESH_SPARE_CONNECTIONS)) return;
    const connections = network.node.getConnections().filter(({ status }) => status === 'open');
    const connection = this.#pick(connections);
    if (!connection) return;
    this.#pace.asked(now, size);
    void this.#exchange.ask(connection);
  }

  #pick(connections: readonly Connection[]): Connection | undefined {
    return connections[Math.floor(this.#options.random.next() * connections.length)];
  }

  async #dial(peer: PeerId, addresses: readonly PeerAddress['address'][]): Promise<void> {
    const { node } = this.#options.network;
    this.#dialling.add(peer);
    try {
      const signal = AbortSignal.timeout(DIAL_TIMEOUT_MS);
      const connection = await node.dial(
        addresses.map((address) => naming(address, peer)),
        { signal },
      );
      // More of the mesh is known to it, and it is asked at once while this node knows few.
      if (this.#known.size < this.#options.degree) await this.#exchange.ask(connection);
    } catch (error) {
      ignored(error);
      this.#known.failed(peer);
    } finally {
      this.#dialling.delete(peer);
    }
  }

  #connected(): ReadonlySet<PeerId> {
    const peers = this.#options.network.node.getPeers().map((peer) => peer.toString());
    return new Set(peers as PeerId[]);
  }
}
