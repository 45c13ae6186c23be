import { MeshGroup } from '../../group/mesh-group.ts';
import type { NeighbourRole } from '../../group/mesh-neighbours.ts';
import { Background } from '../../helpers/background.ts';
import type { Clock, Random } from '../../helpers/clock.ts';
import type { SigningKeys } from '../../identity/keys.ts';
import type { UnmetParents } from '../../mvds/events.ts';
import type { StoredMessage } from '../../mvds/ports.ts';
import type { GroupId, MessageId, PeerId } from '../../mvds/types.ts';
import type { NodeMetrics } from '../../network/node-metrics.ts';
import { MeshNetwork, meshService } from '../../network/peers/mesh-network.ts';
import type { MeshServices } from '../../network/peers/mesh-network.ts';
import type { PeerAddress } from '../../network/peers/peer-address.ts';
import { PeerNetwork } from '../../network/peers/peer-network.ts';
import { serveRequests } from '../../network/peers/requests.ts';
import { Orchestrator } from '../../sync/orchestrator.ts';
import type { PeerSyncStatus } from '../../sync/status.ts';
import type { SyncMeasures } from '../../sync/totals.ts';
import type { NodeStore } from '../node-store.ts';
import { completenessOf } from './completeness.ts';
import { GroupCatalogue } from './group-catalogue.ts';
import { RetentionKeeper } from './retention-keeper.ts';
import type { RetentionLimits } from './retention-keeper.ts';
import { StoreAdmission } from './store-admission.ts';
import { STORE_PROTOCOL } from './store-protocol.ts';
import { StoreService } from './store-service.ts';
import type { RequestCounts, StoreCounts } from './store-service.ts';

/** How long the first message of a group waits for the neighbours to know the group, milliseconds. */
const TELL_MS = 2_000;
const TELL_LOOK_MS = 20;
/** A held message is judged again this often, as its time may have come; milliseconds. */
const READMIT_MS = 30_000;

export interface StoreNodeOptions {
  readonly keys: SigningKeys;
  readonly store: NodeStore;
  /** Multiaddrs to listen on. */
  readonly listen: readonly string[];
  /** Nodes that are called while nobody else is known. */
  readonly bootstrap: readonly PeerAddress[];
  /** The GossipSub topic that the nodes share. */
  readonly topic: string;
  /** Neighbours at most. */
  readonly degree: number;
  readonly retention: RetentionLimits;
  readonly clock: Clock;
  readonly random: Random;
  readonly onError: (error: unknown) => void;
  /** Whether an error is one that can be expected of the store. */
  readonly isExpected: (error: unknown) => boolean;
  /** Messages that are delivered although parents that they name never came. */
  readonly onUnmetParents?: (unmet: readonly UnmetParents[]) => void;
  /** Told what libp2p does. Default: nobody is. */
  readonly nodeMetrics?: NodeMetrics;
}

export interface StoreNodeStatus {
  readonly id: PeerId;
  readonly topic: string;
  readonly addresses: readonly string[];
  readonly degree: number;
  readonly connections: number;
  readonly groups: readonly { readonly id: GroupId; readonly messages: number }[];
  readonly peers: readonly (PeerSyncStatus & { readonly role: NeighbourRole | undefined })[];
  readonly requests: StoreCounts;
}

export interface StoreNodeMeasures extends SyncMeasures {
  readonly degree: number;
  readonly groups: number;
  /** Messages that clients have published here. */
  readonly published: number;
  readonly requests: RequestCounts;
}

/**
 * A store node: keeps every group of a topic the same as its neighbours in the topic's mesh do, and answers clients, with a
 * statement of how complete that is.
 */
export class StoreNode {
  readonly #options: StoreNodeOptions;
  readonly #network: PeerNetwork<MeshServices>;
  readonly #mesh: MeshNetwork;
  readonly #group: MeshGroup;
  readonly #sync: Orchestrator;
  readonly #catalogue: GroupCatalogue;
  readonly #retention: RetentionKeeper;
  readonly #service: StoreService;
  readonly #background: Background;
  #cancelReadmit: (() => void) | undefined;

  private constructor(parts: {
    readonly options: StoreNodeOptions;
    readonly network: PeerNetwork<MeshServices>;
    readonly mesh: MeshNetwork;
    readonly group: MeshGroup;
    readonly sync: Orchestrator;
    readonly catalogue: GroupCatalogue;
    readonly retention: RetentionKeeper;
  }) {
    const { options, network, mesh, group, sync, catalogue, retention } = parts;
    this.#options = options;
    this.#network = network;
    this.#mesh = mesh;
    this.#group = group;
    this.#sync = sync;
    this.#catalogue = catalogue;
    this.#retention = retention;
    this.#background = new Background(options.onError);
    const { store, clock, isExpected, onError } = options;
    this.#service = new StoreService({
      ...{ store, clock, isExpected, onError },
      addGroup: (groupId) => this.#addGroup(groupId),
      hasGroup: (groupId) => catalogue.has(groupId),
      append: (groupId, { timestamp, body }) => sync.append(groupId, timestamp, body),
      keptFrom: (groupId) => retention.keptFrom(groupId),
      digest: (groupId, from, to) => sync.digest(groupId, from, to),
      completeness: (groupId) =>
        completenessOf(groupId, sync.peers(), {
          knowsGroup: catalogue.has(groupId),
          keptFrom: retention.keptFrom(groupId),
          now: clock.now(),
        }),
    });
  }

  /** Rejects as the store and libp2p do. `start` connects it. */
  static async open(options: StoreNodeOptions): Promise<StoreNode> {
    const { keys, store, listen, topic, degree, clock, random, onError } = options;
    const self = keys.peerId;
    const catalogue = await GroupCatalogue.open(topic, store.history, clock);
    const network: PeerNetwork<MeshServices> = await PeerNetwork.create<MeshServices>({
      ...{ keys, listen, clock, random },
      admit: (peer: PeerId) => group.admit(peer),
      onRefused: (peer) => group.refused(peer),
      onSessionEnded: (peer) => group.sessionEnded(peer),
      addressesOf: (peer) => mesh.addressesOf(peer),
      keepsConnections: true,
      nodeMetrics: options.nodeMetrics,
      services: { pubsub: meshService(degree) },
    });
    const { bootstrap } = options;
    const mesh: MeshNetwork = new MeshNetwork({
      network,
      self,
      topic,
      degree,
      bootstrap,
      clock,
      random,
    });
    const group: MeshGroup = new MeshGroup({ self, topic: mesh, degree, clock, random });
    network.onGone((peer) => group.sessionEnded(peer));
    group.setGroups([catalogue.id, ...catalogue.groups]);
    const retention = await RetentionKeeper.open({
      ...{ limits: options.retention, retention: store.retention, settings: store.settings },
      ...{ clock, onError },
      groups: () => catalogue.groups,
      onRaised: () => sync.sinceChanged(),
      onExpired: (groupId) => sync.expired(groupId),
    });
    const sync: Orchestrator = await Orchestrator.open({
      ...{ store: store.sync, storeId: store.storeId, transport: network, group },
      ...{ clock, random, onError },
      ...(store.elsewhere && { elsewhere: store.elsewhere }),
      ...(options.onUnmetParents && { onUnmetParents: options.onUnmetParents }),
      admission: new StoreAdmission(catalogue, clock),
      since: (groupId) => retention.keptFrom(groupId),
      onDelivered: (messages) => node.#delivered(messages),
    });
    const node: StoreNode = new StoreNode({
      options,
      network,
      mesh,
      group,
      sync,
      catalogue,
      retention,
    });
    return node;
  }

  get id(): PeerId {
    return this.#options.keys.peerId;
  }

  /** Where this node can be called, as text. */
  addresses(): readonly string[] {
    return this.#network.addresses();
  }

  /** Rejects with `ListenError`. */
  async start(): Promise<void> {
    await this.#mesh.serve();
    await serveRequests(this.#network.node, STORE_PROTOCOL, (request, requester) =>
      this.#service.answer(request, requester),
    );
    this.#sync.subscribe((peers) => {
      for (const { peerId, state } of peers) {
        const isMisbehaving = state.kind === 'failing' && state.reason === 'misbehaving';
        if (isMisbehaving) this.#group.block(peerId);
      }
    });
    await this.#network.start();
    await this.#sync.start();
    this.#mesh.start();
    this.#group.start();
    await this.#retention.look();
    this.#readmitLater();
  }

  async status(): Promise<StoreNodeStatus> {
    const { topic, degree, store } = this.#options;
    const groups = [...this.#catalogue.groups].map(async (id) => ({
      id,
      messages: await store.sync.messages.count(id),
    }));
    return {
      ...{ id: this.id, topic, degree, addresses: this.addresses() },
      connections: this.#mesh.connections,
      groups: await Promise.all(groups),
      peers: this.#sync.peers().map((peer) => ({ ...peer, role: this.#group.roleOf(peer.peerId) })),
      requests: this.#service.counts,
    };
  }

  measures(): StoreNodeMeasures {
    return {
      connections: this.#network.connections,
      peers: this.#sync.peers(),
      totals: this.#sync.totals(),
      degree: this.#options.degree,
      groups: this.#catalogue.groups.size,
      published: this.#service.counts.published,
      requests: this.#service.requests,
    };
  }

  /** Resolves once work under way is stored. The store is the caller's. */
  async close(): Promise<void> {
    this.#cancelReadmit?.();
    this.#group.stop();
    this.#mesh.stop();
    this.#retention.stop();
    await this.#sync.stop();
    await this.#network.stop();
    await this.#background.ended();
  }

  #delivered(messages: readonly StoredMessage[]): void {
    const entries = messages.filter(({ groupId }) => groupId === this.#catalogue.id);
    const isNew = entries.map((entry) => this.#catalogue.take(entry)).includes(true);
    if (isNew) this.#group.setGroups([this.#catalogue.id, ...this.#catalogue.groups]);
    this.#retention.arrived(messages.length - entries.length);
  }

  async #addGroup(groupId: GroupId): Promise<boolean> {
    if (this.#catalogue.has(groupId)) return true;
    if (this.#catalogue.isFull || groupId === this.#catalogue.id) return false;
    const { timestamp, body } = this.#catalogue.entryFor(groupId);
    const { id } = await this.#sync.append(this.#catalogue.id, timestamp, body);
    await this.#told(id);
    return true;
  }

  /** A neighbour that does not share the group yet would turn its first messages away. */
  async #told(entry: MessageId): Promise<void> {
    const { clock } = this.#options;
    const until = clock.now() + TELL_MS;
    const isOpen = ({ state }: PeerSyncStatus): boolean =>
      state.kind === 'up-to-date' || state.kind === 'transferring';
    for (;;) {
      const open = this.#sync.peers().filter(isOpen);
      const holders = (await this.#sync.holders([entry])).get(entry);
      if (open.every(({ peerId }) => holders?.has(peerId) === true)) return;
      if (clock.now() >= until) return;
      await new Promise<void>((resolve) => void clock.schedule(TELL_LOOK_MS, resolve));
    }
  }

  #readmitLater(): void {
    this.#cancelReadmit = this.#options.clock.schedule(READMIT_MS, () => {
      this.#background.run(this.#sync.readmit());
      this.#readmitLater();
    });
  }
}
