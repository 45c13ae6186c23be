import { messageIdOf } from '../../../../main/mvds/ids.ts';
import type { MessageId, PeerId } from '../../../../main/mvds/types.ts';
import { SeededRandom } from '../../random.ts';
import { clockOfLife } from '../clock.ts';
import { FRAME_OVERHEAD_BYTES } from '../limits.ts';
import type { Host } from '../network/connections.ts';
import { Discovery } from '../network/discovery.ts';
import { GossipTopic } from '../network/gossip.ts';
import type { NodeParts, ScaleNode } from '../node.ts';
import { GROUP } from '../reunion/store-node.ts';
import {
  ENVELOPE_BYTES,
  JITTER_MS,
  RANGE_MS,
  RELAY_CONNECTIONS,
  RELAY_DEGREES,
  RESUME_AFTER_MS,
  RESUME_MAX_MS,
  STORE_REQUEST_BYTES,
  SYNC_MS,
  SYNC_SESSION_BYTES,
} from './constants.ts';
import { MessageLog, reconcileWindow, type LoggedMessage } from './message-log.ts';

interface WakuHost extends Host {
  readonly discovery: Discovery;
  readonly gossip: GossipTopic;
  readonly node: WakuNode;
}

/**
 * A store node of Waku, as its specifications describe it: a relay that each message goes through once, live; a sync with a random
 * node every five minutes, of the last hour; and, with `resumes`, one query at the start for the time that it was away.
 */
export class WakuNode implements ScaleNode {
  readonly peerId: PeerId;
  readonly #parts: NodeParts;
  readonly #resumes: boolean;
  readonly #log = new MessageLog();
  readonly #random: SeededRandom;
  #life = 0;
  #lastUpAt = 0;
  #host: WakuHost | undefined;

  constructor(parts: NodeParts, resumes: boolean) {
    this.peerId = parts.peerId;
    this.#parts = parts;
    this.#resumes = resumes;
    this.#random = new SeededRandom(parts.seed);
  }

  get held(): ReadonlySet<MessageId> {
    return this.#log.ids;
  }

  get neighbours(): number {
    return this.#host?.gossip.mesh.size ?? 0;
  }

  async start(): Promise<void> {
    this.#life += 1;
    const life = this.#life;
    const { connections, bootstrap } = this.#parts;
    const clock = clockOfLife(connections.clock, () => this.#life === life);
    const [self, random] = [this.peerId, this.#random];
    const host: WakuHost = {
      peerId: self,
      node: this,
      onConnected: (peer, isDialler) => {
        discovery.connected(peer);
        gossip.connected(peer, isDialler);
      },
      onDisconnected: (peer) => gossip.disconnected(peer),
      get discovery() {
        return discovery;
      },
      get gossip() {
        return gossip;
      },
    };
    const degree = RELAY_CONNECTIONS;
    const isNeeded = (peer: PeerId): boolean => gossip.mesh.has(peer);
    const discovery = new Discovery({ host, connections, random, degree, bootstrap, isNeeded });
    const known = (): readonly PeerId[] => discovery.known.all();
    const degrees = RELAY_DEGREES;
    const gossip = new GossipTopic({ self, degrees, connections, random, known });
    this.#host = host;
    connections.attach(host);
    const everyFiveMinutes = (): void => {
      void this.#sync();
      clock.schedule(SYNC_MS, everyFiveMinutes);
    };
    // Nodes that were started together do not sync together.
    clock.schedule(random.between(0, SYNC_MS), everyFiveMinutes);
    if (this.#resumes) clock.schedule(RESUME_AFTER_MS, () => void this.#resume());
  }

  kill(isNoticed: boolean): void {
    this.#life += 1;
    this.#host = undefined;
    this.#lastUpAt = this.#parts.connections.clock.now();
    this.#parts.connections.detach(this.peerId, isNoticed);
  }

  publish(body: Uint8Array): void {
    const timestamp = this.#parts.connections.clock.now();
    const id = messageIdOf(GROUP, BigInt(timestamp), body);
    this.#take({ id, timestamp, bytes: body.byteLength }, undefined);
  }

  heartbeat(): void {
    this.#host?.gossip.heartbeat();
  }

  look(): void {
    this.#host?.discovery.look();
  }

  setPeers(): void {
    // It finds them by itself.
  }

  /** A message from the relay goes on to all of the mesh; one that a sync or a query brought does not. */
  #take(message: LoggedMessage, from: PeerId | undefined): void {
    if (!this.#keep(message, from)) return;
    const { connections, loss } = this.#parts;
    for (const peer of this.#host?.gossip.mesh ?? []) {
      if (peer === from) continue;
      connections.traffic.bodies += 1;
      connections.traffic.payloads += 1;
      connections.traffic.sync += message.bytes + ENVELOPE_BYTES;
      if (this.#random.chance(loss.probability)) continue;
      const take = (): void => {
        const node = nodeAt(connections.host(peer));
        if (node) node.#take(message, this.peerId);
      };
      connections.say(this.peerId, peer, take, 0);
    }
  }

  #keep(message: LoggedMessage, from: PeerId | undefined): boolean {
    if (!this.#log.add(message)) return false;
    this.#parts.onArrival({ id: message.id, at: this.peerId, from });
    return true;
  }

  async #sync(): Promise<void> {
    const { connections } = this.#parts;
    const { traffic, clock } = connections;
    const met = await this.#meet();
    if (!met) return;
    const to = clock.now() - JITTER_MS;
    const { have, need, frames } = reconcileWindow(this.#log, met.node.#log, to - RANGE_MS, to);
    traffic.connecting += SYNC_SESSION_BYTES;
    traffic.payloads += frames.length;
    traffic.reconciliations += frames.length;
    for (const frame of frames) traffic.sync += frame.byteLength + FRAME_OVERHEAD_BYTES;
    await connections.delay((frames.length + 2) * met.latencyMs);
    this.#give(have, met.node);
    met.node.#give(need, this);
  }

  async #resume(): Promise<void> {
    const { connections } = this.#parts;
    const met = await this.#meet();
    if (!met) return;
    const now = connections.clock.now();
    const from = Math.max(this.#lastUpAt, now - RESUME_MAX_MS);
    connections.traffic.connecting += STORE_REQUEST_BYTES;
    await connections.delay(4 * met.latencyMs);
    const messages = met.node.#log.between(from, now);
    met.node.#give(
      messages.map(({ id }) => id),
      this,
    );
  }

  /** A random node, with a connection to it; undefined where there is none, or it cannot be reached. */
  async #meet(): Promise<{ readonly node: WakuNode; readonly latencyMs: number } | undefined> {
    const host = this.#host;
    const [peer] = host?.discovery.known.sample(1, () => true) ?? [];
    if (!host || peer === undefined) return undefined;
    const connection = await this.#parts.connections.dial(host, peer);
    const node = nodeAt(this.#parts.connections.host(peer));
    if (!connection || !node || this.#host !== host) return undefined;
    return { node, latencyMs: connection.latencyMs };
  }

  #give(ids: readonly MessageId[], node: WakuNode): void {
    if (!this.#host || !node.#host) return;
    const { traffic } = this.#parts.connections;
    for (const message of this.#log.read(ids)) {
      traffic.bodies += 1;
      traffic.sync += message.bytes + ENVELOPE_BYTES;
      node.#keep(message, this.peerId);
    }
  }
}

function nodeAt(host: Host | undefined): WakuNode | undefined {
  return (host as WakuHost | undefined)?.node;
}
