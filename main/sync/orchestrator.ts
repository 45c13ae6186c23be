import { Background } from '../helpers/background.ts';
import { coalesced } from '../helpers/coalesced.ts';
import { MvdsNode } from '../mvds/node.ts';
import type { Tombstone } from '../mvds/ports.ts';
import type { GroupId, Message, MessageId, PeerId } from '../mvds/types.ts';
import { ActivityBook } from './activity.ts';
import { EPOCH_MS } from './constants.ts';
import { countedStore } from './counted-store.ts';
import { GroupIndexes, indexedStore } from './group-indexes.ts';
import type { Digest } from './group-indexes.ts';
import { holdersOf } from './holders.ts';
import { UnknownPeerError } from './orchestrator-options.ts';
import type { OrchestratorOptions } from './orchestrator-options.ts';
import { agrees, DEFAULT_SETTINGS, type Interval } from './peer-state.ts';
import type { PeerSettings, PeerState } from './peer-state.ts';
import { PeerSync } from './peer-sync.ts';
import { Elsewhere } from './elsewhere.ts';
import type { Session } from './ports.ts';
import { StatusFeed } from './status-feed.ts';
import { removedStatus, statusOf, type PeerSyncStatus } from './status.ts';
import { TotalsBook, type SyncTotals } from './totals.ts';

export { UnknownPeerError };
export type { OrchestratorOptions };

/**
 * Layer 2: keeps Q, the messages of each group, the same here and at every member that the peer group names, for as long as
 * it runs: backfill for a member that is new, live push, relaying, retransmission, and a status that says what is known.
 */
export class Orchestrator {
  readonly #options: OrchestratorOptions;
  readonly #activity: ActivityBook;
  readonly #totals: TotalsBook;
  readonly #status: StatusFeed;
  readonly #peers: Map<PeerId, PeerSync>;
  /** What was last known of peers that the group has dropped since the start. */
  readonly #removed = new Map<PeerId, PeerSyncStatus>();
  readonly #settings: Map<PeerId, PeerSettings>;
  readonly #agreed = new Set<PeerId>();
  readonly #node: MvdsNode;
  readonly #indexes: GroupIndexes;
  readonly #elsewhere: Elsewhere | undefined;
  readonly #running: Background;
  #cancelTick: (() => void) | undefined;
  #isStopped = false;

  private constructor(
    options: OrchestratorOptions,
    node: MvdsNode,
    peers: Map<PeerId, PeerSync>,
    indexes: GroupIndexes,
    elsewhere: Elsewhere | undefined,
    totals: TotalsBook,
  ) {
    const { activity = { add: async () => undefined }, clock, onError } = options;
    this.#options = options;
    this.#running = new Background(onError);
    this.#node = node;
    this.#indexes = indexes;
    this.#elsewhere = elsewhere;
    this.#peers = peers;
    this.#settings = new Map(options.settings);
    this.#totals = totals;
    this.#activity = new ActivityBook(activity, clock, onError);
    this.#status = new StatusFeed(clock, () => this.peers());
  }

  static async open(options: OrchestratorOptions): Promise<Orchestrator> {
    // The node is made first, and speaks of peers that the orchestrator has added to these.
    const peers = new Map<PeerId, PeerSync>();
    const peerOf = (peerId: PeerId): PeerSync | undefined => peers.get(peerId);
    const totals = new TotalsBook();
    const indexes = new GroupIndexes(options.store.messages);
    const store = countedStore(indexedStore(options.store, indexes), (peerIds) => {
      const concerned = [...(peerIds === 'all' ? peers.keys() : peerIds)]
        .map(peerOf)
        .filter((peer) => peer !== undefined);
      for (const peer of concerned) peer.committing();
      return () => {
        for (const peer of concerned) peer.committed();
      };
    });
    const elsewhere = options.elsewhere && new Elsewhere(options.elsewhere, options.onDelivered);
    const node = await MvdsNode.open({
      store,
      storeId: options.storeId,
      random: options.random,
      // Said by this layer at the start of each session, and whenever what is waiting has changed.
      sendHello: false,
      reconciles: true,
      ...(options.bulk && { bulk: options.bulk }),
      ...(options.mutes && { mutes: options.mutes }),
      ...(options.admission && { admission: options.admission }),
      onDelivered: elsewhere?.delivered ?? options.onDelivered,
      onUnmetParents: (unmet) => {
        totals.unmet(unmet);
        options.onUnmetParents?.(unmet);
      },
      send: (peerId, payload) => peerOf(peerId)?.send(payload),
      onAcknowledged: (peerId, _ids, bodies) => peerOf(peerId)?.acknowledged(bodies),
      onFlushFailed: (peerId, error) => peerOf(peerId)?.failed(error),
    });
    return new Orchestrator(options, node, peers, indexes, elsewhere, totals);
  }

  /** Starts to synchronize with the members of the group, and follows its changes. */
  async start(): Promise<void> {
    const { transport, group, elsewhere } = this.#options;
    transport.onSession((session) => {
      this.#running.run(this.#run(session));
    });
    group.onChange(() => {
      if (!this.#isStopped) this.#running.run(this.#follow());
    });
    elsewhere?.onExpired((groupId) => this.expired(groupId));
    elsewhere?.onChange((change) => {
      if (!this.#isStopped) {
        this.#running.run(change === 'recovered' ? this.#recover() : this.#takeElsewhere());
      }
    });
    await this.#follow();
    await this.#takeElsewhere();
  }

  /** Resolves once everything that may be sent now is with the transport. */
  async settled(): Promise<void> {
    await this.#node.settled();
    await Promise.all([...this.#peers.values()].map((peer) => peer.settled()));
  }

  /** Sends nothing more, and wants no connection any more. What is under way is committed; what was not acknowledged is sent again after the next start. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancelTick?.();
    this.#status.close();
    await Promise.all([...this.#peers.values()].map((peer) => peer.end()));
    // A transport that still had peers to keep connected would connect to them again and again.
    this.#options.transport.want(new Set(), new Set());
    await this.#running.ended();
    await this.#node.settled();
    await this.#activity.close();
  }

  /**
   * Adds a message of this device to Q. Resolves once it survives a crash; it goes to the wire in the same turn of the event
   * loop. Rejects with `InvalidMessageError`, and as the store does.
   */
  append(groupId: GroupId, timestamp: bigint, body: Uint8Array): Promise<Message> {
    return this.#node.append({ groupId, timestamp, body });
  }

  /**
   * Sends a message to the members with a session, and to nobody else: it is neither stored nor acknowledged (4/MVDS-META,
   * ephemeral messages). Rejects with `InvalidMessageError`.
   */
  announce(groupId: GroupId, timestamp: bigint, body: Uint8Array): Promise<Message> {
    return this.#node.append({ groupId, timestamp, body, metadata: { ephemeral: true } });
  }

  /** Deletes messages here, and here alone. Resolves once that is committed; rejects as the store does. */
  tombstone(tombstones: readonly Tombstone[]): Promise<void> {
    return this.#node.tombstone(tombstones);
  }

  /** Counts what was deleted here as missing, until it is got by `want`. Resolves once that is committed. */
  revive(ids: readonly MessageId[]): Promise<void> {
    this.#elsewhere?.forget(ids);
    return this.#node.revive(ids);
  }

  /**
   * Judges once more what admission holds, because what it waited for has come. A peer that had sent more than could be
   * held sends the rest in a new session. Resolves once all is committed; rejects as the store does.
   */
  async readmit(): Promise<void> {
    const { stored, overflowed } = await this.#node.readmit();
    for (const [peerId, count] of stored) this.#peers.get(peerId)?.moved(0, count);
    for (const peerId of overflowed) await this.#peers.get(peerId)?.renew();
  }

  /**
   * Asks a peer for messages by their ids, whatever it sends unasked: until they come, or `unwant`, across sessions and
   * restarts. Throws `UnknownPeerError`.
   */
  async want(peerId: PeerId, ids: readonly MessageId[]): Promise<void> {
    this.#known(peerId);
    await this.#node.want(peerId, ids);
    this.#changed();
  }

  /** Asks nobody for them any more. */
  unwant(ids: readonly MessageId[]): Promise<void> {
    return this.#node.unwant(ids);
  }

  /**
   * What `mutes` says of these groups has changed: what was to be sent of them is taken back, or else found out anew, in a
   * new session with every peer.
   */
  async mutedChanged(groups: ReadonlySet<GroupId>): Promise<void> {
    for (const peer of this.#peers.values()) await peer.mute(groups);
    await this.sinceChanged();
  }

  /** Ends the session with a peer, after telling it why, and has no other until `resume`. Throws `UnknownPeerError`. */
  pause(peerId: PeerId): void {
    this.#set(peerId, { paused: true });
  }

  /** Throws `UnknownPeerError`. */
  resume(peerId: PeerId): void {
    this.#set(peerId, { paused: false });
  }

  /**
   * `live`: connected all the time. A number: connects, synchronizes, disconnects, and again after so many seconds. Throws
   * `UnknownPeerError`.
   */
  setInterval(peerId: PeerId, interval: Interval): void {
    this.#set(peerId, { interval });
  }

  /** Tries now, without the rest of any wait: one peer, or all. A paused peer stays paused. Throws `UnknownPeerError`. */
  syncNow(peerId?: PeerId): void {
    const peers = peerId === undefined ? [...this.#peers.values()] : [this.#known(peerId)];
    for (const peer of peers) {
      if (peer.state.session) continue;
      peer.tell({ type: 'nudged' });
      if (peer.reach === 'dial') this.#options.transport.retry(peer.state.peerId);
    }
  }

  /** What `since` says has changed: every peer is told in a new session, which brings what is wanted now. */
  async sinceChanged(): Promise<void> {
    await Promise.all([...this.#peers.values()].map((peer) => peer.renew()));
  }

  /**
   * Messages of a group below its `since` were removed from the store, by `Retention.expire`: what is known of them here is
   * dropped as well.
   */
  expired(groupId: GroupId): void {
    this.#indexes.removed(groupId);
  }

  /** The digest of a range of a group: see `GroupIndexes.digest`. Rejects as the store does. */
  digest(groupId: GroupId, from?: bigint, to?: bigint): Promise<Digest> {
    return this.#indexes.digest(groupId, from, to);
  }

  /** The members of the group that each message is known to be held by. One that is not held here is absent. */
  holders(messageIds: readonly MessageId[]): Promise<ReadonlyMap<MessageId, ReadonlySet<PeerId>>> {
    const { store, group } = this.#options;
    const sinceOf = (peerId: PeerId) => this.#peers.get(peerId)?.state.history.since;
    return holdersOf(store, group.members, sinceOf, messageIds);
  }

  /** The members of the group, and after them those that it has dropped since the start. */
  peers(): readonly PeerSyncStatus[] {
    const now = this.#options.clock.now();
    const members = [...this.#peers.values()].map(({ state }) => statusOf(state, now));
    return [...members, ...this.#removed.values()];
  }

  /** The totals of all sessions since the opening. */
  totals(): SyncTotals {
    return this.#totals.current();
  }

  /** `listener` gets what `peers()` returns whenever it has changed: every 200 ms at most, but at once where a peer begins or ceases to agree. Returns what ends that. */
  subscribe(listener: (peers: readonly PeerSyncStatus[]) => void): () => void {
    return this.#status.subscribe(listener);
  }

  #known(peerId: PeerId): PeerSync {
    const peer = this.#peers.get(peerId);
    if (!peer) throw new UnknownPeerError(`no member of the group: ${peerId}`);
    return peer;
  }

  #set(peerId: PeerId, change: Partial<PeerSettings>): void {
    const peer = this.#known(peerId);
    this.#settings.set(peerId, { ...this.#ownSettings(peerId), ...change });
    this.#applySettings(peer);
  }

  /** The settings of a person, or those for all. */
  #ownSettings(peerId: PeerId): PeerSettings {
    const { interval = DEFAULT_SETTINGS.interval } = this.#options;
    return this.#settings.get(peerId) ?? { ...DEFAULT_SETTINGS, interval };
  }

  /** A peer is paused while the person or the group says so. */
  #settingsOf(peerId: PeerId): PeerSettings {
    const own = this.#ownSettings(peerId);
    const { paused } = this.#options.group;
    return { ...own, paused: own.paused || paused?.has(peerId) === true };
  }

  #applySettings(peer: PeerSync): void {
    const { peerId, settings: before } = peer.state;
    const settings = this.#settingsOf(peerId);
    const changesPause = settings.paused !== before.paused;
    if (!changesPause && settings.interval === before.interval) return;
    if (changesPause) this.#activity.note(settings.paused ? 'paused' : 'resumed', peerId);
    peer.tell({ type: 'settings', settings });
  }

  readonly #follow = coalesced(async () => {
    const { group, mode = 'batch' } = this.#options;
    const dropped = [...this.#peers.keys()].filter((peerId) => !group.members.has(peerId));
    await Promise.all(dropped.map((peerId) => this.#remove(peerId)));
    // Those whose removal the store could not take before.
    for (const peerId of this.#node.view.peers.keys()) {
      if (!group.members.has(peerId)) await this.#node.removePeer(peerId);
    }
    for (const [peerId, groups] of group.members) {
      const peer = this.#peers.get(peerId) ?? this.#add(peerId, groups);
      await peer.prepareGroups(groups);
      const { since } = peer.state.history;
      await this.#node.setPeer(peerId, { groups, mode, since });
      await peer.setGroups(groups);
      await peer.recount();
      this.#applySettings(peer);
    }
    this.#want();
    this.#changed();
  });

  /** Messages that other processes have added go to the peers here, and count in what is reconciled. */
  readonly #takeElsewhere = coalesced(async () => {
    await this.#elsewhere?.take(this.#node, this.#indexes, () => {
      return this.#isStopped ? [] : [...this.#peers.values()].map(({ state }) => state);
    });
  });

  /** The store is within reach again: what failed meanwhile is done now, and no peer waits for its next try. */
  async #recover(): Promise<void> {
    await this.#follow();
    await this.#takeElsewhere();
    this.syncNow();
  }

  #add(peerId: PeerId, groups: ReadonlySet<GroupId>): PeerSync {
    const { storeId, store, history, clock, random, onError } = this.#options;
    const before = this.#removed.get(peerId);
    const peer = new PeerSync({
      peerId,
      storeId,
      groups,
      settings: this.#settingsOf(peerId),
      history: before ?? history?.get(peerId),
      node: this.#node,
      store,
      indexes: this.#indexes,
      since: this.#options.since ?? (() => undefined),
      isLater: this.#options.bulk ?? (() => false),
      clock,
      random,
      activity: this.#activity,
      totals: this.#totals,
      onChange: () => {
        this.#noteAgreement(peer.state);
        this.#changed();
      },
      onReach: () => this.#want(),
      onError,
    });
    this.#peers.set(peerId, peer);
    this.#removed.delete(peerId);
    if (before) this.#activity.note('added', peerId);
    return peer;
  }

  async #remove(peerId: PeerId): Promise<void> {
    const peer = this.#peers.get(peerId);
    if (!peer) return;
    this.#peers.delete(peerId);
    this.#agreed.delete(peerId);
    this.#removed.set(peerId, removedStatus(peer.state, this.#options.clock.now()));
    // From here on nothing more is sent to it or taken from it, whatever is still under way.
    const ended = this.#dismiss(peer);
    await this.#node.removePeer(peerId);
    await ended;
    this.#activity.note('removed', peerId);
  }

  async #dismiss(peer: PeerSync): Promise<void> {
    const { farewell, onError } = this.#options;
    try {
      const messages = await farewell?.(peer.state.peerId);
      if (messages && messages.length > 0) await peer.sayLast(messages);
    } catch (error) {
      onError(error);
    }
    const ended = peer.end();
    this.#want();
    await ended;
  }

  async #run(session: Session): Promise<void> {
    const peer = this.#peers.get(session.peerId);
    if (peer && !this.#isStopped) await peer.run(session);
    else await session.channel.close();
  }

  /** Tells the transport whom to keep connected and whom to let in. */
  #want(): void {
    if (this.#isStopped) return;
    const keep: PeerId[] = [];
    const accept: PeerId[] = [];
    const { isDialling = true } = this.#options.group;
    for (const [peerId, { reach }] of this.#peers) {
      if (reach === 'dial') (isDialling ? keep : accept).push(peerId);
      if (reach === 'accept') accept.push(peerId);
    }
    this.#options.transport.want(new Set(keep), new Set(accept));
  }

  #changed(): void {
    if (this.#isStopped) return;
    this.#status.changed();
    this.#scheduleTick();
  }

  /** A reader of the status waits for that. */
  #noteAgreement(state: PeerState): void {
    const isAgreed = agrees(state);
    if (isAgreed === this.#agreed.has(state.peerId) || this.#isStopped) return;
    if (isAgreed) this.#agreed.add(state.peerId);
    else this.#agreed.delete(state.peerId);
    this.#status.agreementChanged();
  }

  /** An epoch passes only while there is something to be sent again: in sync, not even a timer runs. */
  #scheduleTick(): void {
    if (this.#cancelTick) return;
    if (![...this.#peers.values()].some(({ needsEpochs }) => needsEpochs)) return;
    this.#cancelTick = this.#options.clock.schedule(EPOCH_MS, () => {
      void this.#node
        .tick()
        .catch(this.#options.onError)
        .finally(() => {
          this.#cancelTick = undefined;
          this.#scheduleTick();
        });
    });
  }
}
