import { peerIdFromString } from '@libp2p/peer-id';
import type { Connection, Libp2p, PeerId as Libp2pPeerId } from '@libp2p/interface';
import type { Multiaddr } from '@multiformats/multiaddr';
import type { Clock, Random } from '../helpers/clock.ts';
import type { PeerId } from '../mvds/types.ts';
import { Retry } from './backoff.ts';
import { DIAL_TIMEOUT_MS, RETRY_MAX_BATTERY_MS, RETRY_MAX_MS } from './constants.ts';
import { isRelayed, naming } from './multiaddrs.ts';
import { bestOf, pathOf } from './path.ts';
import type { Relays } from './relays.ts';
import { finished, retire } from './retire.ts';
import type { OpenSession, Sessions } from './sessions.ts';
import type { Upgrades } from './upgrades.ts';
import { debugLog } from '../log/debug-log.ts';

const ignored = debugLog('network:members');

/** Keeps this device connected to the wanted peers, with a session each, by the best path that works. */
export class Members {
  readonly #node: Libp2p;
  readonly #relays: Relays;
  readonly #sessions: Sessions;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #upgrades: Upgrades | undefined;
  readonly #retries = new Map<PeerId, Retry>();
  readonly #known = new Map<PeerId, readonly Multiaddr[]>();
  /** Those that are dialled; a session with the others begins only on a connection that they have made. */
  #kept: ReadonlySet<PeerId> = new Set();
  #savesPower = false;

  /** `upgrades` is undefined where there are to be no direct connections by WebRTC. */
  constructor(
    node: Libp2p,
    relays: Relays,
    sessions: Sessions,
    upgrades: Upgrades | undefined,
    { clock, random }: { readonly clock: Clock; readonly random: Random },
  ) {
    this.#node = node;
    this.#upgrades = upgrades;
    this.#relays = relays;
    this.#sessions = sessions;
    this.#clock = clock;
    this.#random = random;
    node.addEventListener('connection:open', ({ detail }) => {
      this.#retryOf(detail.remotePeer)?.now();
    });
    // A connection on which the other side was to open a session may end before it has.
    node.addEventListener('peer:disconnect', ({ detail }) => {
      const peer = detail.toString() as PeerId;
      if (this.#kept.has(peer) && !this.#sessions.get(peer)) this.#retries.get(peer)?.later();
    });
    node.addEventListener('peer:discovery', ({ detail }) => {
      const peer = detail.id.toString() as PeerId;
      const path = this.#sessions.get(peer)?.path;
      if (path === 'relay' || path === 'direct') void this.#dialDirectly(peer);
      else if (this.#kept.has(peer)) this.#retries.get(peer)?.now();
    });
  }

  want(keep: ReadonlySet<PeerId>, accept: ReadonlySet<PeerId>): void {
    const before = this.#kept;
    this.#kept = keep;
    for (const [peer, retry] of this.#retries) {
      if (keep.has(peer)) continue;
      if (accept.has(peer)) {
        if (before.has(peer)) void this.#leave(peer);
        continue;
      }
      this.#hangUp(peer);
      retry.stop();
      this.#retries.delete(peer);
    }
    for (const peer of [...keep, ...accept]) {
      const isNew = !this.#retries.has(peer);
      if (isNew) this.#retries.set(peer, this.#newRetry(peer));
      if (keep.has(peer) && !before.has(peer)) this.retry(peer);
    }
  }

  /** Tries at once; nothing happens before the start. */
  retry(peer: PeerId): void {
    if (this.#node.status === 'started') this.#retries.get(peer)?.now();
  }

  /** Addresses at which a peer was or may be found. */
  learn(peer: PeerId, addresses: readonly Multiaddr[]): void {
    this.#known.set(peer, addresses);
  }

  /** Connects to a peer by whatever way is known, whether or not it is wanted. Resolves with undefined where none works. */
  async dial(peer: PeerId): Promise<Connection | undefined> {
    return this.#bestConnection(peer) ?? this.#dial(peer);
  }

  /** Every address by which a peer may be reached, without a relay first. */
  async addressesOf(peer: PeerId): Promise<Multiaddr[]> {
    return [...(await this.#directAddresses(peer)), ...this.#relayedAddresses(peer)];
  }

  /** Something has changed for the better (a relay is back): tries all that are not connected. */
  retryAll(): void {
    for (const peer of this.#kept) if (!this.#sessions.get(peer)) this.#retries.get(peer)?.now();
  }

  /**
   * While it saves power, attempts are further apart, and no connection by WebRTC takes the place of a relayed one: the library
   * wakes the processor a hundred times a second from then on, though nothing is sent.
   */
  savePower(saves: boolean): void {
    if (this.#savesPower === saves) return;
    this.#savesPower = saves;
    if (saves) return;
    for (const peer of this.#kept) this.#retries.get(peer)?.now();
  }

  sessionEnded({ peerId, path, connection }: OpenSession): void {
    this.#upgrades?.end(peerId);
    if (!this.#kept.has(peerId)) return;
    const retry = this.#retries.get(peerId);
    // The relay is there still.
    if (path === 'direct' && connection.status !== 'open') retry?.now();
    else retry?.later();
  }

  stop(): void {
    this.#upgrades?.stop();
    for (const retry of this.#retries.values()) retry.stop();
  }

  #newRetry(peer: PeerId): Retry {
    const maxMs = () => (this.#savesPower ? RETRY_MAX_BATTERY_MS : RETRY_MAX_MS);
    return new Retry(this.#clock, this.#random, () => this.#reach(peer), maxMs);
  }

  /** Not before its pairing is over: a device is let in on the connection by which it has asked to be. */
  async #leave(peer: PeerId): Promise<void> {
    this.#upgrades?.cancel(peer);
    await Promise.all(this.#connections(peer).map(finished));
    if (!this.#kept.has(peer)) this.#hangUp(peer);
  }

  #hangUp(peer: PeerId): void {
    this.#upgrades?.cancel(peer);
    void this.#node.hangUp(peerIdFromString(peer)).catch(ignored);
  }

  #retryOf(peer: Libp2pPeerId): Retry | undefined {
    return this.#retries.get(peer.toString() as PeerId);
  }

  /** Connects if need be and, where that is for this device to do, opens a session. Resolves with whether that worked. */
  async #reach(peer: PeerId): Promise<boolean> {
    const isKept = this.#kept.has(peer);
    const connection = this.#bestConnection(peer) ?? (isKept ? await this.#dial(peer) : undefined);
    if (!connection) return !isKept;
    // One of the two decides which connection is used and which are closed, or each could close what the other keeps.
    if (!this.#sessions.opens(peer)) return true;
    // A device that is about to learn that it was let in refuses a session until it has.
    await finished(connection);
    // It was to be kept when this began; meanwhile it has said that it comes by itself.
    if (isKept && !this.#kept.has(peer)) return true;
    if (this.#sessions.get(peer)?.connection !== connection) {
      if (!(await this.#sessions.open(peer, connection))) return false;
    }
    const improves = pathOf(connection) === 'relay' && !this.#savesPower;
    if (improves) this.#upgrades?.begin(peer, connection);
    else this.#upgrades?.end(peer);
    for (const other of this.#connections(peer)) if (other !== connection) retire(other);
    return true;
  }

  #bestConnection(peer: PeerId): Connection | undefined {
    const isDialledHere = ({ direction }: Connection) => direction === 'outbound';
    return bestOf(
      this.#connections(peer),
      (connection) => isDialledHere(connection) === this.#sessions.opens(peer),
    );
  }

  #connections(peer: PeerId): Connection[] {
    return this.#node
      .getConnections(peerIdFromString(peer))
      .filter(({ status }) => status === 'open');
  }

  async #dial(peer: PeerId): Promise<Connection | undefined> {
    return this.#tryDial(await this.addressesOf(peer));
  }

  /** Also where it is connected by WebRTC, which the library takes to be as good. */
  async #dialDirectly(peer: PeerId): Promise<void> {
    await this.#tryDial(await this.#directAddresses(peer), { force: true });
  }

  async #tryDial(
    addresses: Multiaddr[],
    options: { readonly force?: boolean } = {},
  ): Promise<Connection | undefined> {
    if (addresses.length === 0) return undefined;
    try {
      const signal = AbortSignal.timeout(DIAL_TIMEOUT_MS);
      return await this.#node.dial(addresses, { signal, ...options });
    } catch (error) {
      ignored(error);
      return undefined;
    }
  }

  async #directAddresses(peer: PeerId): Promise<Multiaddr[]> {
    const stored = await this.#node.peerStore
      .get(peerIdFromString(peer))
      .then(({ addresses }) => addresses.map(({ multiaddr }) => multiaddr))
      .catch((error: unknown) => {
        ignored(error);
        return [];
      });
    return [...stored, ...(this.#known.get(peer) ?? [])]
      .filter((address) => !isRelayed(address))
      .map((address) => naming(address, peer));
  }

  #relayedAddresses(peer: PeerId): Multiaddr[] {
    const told = (this.#known.get(peer) ?? [])
      .filter(isRelayed)
      .map((address) => naming(address, peer));
    const ours = this.#relays
      .addresses()
      .map((relay) => relay.encapsulate(`/p2p-circuit/p2p/${peer}`));
    const others = told.filter((address) => !ours.some((own) => own.equals(address)));
    return [...ours, ...others];
  }
}
