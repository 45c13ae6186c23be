import type { Libp2p, ServiceMap } from '@libp2p/interface';
import type { Clock, Random } from '../../helpers/clock.ts';
import type { SigningKeys } from '../../identity/keys.ts';
import type { PeerId } from '../../mvds/types.ts';
import type { Session, Transport } from '../../sync/ports.ts';
import { BEAT_TURN_MS } from '../constants.ts';
import { Heartbeats } from '../heartbeat.ts';
import { toListenError } from '../listen.ts';
import type { NodeMetrics } from '../node-metrics.ts';
import { Sessions } from '../sessions.ts';
import { PEER_SILENCE_MS } from './constants.ts';
import { serveJoin } from './join.ts';
import { addressesByPeer } from './peer-address.ts';
import type { PeerAddress } from './peer-address.ts';
import { PeerGate } from './peer-gate.ts';
import { PeerLinks } from './peer-links.ts';
import { createPeerNode } from './peer-node.ts';
import type { PeerNodeOptions } from './peer-node.ts';

export interface PeerNetworkOptions<T extends ServiceMap> {
  readonly keys: SigningKeys;
  /** Multiaddrs to listen on. */
  readonly listen: readonly string[];
  readonly clock: Clock;
  readonly random: Random;
  /** Says whether a peer that asks for it becomes a member. Default: only those that are named may connect. */
  readonly admit?: (peer: PeerId) => boolean;
  /** Whether a connection outlives its session. Default: it does not. */
  readonly keepsConnections?: boolean;
  /** Told what libp2p does. Default: nobody is. */
  readonly nodeMetrics?: NodeMetrics | undefined;
  readonly services?: PeerNodeOptions<T>['services'];
  /** Gets the PeerId of each that wanted to connect and may not. */
  readonly onTurnedAway?: (peer: string) => void;
  /** Where else a peer is found, beside `learnAddresses` and what it has said of itself. */
  readonly addressesOf?: (peer: PeerId) => readonly PeerAddress['address'][];
  /** The session with a peer has ended, whatever becomes of the connection. */
  readonly onSessionEnded?: (peer: PeerId) => void;
  /** A peer has no room for this node. */
  readonly onRefused?: (peer: PeerId) => void;
}

/** Sessions with peers that are found by their addresses: the `Transport` of a node that is no person's device. */
export class PeerNetwork<T extends ServiceMap = ServiceMap> implements Transport {
  readonly node: Libp2p<T>;
  readonly #options: PeerNetworkOptions<T>;
  readonly #gate: PeerGate;
  readonly #heartbeats: Heartbeats;
  readonly #sessions: Sessions;
  readonly #links: PeerLinks;

  private constructor(node: Libp2p<T>, gate: PeerGate, options: PeerNetworkOptions<T>) {
    const { keys, clock, random, keepsConnections = false, onRefused } = options;
    this.node = node;
    this.#options = options;
    this.#gate = gate;
    this.#heartbeats = new Heartbeats(clock, PEER_SILENCE_MS);
    this.#sessions = new Sessions(node, gate, keys.peerId, this.#heartbeats, (session) => {
      this.#links.sessionEnded(session);
      options.onSessionEnded?.(session.peerId);
    });
    this.#links = new PeerLinks({
      ...{ node, sessions: this.#sessions, clock, random, keepsConnections },
      ...(options.addressesOf && { addressesOf: options.addressesOf }),
      ...(onRefused && { onRefused }),
    });
  }

  /** Not connected to anything until `start`. */
  static async create<T extends ServiceMap = ServiceMap>(
    options: PeerNetworkOptions<T>,
  ): Promise<PeerNetwork<T>> {
    const { keys, listen, admit, nodeMetrics, services } = options;
    const gate = new PeerGate(admit !== undefined, options.onTurnedAway);
    const node = await createPeerNode<T>({
      ...{ seed: keys.seed, listen, gate, nodeMetrics },
      ...(services && { services }),
    });
    return new PeerNetwork(node, gate, options);
  }

  /** Rejects with `ListenError`. */
  async start(): Promise<void> {
    const { admit } = this.#options;
    const isMember = (peer: string): boolean => this.#gate.isMember(peer);
    await this.#heartbeats.serve(this.node, isMember, PEER_SILENCE_MS + BEAT_TURN_MS);
    await this.#sessions.start();
    if (admit) {
      await serveJoin(
        this.node,
        this.#gate,
        (peer) => admit(peer as PeerId),
        (peer) => this.#links.retry(peer as PeerId),
      );
    }
    try {
      await this.node.start();
    } catch (error) {
      throw toListenError(error);
    }
    this.#links.retryAll();
  }

  async stop(): Promise<void> {
    this.#links.stop();
    await this.node.stop();
  }

  want(keep: ReadonlySet<PeerId>, accept: ReadonlySet<PeerId>): void {
    this.#gate.setMembers(new Set([...keep, ...accept]));
    this.#links.want(keep, accept);
  }

  retry(peerId: PeerId): void {
    this.#links.retry(peerId);
  }

  onSession(listener: (session: Session) => void): void {
    this.#sessions.onSession(listener);
  }

  /** Where peers are found, in place of what was known of each. */
  learnAddresses(peers: readonly PeerAddress[]): void {
    for (const [peer, addresses] of addressesByPeer(peers)) this.#links.learn(peer, addresses);
  }

  /** `listener` gets each peer with which there is a connection now, and was none before. */
  onConnected(listener: (peer: PeerId) => void): void {
    this.node.addEventListener('peer:connect', ({ detail }) => {
      listener(detail.toString() as PeerId);
    });
  }

  /** `listener` gets each peer whose last connection has ended. */
  onGone(listener: (peer: PeerId) => void): void {
    this.node.addEventListener('peer:disconnect', ({ detail }) => {
      listener(detail.toString() as PeerId);
    });
  }

  /** Open connections, those that are about to be judged included. */
  get connections(): number {
    return this.node.getConnections().length;
  }

  /** Whether sessions with a peer are wanted, or it is let in for one. */
  isMember(peer: PeerId): boolean {
    return this.#gate.isMember(peer);
  }

  /** Where this node can be called, as text, each with its PeerId. */
  addresses(): string[] {
    return this.node.getMultiaddrs().map((address) => address.toString());
  }

  /** The same in binary form. */
  binaryAddresses(): Uint8Array[] {
    return this.node.getMultiaddrs().map(({ bytes }) => bytes);
  }

  /** Milliseconds; undefined while it is not known. */
  roundTrip(peerId: PeerId): number | undefined {
    return this.#sessions.roundTrip(peerId);
  }
}
