import { MeshGroup } from '../../../../main/group/mesh-group.ts';
import { StaticGroup } from '../../../../main/group/static-group.ts';
import type { Clock } from '../../../../main/helpers/clock.ts';
import { utf8 } from '../../../../main/helpers/bytes.ts';
import { createMemorySyncStore } from '../../../../main/mvds/memory-store.ts';
import { idBytes, toGroupId } from '../../../../main/mvds/ids.ts';
import type { StoredMessage } from '../../../../main/mvds/ports.ts';
import type { GroupId, MessageId, PeerId } from '../../../../main/mvds/types.ts';
import { meshDegrees } from '../../../../main/network/peers/mesh-degrees.ts';
import { catalogueOf } from '../../../../main/node/store/group-catalogue.ts';
import { Orchestrator } from '../../../../main/sync/orchestrator.ts';
import { SeededRandom } from '../../random.ts';
import { clockOfLife } from '../clock.ts';
import { Discovery, type DiscoveringHost } from '../network/discovery.ts';
import { GossipTopic, type GossipHost } from '../network/gossip.ts';
import { SessionTransport, type SessionHost } from '../network/transport.ts';
import type { Arrival, NodeParts, ScaleNode } from '../node.ts';

const TOPIC = 'waku/2/store-sync/proto';
const CATALOGUE = catalogueOf(TOPIC);
/** The group that all nodes store. */
export const GROUP = toGroupId(new Uint8Array(32).fill(0x67));
const GROUPS: ReadonlySet<GroupId> = new Set([CATALOGUE, GROUP]);

/** How a store node finds those that it synchronizes with. */
export type Topology = 'mesh' | 'full';

/** Layer 3 of one life, and what it stands on. */
interface Membership {
  readonly host: SessionHost;
  readonly group: MeshGroup | StaticGroup;
  /** Of a mesh. */
  readonly discovery?: Discovery;
  readonly gossip?: GossipTopic;
}

interface Life extends Membership {
  readonly orchestrator: Orchestrator;
}

/** A store node: the real orchestrator and the real group layer, over a store in memory and the network of the model. */
export class ReunionNode implements ScaleNode {
  readonly peerId: PeerId;
  readonly #parts: NodeParts;
  readonly #topology: Topology;
  readonly #degree: number;
  readonly #store = createMemorySyncStore();
  readonly #random: SeededRandom;
  readonly #held = new Set<MessageId>();
  #life = 0;
  #now: Life | undefined;

  constructor(parts: NodeParts, topology: Topology, degree: number) {
    this.peerId = parts.peerId;
    this.#parts = parts;
    this.#topology = topology;
    this.#degree = degree;
    this.#random = new SeededRandom(parts.seed);
  }

  get held(): ReadonlySet<MessageId> {
    return this.#held;
  }

  get neighbours(): number {
    return this.#now?.group.members.size ?? 0;
  }

  async start(): Promise<void> {
    this.#life += 1;
    const life = this.#life;
    const isAlive = (): boolean => this.#life === life;
    const { connections, onError } = this.#parts;
    const clock = clockOfLife(connections.clock, isAlive);
    const random = this.#random;
    const membership = this.#topology === 'mesh' ? this.#mesh(clock) : this.#static(clock);
    const { group, host } = membership;
    connections.attach(host);
    const orchestrator = await Orchestrator.open({
      ...{ store: this.#store, storeId: storeIdOf(this.peerId), transport: host.transport, group },
      ...{ clock, random, onError },
      onDelivered: (messages) => {
        if (isAlive()) this.#take(messages);
      },
    });
    if (!isAlive()) return;
    this.#now = { ...membership, orchestrator };
    await orchestrator.start();
    if (group instanceof MeshGroup) group.start();
    if ((await this.#store.messages.count(CATALOGUE)) === 0) {
      await orchestrator.append(CATALOGUE, 0n, idBytes(GROUP));
    }
  }

  kill(isNoticed: boolean): void {
    this.#life += 1;
    this.#now?.host.transport.stop();
    this.#now = undefined;
    this.#parts.connections.detach(this.peerId, isNoticed);
  }

  publish(body: Uint8Array): void {
    const timestamp = BigInt(this.#parts.connections.clock.now());
    this.#now?.orchestrator.append(GROUP, timestamp, body).catch(this.#parts.onError);
  }

  heartbeat(): void {
    this.#now?.gossip?.heartbeat();
  }

  look(): void {
    this.#now?.discovery?.look();
  }

  setPeers(peers: readonly PeerId[]): void {
    const group = this.#now?.group;
    if (group instanceof StaticGroup) group.setPeers(peers.filter((peer) => peer !== this.peerId));
  }

  #take(messages: readonly StoredMessage[]): void {
    for (const { id, groupId, source } of messages) {
      if (groupId !== GROUP) continue;
      this.#held.add(id);
      const arrival: Arrival = { id, at: this.peerId, from: source };
      this.#parts.onArrival(arrival);
    }
  }

  #mesh(clock: Clock): Membership {
    const { connections, loss, bootstrap } = this.#parts;
    const { peerId: self } = this;
    const random = this.#random;
    const degree = this.#degree;
    const host: SessionHost & DiscoveringHost & GossipHost = {
      peerId: self,
      admit: (peer) => group.admit(peer),
      onConnected: (peer, isDialler) => {
        discovery.connected(peer);
        gossip.connected(peer, isDialler);
        transport.retry(peer);
      },
      onDisconnected: (peer) => {
        gossip.disconnected(peer);
        group.sessionEnded(peer);
        transport.disconnected(peer);
      },
      get transport() {
        return transport;
      },
      get discovery() {
        return discovery;
      },
      get gossip() {
        return gossip;
      },
    };
    const isNeeded = (peer: PeerId): boolean => gossip.mesh.has(peer) || transport.wants(peer);
    const discovery = new Discovery({ host, connections, random, degree, bootstrap, isNeeded });
    const degrees = meshDegrees(degree);
    const known = (): readonly PeerId[] => discovery.all();
    const gossip = new GossipTopic({ self, degrees, connections, random, known });
    const group = new MeshGroup({ self, topic: gossip, degree, clock, random });
    group.setGroups(GROUPS);
    const transport = new SessionTransport({
      ...{ self: host, connections, loss, clock, random, keepsConnections: true },
      onRefused: (peer) => group.refused(peer),
      onSessionEnded: (peer) => group.sessionEnded(peer),
    });
    return { group, host, discovery, gossip };
  }

  #static(clock: Clock): Membership {
    const { connections, loss, everybody } = this.#parts;
    const { peerId: self } = this;
    const others = everybody().filter((peer) => peer !== self);
    const group = new StaticGroup(others, GROUPS);
    const host: SessionHost = {
      peerId: self,
      admit: () => false,
      onConnected: (peer) => transport.retry(peer),
      onDisconnected: (peer) => transport.disconnected(peer),
      get transport() {
        return transport;
      },
    };
    const transport = new SessionTransport({
      ...{ self: host, connections, loss, clock, random: this.#random, keepsConnections: false },
      onRefused: () => undefined,
      onSessionEnded: () => undefined,
    });
    return { group, host };
  }
}

/** 16 bytes as hexadecimal characters. */
function storeIdOf(peerId: PeerId): string {
  return Buffer.from(utf8(peerId.padEnd(16, '.')))
    .toString('hex')
    .slice(0, 32);
}
