import { OpenGroup } from '../group/open-group.ts';
import { StaticGroup } from '../group/static-group.ts';
import type { Clock, Random } from '../helpers/clock.ts';
import type { SigningKeys } from '../identity/keys.ts';
import type { UnmetParents } from '../mvds/events.ts';
import type { StoredMessage } from '../mvds/ports.ts';
import type { Mode } from '../mvds/state.ts';
import type { GroupId, Message, PeerId } from '../mvds/types.ts';
import type { PeerAddress } from '../network/peers/peer-address.ts';
import type { NodeMetrics } from '../network/node-metrics.ts';
import { PeerNetwork } from '../network/peers/peer-network.ts';
import { Orchestrator } from '../sync/orchestrator.ts';
import type { Interval } from '../sync/peer-state.ts';
import type { PeerSyncStatus } from '../sync/status.ts';
import type { SyncMeasures } from '../sync/totals.ts';
import { MessageClock } from './message-clock.ts';
import type { NodeStore } from './node-store.ts';

/** Members of an open group that came by themselves: a full room, and few enough to be connected with all of them. */
const VISITORS_MAX = 64;
/** A visitor that is away for so long is a stranger again, milliseconds; what it lacks is found out when it is back. */
const VISITOR_REST_MS = 10 * 60_000;

export interface GroupNodeOptions {
  readonly keys: SigningKeys;
  readonly store: NodeStore;
  readonly group: GroupId;
  /** Multiaddrs to listen on. */
  readonly listen: readonly string[];
  readonly peers: readonly PeerAddress[];
  /** Whether everybody who connects is a member, beside `peers`. */
  readonly isOpen: boolean;
  readonly interval: Interval;
  readonly mode: Mode;
  readonly clock: Clock;
  readonly random: Random;
  /** Each message once, own ones included; an ephemeral one has sequence 0. */
  readonly onMessages?: (messages: readonly StoredMessage[]) => void;
  /** Gets the PeerId of each node that wanted to connect and is not among the peers. */
  readonly onTurnedAway?: (peer: string) => void;
  /** Messages that are delivered although parents that they name never came. */
  readonly onUnmetParents?: (unmet: readonly UnmetParents[]) => void;
  /** Told what libp2p does. Default: nobody is. */
  readonly nodeMetrics?: NodeMetrics;
  readonly onError: (error: unknown) => void;
}

export interface GroupNodeStatus {
  readonly id: PeerId;
  readonly group: GroupId;
  readonly addresses: readonly string[];
  /** Messages of the group that are held. */
  readonly messages: number;
  readonly peers: readonly PeerSyncStatus[];
}

/**
 * A node of one plain MVDS group: bodies are what the caller makes them. Layers 1 to 3 with a store and a network, and nothing
 * else: no device list, no encryption but the transport's and the store's.
 */
export class GroupNode {
  readonly #options: GroupNodeOptions;
  readonly #network: PeerNetwork;
  readonly #sync: Orchestrator;
  readonly #group: StaticGroup | OpenGroup;
  readonly #clock: MessageClock;
  readonly #leaving = new Map<PeerId, () => void>();
  #isClosed = false;

  private constructor(
    options: GroupNodeOptions,
    network: PeerNetwork,
    sync: Orchestrator,
    group: StaticGroup | OpenGroup,
    clock: MessageClock,
  ) {
    this.#options = options;
    this.#network = network;
    this.#sync = sync;
    this.#group = group;
    this.#clock = clock;
  }

  /** Rejects as the store and libp2p do. `start` connects it. */
  static async open(options: GroupNodeOptions): Promise<GroupNode> {
    const { keys, store, listen, clock, random, isOpen, interval, mode, onError } = options;
    const named = namedIn(options.peers, keys.peerId);
    const groups = [options.group];
    const group = isOpen
      ? new OpenGroup(named, groups, VISITORS_MAX)
      : new StaticGroup(named, groups);
    const messageClock = new MessageClock(clock);
    const [newest] = (await store.history.page(options.group, { limit: 1, order: 'descending' }))
      .messages;
    if (newest) messageClock.saw(newest.timestamp);
    const network = await PeerNetwork.create({
      ...{ keys, listen, clock, random },
      nodeMetrics: options.nodeMetrics,
      ...(options.onTurnedAway && { onTurnedAway: options.onTurnedAway }),
      ...(group instanceof OpenGroup && { admit: (peer: PeerId) => group.admit(peer) }),
    });
    const sync = await Orchestrator.open({
      ...{ store: store.sync, storeId: store.storeId, transport: network, group },
      ...{ clock, random, interval, mode, onError },
      ...(options.onUnmetParents && { onUnmetParents: options.onUnmetParents }),
      onDelivered: (messages) => {
        for (const { timestamp } of messages) messageClock.saw(timestamp);
        options.onMessages?.(messages);
      },
    });
    network.learnAddresses(options.peers);
    return new GroupNode(options, network, sync, group, messageClock);
  }

  get id(): PeerId {
    return this.#options.keys.peerId;
  }

  /** Where this node can be called, as text. */
  addresses(): readonly string[] {
    return this.#network.addresses();
  }

  /** The same in binary form. */
  binaryAddresses(): readonly Uint8Array[] {
    return this.#network.binaryAddresses();
  }

  /** Rejects with `ListenError`. */
  async start(): Promise<void> {
    if (this.#group instanceof OpenGroup) this.#followVisitors(this.#group);
    await this.#network.start();
    await this.#sync.start();
  }

  /** Writes a message. Resolves once it survives a crash. Rejects with `InvalidMessageError`, and as the store does. */
  send(body: Uint8Array): Promise<Message> {
    return this.#sync.append(this.#options.group, this.#clock.next(), body);
  }

  /** Tells those that are connected something that is not kept. */
  announce(body: Uint8Array): Promise<Message> {
    return this.#sync.announce(this.#options.group, this.#clock.next(), body);
  }

  /** Resolves once everything that may be sent now is with the transport. */
  settled(): Promise<void> {
    return this.#sync.settled();
  }

  /** The newest messages, the oldest of them first; at most `limit` (up to 1,000), and older than `before`, if given. */
  async messages(limit: number, before?: StoredMessage): Promise<readonly StoredMessage[]> {
    const page = await this.#options.store.history.page(this.#options.group, {
      ...{ limit, order: 'descending' },
      ...(before && { after: before }),
    });
    return page.messages.toReversed();
  }

  async status(): Promise<GroupNodeStatus> {
    const { group, store } = this.#options;
    return {
      ...{ id: this.id, group, addresses: this.addresses() },
      messages: await store.sync.messages.count(group),
      peers: this.#sync.peers(),
    };
  }

  measures(): SyncMeasures {
    const { connections } = this.#network;
    return { connections, peers: this.#sync.peers(), totals: this.#sync.totals() };
  }

  /** Those that are synchronized with from now on: takes the place of the peers that were named before. */
  setPeers(peers: readonly PeerAddress[]): void {
    this.#group.setPeers(namedIn(peers, this.id));
    this.#network.learnAddresses(peers);
  }

  /** Connects to peers that somebody has told of, as long as there is room. A node that is not open passes them over. */
  meet(peers: readonly PeerAddress[]): void {
    const group = this.#group;
    if (!(group instanceof OpenGroup)) return;
    const admitted = peers.filter(({ peerId }) => peerId !== this.id && group.admit(peerId));
    this.#network.learnAddresses(admitted);
  }

  /** Whether every message here is known to be held by another node as well. */
  isHeldElsewhere(): boolean {
    return this.#sync.peers().some(({ state }) => state.kind === 'up-to-date');
  }

  /** `listener` gets each status of the peers that differs from the last one. Returns what ends that. */
  onPeers(listener: (peers: readonly PeerSyncStatus[]) => void): () => void {
    return this.#sync.subscribe(listener);
  }

  /** Resolves once work under way is stored. The store is the caller's. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const cancel of this.#leaving.values()) cancel();
    await this.#sync.stop();
    await this.#network.stop();
  }

  /** A peer that came by itself makes room a while after it has gone. */
  #followVisitors(group: OpenGroup): void {
    this.#network.onConnected((peer) => {
      this.#leaving.get(peer)?.();
      this.#leaving.delete(peer);
    });
    this.#network.onGone((peer) => {
      if (this.#isClosed || this.#leaving.has(peer) || !group.members.has(peer)) return;
      const cancel = this.#options.clock.schedule(VISITOR_REST_MS, () => {
        this.#leaving.delete(peer);
        group.leave(peer);
      });
      this.#leaving.set(peer, cancel);
    });
  }
}

/** A node may be on the list that all members share; it is no peer of itself. */
function namedIn(peers: readonly PeerAddress[], self: PeerId): ReadonlySet<PeerId> {
  return new Set(peers.map(({ peerId }) => peerId).filter((peerId) => peerId !== self));
}
