import type { Clock } from '../../../../main/helpers/clock.ts';
import type { PeerId } from '../../../../main/mvds/types.ts';
import { DIAL_TIMEOUT_MS } from '../../../../main/network/constants.ts';
import {
  PEER_CONNECTIONS_MAX,
  PEER_IDLE_MS,
  PEER_SILENCE_MS,
} from '../../../../main/network/peers/constants.ts';
import type { SeededRandom } from '../../random.ts';
import {
  BEAT_BYTES,
  CONNECT_ROUND_TRIPS,
  CONNECTION_BYTES,
  CONTROL_BYTES,
  LATENCY_MS,
} from '../limits.ts';
import { noTraffic } from './traffic.ts';
import type { Traffic } from './traffic.ts';
import type { Wire } from './wire.ts';

/** How long a peer that vanished goes unnoticed: until it has not answered a heartbeat. */
const VANISHED_MS = PEER_SILENCE_MS + 5_000;

/** A node, as the network sees it, in one of its lives. */
export interface Host {
  readonly peerId: PeerId;
  /** `isDialler`: this side has called. */
  onConnected(peer: PeerId, isDialler: boolean): void;
  onDisconnected(peer: PeerId): void;
}

export interface Connection {
  readonly hosts: readonly [Host, Host];
  /** One way, milliseconds. */
  readonly latencyMs: number;
  /** The session on it, with the first host at its first end. */
  wire: Wire | undefined;
  /** Unix milliseconds. */
  readonly openedAt: number;
  /** When anything went over it, Unix milliseconds. */
  usedAt: number;
  /** Up to when heartbeats are counted, Unix milliseconds. */
  countedAt: number;
  isSilent: boolean;
}

/** Who can reach whom, and the connections that there are. */
export class Connections {
  readonly traffic: Traffic = noTraffic();
  readonly clock: Clock;
  readonly #random: SeededRandom;
  readonly #hosts = new Map<PeerId, Host>();
  readonly #of = new Map<PeerId, Map<PeerId, Connection>>();
  #island: ReadonlySet<PeerId> = new Set();

  constructor(clock: Clock, random: SeededRandom) {
    this.clock = clock;
    this.#random = random;
  }

  host(peer: PeerId): Host | undefined {
    return this.#hosts.get(peer);
  }

  /** A new life: connections of an earlier one that nobody has noticed the end of are known nowhere any more. */
  attach(host: Host): void {
    for (const connection of this.of(host.peerId).values()) this.end(connection);
    this.#hosts.set(host.peerId, host);
    this.#of.set(host.peerId, new Map());
  }

  /** Gone from one moment to the next; `isNoticed`: its system closes its connections for it. */
  detach(peer: PeerId, isNoticed: boolean): void {
    const connections = [...(this.#of.get(peer)?.values() ?? [])];
    this.#hosts.delete(peer);
    for (const connection of connections) {
      if (isNoticed) this.clock.schedule(connection.latencyMs, () => this.end(connection));
      else this.#silence(connection);
    }
  }

  /** Those on the island cannot reach the others from now on, nor they them. An empty one heals. */
  cut(island: ReadonlySet<PeerId>): void {
    this.#island = island;
    for (const [peer, connections] of this.#of) {
      for (const [other, connection] of connections) {
        if (!this.#canReach(peer, other)) this.#silence(connection);
      }
    }
  }

  between(a: PeerId, b: PeerId): Connection | undefined {
    return this.#of.get(a)?.get(b);
  }

  of(peer: PeerId): ReadonlyMap<PeerId, Connection> {
    return this.#of.get(peer) ?? new Map();
  }

  /** Resolves with the connection that there is then; undefined where the other side cannot be reached, or has no room. */
  async dial(from: Host, to: PeerId): Promise<Connection | undefined> {
    const there = this.between(from.peerId, to);
    if (there) return there.isSilent ? undefined : there;
    const latencyMs = this.#random.between(...LATENCY_MS);
    const isThere = this.#hosts.has(to) && this.#canReach(from.peerId, to);
    const takesMs = isThere ? 2 * latencyMs * CONNECT_ROUND_TRIPS : DIAL_TIMEOUT_MS;
    await this.delay(takesMs);
    const [self, host] = [this.#hosts.get(from.peerId), this.#hosts.get(to)];
    if (self !== from || !host || !this.#canReach(from.peerId, to)) return undefined;
    return this.between(from.peerId, to) ?? this.#connect(from, host, latencyMs);
  }

  delay(ms: number): Promise<void> {
    return new Promise((resolve) => this.clock.schedule(ms, resolve));
  }

  /** A word beside the sessions: `take` runs at the other side, if it is still there then. */
  say(from: PeerId, to: PeerId, take: () => void, bytes = CONTROL_BYTES): void {
    const connection = this.between(from, to);
    if (!connection || connection.isSilent) return;
    this.traffic.mesh += bytes;
    connection.usedAt = this.clock.now();
    this.clock.schedule(connection.latencyMs, () => {
      if (this.between(from, to) === connection && !connection.isSilent) take();
    });
  }

  end(connection: Connection): void {
    const [a, b] = connection.hosts;
    if (this.between(a.peerId, b.peerId) !== connection) return;
    this.countBeats(connection);
    this.#of.get(a.peerId)?.delete(b.peerId);
    this.#of.get(b.peerId)?.delete(a.peerId);
    connection.wire?.cut();
    connection.wire = undefined;
    for (const [host, other] of [
      [a, b],
      [b, a],
    ] as const) {
      if (this.#hosts.get(host.peerId) === host) host.onDisconnected(other.peerId);
    }
  }

  /** Counts the heartbeats up to now of a connection with a session: one after each silence. */
  countBeats(connection: Connection): void {
    const now = this.clock.now();
    if (connection.wire && !connection.isSilent) {
      const silences = Math.floor((now - connection.countedAt) / PEER_SILENCE_MS);
      this.traffic.beats += silences * BEAT_BYTES;
    }
    connection.countedAt = now;
  }

  /** Ends those that nothing went over for `PEER_IDLE_MS`. */
  endIdle(): void {
    const before = this.clock.now() - PEER_IDLE_MS;
    const all = [...this.#of.values()].flatMap((connections) => [...connections.values()]);
    for (const connection of all) {
      if (!connection.wire && connection.usedAt <= before) this.end(connection);
    }
  }

  /** What goes on until now is counted, and all that comes counts from now. */
  countAllBeats(): void {
    for (const [peer, connections] of this.#of) {
      for (const connection of connections.values()) {
        if (connection.hosts[0].peerId === peer) this.countBeats(connection);
      }
    }
  }

  #connect(from: Host, to: Host, latencyMs: number): Connection | undefined {
    const isFull = [from, to].some(({ peerId }) => this.of(peerId).size >= PEER_CONNECTIONS_MAX);
    if (isFull) return undefined;
    const connection: Connection = {
      ...{ hosts: [from, to], latencyMs, wire: undefined, isSilent: false },
      openedAt: this.clock.now(),
      ...{ usedAt: this.clock.now(), countedAt: this.clock.now() },
    };
    this.#of.get(from.peerId)?.set(to.peerId, connection);
    this.#of.get(to.peerId)?.set(from.peerId, connection);
    this.traffic.connecting += CONNECTION_BYTES;
    from.onConnected(to.peerId, true);
    to.onConnected(from.peerId, false);
    return connection;
  }

  #silence(connection: Connection): void {
    if (connection.isSilent) return;
    this.countBeats(connection);
    connection.isSilent = true;
    if (connection.wire) connection.wire.isSilent = true;
    this.clock.schedule(VANISHED_MS, () => this.end(connection));
  }

  #canReach(a: PeerId, b: PeerId): boolean {
    return this.#island.has(a) === this.#island.has(b);
  }
}
