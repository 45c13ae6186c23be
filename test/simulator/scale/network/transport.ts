import type { Clock, Random } from '../../../../main/helpers/clock.ts';
import type { PeerId } from '../../../../main/mvds/types.ts';
import { Retry } from '../../../../main/network/backoff.ts';
import type { Session, Transport } from '../../../../main/sync/ports.ts';
import { JOIN_ROUND_TRIPS, SESSION_BYTES } from '../limits.ts';
import type { Connection, Connections, Host } from './connections.ts';
import { countFrame } from './frame-parts.ts';
import type { Loss } from './loss.ts';
import { Wire } from './wire.ts';
import type { WireEnd } from './wire.ts';

/** A host with sessions. */
export interface SessionHost extends Host {
  readonly transport: SessionTransport;
  /** Whether a peer that asks for it is let in. */
  admit(peer: PeerId): boolean;
}

export interface SessionTransportOptions {
  readonly self: SessionHost;
  readonly connections: Connections;
  readonly loss: Loss;
  readonly clock: Clock;
  readonly random: Random;
  /** Whether a connection outlives its session. */
  readonly keepsConnections: boolean;
  readonly onRefused: (peer: PeerId) => void;
  readonly onSessionEnded: (peer: PeerId) => void;
}

/** Sessions as `PeerLinks` and `Sessions` of main/network have them, over the connections of the model. */
export class SessionTransport implements Transport {
  readonly #options: SessionTransportOptions;
  readonly #retries = new Map<PeerId, Retry>();
  /** This side's end of the latest session with each peer. */
  readonly #ends = new Map<PeerId, WireEnd>();
  #kept: ReadonlySet<PeerId> = new Set();
  #accepted: ReadonlySet<PeerId> = new Set();
  #onSession: (session: Session) => void = () => undefined;

  constructor(options: SessionTransportOptions) {
    this.#options = options;
  }

  want(keep: ReadonlySet<PeerId>, accept: ReadonlySet<PeerId>): void {
    const before = this.#kept;
    this.#kept = keep;
    this.#accepted = accept;
    for (const [peer, retry] of this.#retries) {
      if (this.wants(peer)) continue;
      retry.stop();
      this.#retries.delete(peer);
      this.#leave(peer);
    }
    for (const peer of [...keep, ...accept]) {
      const isNew = !this.#retries.has(peer);
      if (isNew) this.#retries.set(peer, this.#newRetry(peer));
      if (isNew || (keep.has(peer) && !before.has(peer))) this.retry(peer);
    }
  }

  retry(peer: PeerId): void {
    this.#retries.get(peer)?.now();
  }

  onSession(listener: (session: Session) => void): void {
    this.#onSession = listener;
  }

  wants(peer: PeerId): boolean {
    return this.#kept.has(peer) || this.#accepted.has(peer);
  }

  /** A connection has ended, and with it the session on it. */
  disconnected(peer: PeerId): void {
    if (this.#kept.has(peer)) this.#retries.get(peer)?.later();
  }

  stop(): void {
    for (const retry of this.#retries.values()) retry.stop();
  }

  #newRetry(peer: PeerId): Retry {
    const { clock, random } = this.#options;
    return new Retry(clock, random, () => this.#reach(peer));
  }

  async #reach(peer: PeerId): Promise<boolean> {
    const { connections, self, onRefused } = this.#options;
    const there = connections.between(self.peerId, peer);
    if (there?.wire) return true;
    const isKept = this.#kept.has(peer);
    const connection = there ?? (isKept ? await connections.dial(self, peer) : undefined);
    if (!connection) return !isKept;
    await connections.delay(2 * JOIN_ROUND_TRIPS * connection.latencyMs);
    const host = this.#hostAt(connection, peer);
    if (!host || connection.isSilent) return false;
    if (isKept && !host.transport.wants(self.peerId) && !host.admit(self.peerId)) {
      onRefused(peer);
      return false;
    }
    // It may be for the other side to open the session.
    if (isKept) host.transport.retry(self.peerId);
    if (!(self.peerId < peer) || this.#isOpen(connection)) return true;
    await connections.delay(2 * connection.latencyMs);
    return this.#open(connection, peer);
  }

  /** Read anew: it may have been opened, or have ended, meanwhile. */
  #isOpen({ wire }: Connection): boolean {
    return wire !== undefined;
  }

  #hostAt(connection: Connection, peer: PeerId): SessionHost | undefined {
    const { connections, self } = this.#options;
    if (connections.between(self.peerId, peer) !== connection) return undefined;
    return connections.host(peer) as SessionHost | undefined;
  }

  #open(connection: Connection, peer: PeerId): boolean {
    const { connections, self, loss } = this.#options;
    const host = this.#hostAt(connection, peer);
    if (!host || connection.isSilent) return false;
    if (connection.wire) return true;
    if (!this.wants(peer) || !host.transport.wants(self.peerId)) return false;
    const wire = new Wire({
      clock: connections.clock,
      latencyMs: connection.latencyMs,
      loss,
      onFrame: (frame) => {
        connections.countBeats(connection);
        countFrame(connections.traffic, frame);
      },
      onClosed: () => {
        if (connection.wire !== wire) return;
        connections.countBeats(connection);
        connection.wire = undefined;
        connection.usedAt = connections.clock.now();
        this.#ended(connection, peer);
        host.transport.#ended(connection, self.peerId);
      },
      onBreak: () => connections.end(connection),
    });
    connection.wire = wire;
    connection.countedAt = connections.clock.now();
    connections.traffic.connecting += SESSION_BYTES;
    const [here, there] = wire.ends;
    this.#begin(peer, here);
    host.transport.#begin(self.peerId, there);
    return true;
  }

  #begin(peerId: PeerId, channel: WireEnd): void {
    this.#ends.set(peerId, channel);
    this.#onSession({ peerId, path: 'direct', channel });
  }

  #ended(connection: Connection, peer: PeerId): void {
    this.disconnected(peer);
    this.#options.onSessionEnded(peer);
    if (!this.#options.keepsConnections && !this.wants(peer))
      this.#options.connections.end(connection);
  }

  #leave(peer: PeerId): void {
    const { connections, self, keepsConnections } = this.#options;
    void this.#ends.get(peer)?.close();
    this.#ends.delete(peer);
    const connection = connections.between(self.peerId, peer);
    if (connection && !keepsConnections) connections.end(connection);
  }
}
