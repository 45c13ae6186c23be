import { coalesced } from '../helpers/coalesced.ts';
import type { Clock, Random } from '../helpers/clock.ts';
import { MvdsNode } from '../mvds/node.ts';
import type { StoredMessage, SyncStore } from '../mvds/ports.ts';
import type { GroupId, Message, PeerId } from '../mvds/types.ts';
import { EPOCH_MS, STATUS_INTERVAL_MS } from './constants.ts';
import { PeerSync } from './peer-sync.ts';
import type { PeerHistory, PeerSyncStatus } from './peer-sync.ts';
import type { PeerGroup, Session, Transport } from './ports.ts';

export interface OrchestratorOptions {
  readonly store: SyncStore;
  /** 16 bytes as hexadecimal characters, made with the store. */
  readonly storeId: string;
  readonly transport: Transport;
  readonly group: PeerGroup;
  readonly clock: Clock;
  readonly random: Random;
  /** When each peer was last met, from before this start. */
  readonly history: ReadonlyMap<PeerId, PeerHistory>;
  /** After each commit that brought messages, this device's own included; each message once, across restarts too. */
  readonly onDelivered: (messages: readonly StoredMessage[]) => void;
  /** Something that `peers()` shows has changed. At most every 200 ms. */
  readonly onStatus: () => void;
  readonly onError: (error: unknown) => void;
}

/**
 * Layer 2: keeps Q, the messages of each group, the same here and at every member that the peer group names, for as long as
 * it runs: backfill for a member that is new, live push, relaying, retransmission, and a status that says what is known.
 */
export class Orchestrator {
  readonly #options: OrchestratorOptions;
  readonly #node: MvdsNode;
  readonly #peers = new Map<PeerId, PeerSync>();
  #cancelTick: () => void = () => undefined;
  #cancelStatus: (() => void) | undefined;
  readonly #running = new Set<Promise<void>>();
  #stopped = false;

  private constructor(options: OrchestratorOptions, node: MvdsNode) {
    this.#options = options;
    this.#node = node;
  }

  static async open(options: OrchestratorOptions): Promise<Orchestrator> {
    const created: { orchestrator?: Orchestrator } = {};
    const node = await MvdsNode.open({
      store: options.store,
      storeId: options.storeId,
      random: options.random,
      // Said by this layer at the start of each session, and whenever what is waiting has changed.
      sendHello: false,
      onDelivered: options.onDelivered,
      send: (peerId, payload) => created.orchestrator?.peer(peerId)?.send(payload),
      onPeerHello: (peerId, hello) => created.orchestrator?.peer(peerId)?.heard(hello),
    });
    created.orchestrator = new Orchestrator(options, node);
    return created.orchestrator;
  }

  /** Starts to synchronize with the members of the group, and follows its changes. */
  async start(): Promise<void> {
    const { transport, group } = this.#options;
    transport.onSession((session) => {
      const running = this.#run(session)
        .catch(this.#options.onError)
        .finally(() => this.#running.delete(running));
      this.#running.add(running);
    });
    group.onChange(() => {
      this.#follow().catch(this.#options.onError);
    });
    await this.#follow();
    this.#scheduleTick();
  }

  /** Sends nothing more. What is under way is committed; what was not acknowledged is sent again after the next start. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancelTick();
    this.#cancelStatus?.();
    await Promise.all([...this.#peers.values()].map((peer) => peer.end()));
    await Promise.all(this.#running);
    await this.#node.settled();
  }

  /** Adds a message of this device to Q. Resolves once it survives a crash; by then it is on its way to the peers. */
  async append(groupId: GroupId, timestamp: bigint, body: Uint8Array): Promise<Message> {
    const message = await this.#node.append({ groupId, timestamp, body });
    for (const peer of this.#peers.values()) await this.#count(peer);
    this.#statusChanged();
    return message;
  }

  peers(): readonly PeerSyncStatus[] {
    return [...this.#peers.values()].map((peer) => peer.status());
  }

  peer(peerId: PeerId): PeerSync | undefined {
    return this.#peers.get(peerId);
  }

  readonly #follow = coalesced(async () => {
    const { group, transport, history, clock, storeId } = this.#options;
    for (const [peerId, peer] of this.#peers) {
      if (group.members.has(peerId)) continue;
      this.#peers.delete(peerId);
      await peer.end();
      await this.#node.removePeer(peerId);
    }
    for (const [peerId, groups] of group.members) {
      const known = this.#peers.get(peerId);
      const peer = known ?? new PeerSync(peerId, storeId, clock, history.get(peerId));
      this.#peers.set(peerId, peer);
      const kept = history.get(peerId)?.storeId;
      await this.#node.setPeer(peerId, {
        groups,
        mode: 'batch',
        ...(kept !== undefined && { storeId: kept }),
      });
      await this.#count(peer);
    }
    transport.want(new Set(this.#peers.keys()));
    this.#statusChanged();
  });

  /** One session, from its first payload to its end. */
  async #run(session: Session): Promise<void> {
    const peer = this.#peers.get(session.peerId);
    if (!peer || this.#stopped) {
      await session.channel.close();
      return;
    }
    peer.begin(session);
    try {
      await this.#node.peerOnline(session.peerId);
      await this.#count(peer);
      peer.report();
      this.#statusChanged();
      for (;;) {
        const payload = await session.channel.read();
        if (!payload) break;
        const result = await this.#node.receive(session.peerId, payload);
        peer.received(result.stored.length);
        await this.#count(peer);
        this.#statusChanged();
      }
    } catch (error) {
      this.#options.onError(error);
    }
    await session.channel.close();
    if (peer.finish(session)) await this.#node.peerOffline(session.peerId);
    this.#statusChanged();
  }

  async #count(peer: PeerSync): Promise<void> {
    peer.counted(await this.#node.counts(peer.peerId));
  }

  #scheduleTick(): void {
    this.#cancelTick = this.#options.clock.schedule(EPOCH_MS, () => {
      void this.#node
        .tick()
        .catch(this.#options.onError)
        .finally(() => {
          if (!this.#stopped) this.#scheduleTick();
        });
    });
  }

  #statusChanged(): void {
    if (this.#stopped) return;
    this.#cancelStatus ??= this.#options.clock.schedule(STATUS_INTERVAL_MS, () => {
      this.#cancelStatus = undefined;
      for (const peer of this.#peers.values()) peer.report();
      this.#options.onStatus();
    });
  }
}
