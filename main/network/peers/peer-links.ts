import { peerIdFromString } from '@libp2p/peer-id';
import type { Connection, Libp2p } from '@libp2p/interface';
import type { Multiaddr } from '@multiformats/multiaddr';
import type { Clock, Random } from '../../helpers/clock.ts';
import type { PeerId } from '../../mvds/types.ts';
import { Retry } from '../backoff.ts';
import { DIAL_TIMEOUT_MS } from '../constants.ts';
import { naming } from '../multiaddrs.ts';
import type { OpenSession, Sessions } from '../sessions.ts';
import { join } from './join.ts';
import { debugLog } from '../../log/debug-log.ts';

const ignored = debugLog('network:peers:peer-links');

export interface PeerLinksOptions {
  readonly node: Libp2p;
  readonly sessions: Sessions;
  readonly clock: Clock;
  readonly random: Random;
  /** Whether a connection stays open without a session, because something else goes over it. */
  readonly keepsConnections: boolean;
  /** Where else a peer is found. Default: nowhere. */
  readonly addressesOf?: (peer: PeerId) => readonly Multiaddr[];
  /** A peer has refused to let this node in. */
  readonly onRefused?: (peer: PeerId) => void;
}

/** Keeps a node connected to the wanted peers, with a session each. */
export class PeerLinks {
  readonly #options: PeerLinksOptions;
  readonly #retries = new Map<PeerId, Retry>();
  readonly #addresses = new Map<PeerId, readonly Multiaddr[]>();
  /** Those that are dialled. */
  #kept: ReadonlySet<PeerId> = new Set();

  constructor(options: PeerLinksOptions) {
    this.#options = options;
    const { node, sessions } = options;
    node.addEventListener('connection:open', ({ detail }) => {
      this.#retries.get(detail.remotePeer.toString() as PeerId)?.now();
    });
    node.addEventListener('peer:disconnect', ({ detail }) => {
      const peer = detail.toString() as PeerId;
      if (this.#kept.has(peer) && !sessions.get(peer)) this.#retries.get(peer)?.later();
    });
  }

  want(keep: ReadonlySet<PeerId>, accept: ReadonlySet<PeerId>): void {
    const before = this.#kept;
    this.#kept = keep;
    for (const [peer, retry] of this.#retries) {
      if (keep.has(peer) || accept.has(peer)) continue;
      retry.stop();
      this.#retries.delete(peer);
      this.#leave(peer);
    }
    for (const peer of [...keep, ...accept]) {
      const isNew = !this.#retries.has(peer);
      if (isNew) this.#retries.set(peer, this.#newRetry(peer));
      // One that is only let in may have come already.
      if (isNew || (keep.has(peer) && !before.has(peer))) this.retry(peer);
    }
  }

  /** Tries at once; nothing happens before the start. */
  retry(peer: PeerId): void {
    if (this.#options.node.status === 'started') this.#retries.get(peer)?.now();
  }

  retryAll(): void {
    for (const peer of this.#retries.keys()) this.retry(peer);
  }

  /** Where a peer is found, in place of what was known. */
  learn(peer: PeerId, addresses: readonly Multiaddr[]): void {
    this.#addresses.set(peer, addresses);
    if (this.#kept.has(peer) && !this.#options.sessions.get(peer)) this.retry(peer);
  }

  sessionEnded({ peerId }: OpenSession): void {
    if (this.#kept.has(peerId)) this.#retries.get(peerId)?.later();
  }

  stop(): void {
    for (const retry of this.#retries.values()) retry.stop();
  }

  #newRetry(peer: PeerId): Retry {
    const { clock, random } = this.#options;
    return new Retry(clock, random, () => this.#reach(peer));
  }

  /** Connects if need be and, where that is for this node to do, opens a session. Resolves with whether that worked. */
  async #reach(peer: PeerId): Promise<boolean> {
    const { sessions, onRefused } = this.#options;
    if (sessions.get(peer)) return true;
    const isKept = this.#kept.has(peer);
    const connection = this.#connection(peer) ?? (isKept ? await this.#dial(peer) : undefined);
    if (!connection) return !isKept;
    if (isKept && (await join(connection)) === 'refused') {
      onRefused?.(peer);
      return false;
    }
    if (!sessions.opens(peer) || sessions.get(peer)) return true;
    return sessions.open(peer, connection);
  }

  #connection(peer: PeerId): Connection | undefined {
    return this.#options.node
      .getConnections(peerIdFromString(peer))
      .find(({ status }) => status === 'open');
  }

  async #dial(peer: PeerId): Promise<Connection | undefined> {
    const { node, addressesOf = () => [] } = this.#options;
    const id = peerIdFromString(peer);
    const stored = await node.peerStore.get(id).then(
      ({ addresses }) => addresses.map(({ multiaddr }) => multiaddr),
      () => [],
    );
    const addresses = [...(this.#addresses.get(peer) ?? []), ...addressesOf(peer), ...stored];
    if (addresses.length === 0) return undefined;
    try {
      return await node.dial(
        addresses.map((address) => naming(address, peer)),
        { signal: AbortSignal.timeout(DIAL_TIMEOUT_MS) },
      );
    } catch (error) {
      ignored(error);
      return undefined;
    }
  }

  #leave(peer: PeerId): void {
    const { node, sessions, keepsConnections } = this.#options;
    sessions.end(peer);
    if (!keepsConnections) void node.hangUp(peerIdFromString(peer)).catch(ignored);
  }
}
