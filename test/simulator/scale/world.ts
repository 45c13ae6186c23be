import { toPeerId } from '../../../main/mvds/ids.ts';
import type { MessageId, PeerId } from '../../../main/mvds/types.ts';
import { MESH_LOOK_MS } from '../../../main/network/peers/constants.ts';
import { SeededRandom } from '../random.ts';
import { bodyOf } from './bodies.ts';
import { VirtualClock } from './clock.ts';
import { Convergence } from './convergence.ts';
import { Connections } from './network/connections.ts';
import { HEARTBEAT_MS } from './network/gossip.ts';
import { Loss } from './network/loss.ts';
import type { NodeParts, ScaleNode } from './node.ts';

/** Heartbeats of all nodes at once would be a rhythm that no network has. */
const PHASES = 10;
/** Connections that nothing goes over are looked for once a minute. */
const TICKS_PER_SWEEP = 60 * PHASES;

export interface WorldOptions {
  readonly nodes: number;
  readonly loss: number;
  readonly seed: number;
  makeNode(parts: NodeParts): ScaleNode;
}

/** Many nodes, the network between them, and who of them is up. */
export class World {
  readonly clock = new VirtualClock();
  readonly random: SeededRandom;
  readonly connections: Connections;
  readonly convergence: Convergence;
  readonly errors: unknown[] = [];
  readonly all: ScaleNode[] = [];
  readonly #options: WorldOptions;
  readonly #loss: Loss;
  readonly #upSince = new Map<PeerId, number>();
  /** Those that have left, with when they did. */
  readonly #away = new Map<ScaleNode, number>();
  #published = 0;
  #ticks = 0;

  constructor(options: WorldOptions) {
    this.#options = options;
    this.random = new SeededRandom(options.seed);
    this.#loss = new Loss(new SeededRandom(this.random.below(2 ** 32)), options.loss);
    this.connections = new Connections(this.clock, new SeededRandom(this.random.below(2 ** 32)));
    this.convergence = new Convergence(this.clock);
    for (let index = 0; index < options.nodes; index += 1) this.addNode();
    this.clock.schedule(HEARTBEAT_MS / PHASES, () => this.#tick());
  }

  get published(): number {
    return this.#published;
  }

  /** Those that are up, in the order in which they came up. */
  get up(): ScaleNode[] {
    return this.all.filter(({ peerId }) => this.#upSince.has(peerId));
  }

  get away(): ReadonlyMap<ScaleNode, number> {
    return this.#away;
  }

  /** Those that have been up for so long, milliseconds. */
  upFor(ms: number): ScaleNode[] {
    const before = this.clock.now() - ms;
    return this.all.filter(({ peerId }) => (this.#upSince.get(peerId) ?? Infinity) <= before);
  }

  addNode(): ScaleNode {
    const node = this.#options.makeNode({
      peerId: peerIdOf(this.all.length, this.random),
      seed: this.random.below(2 ** 32),
      connections: this.connections,
      loss: this.#loss,
      bootstrap: this.all[0]?.peerId ?? toPeerId('none'),
      everybody: () => this.all.map(({ peerId }) => peerId),
      onArrival: (arrival) => this.convergence.arrived(arrival),
      onError: (error) => this.errors.push(error),
    });
    this.all.push(node);
    const everybody = this.all.map(({ peerId }) => peerId);
    for (const other of this.all) if (this.#upSince.has(other.peerId)) other.setPeers(everybody);
    return node;
  }

  start(node: ScaleNode): void {
    this.#away.delete(node);
    this.#upSince.set(node.peerId, this.clock.now());
    node.start().catch((error: unknown) => this.errors.push(error));
  }

  leave(node: ScaleNode): void {
    this.#upSince.delete(node.peerId);
    this.#away.set(node, this.clock.now());
    this.convergence.left(node.peerId);
    node.kill(this.random.chance(0.5));
  }

  /** One message by a node that is up. `settledMs`: those that have been up for so long are to have it soon. */
  publish(node: ScaleNode, settledMs: number): void {
    this.#published += 1;
    const awaited = this.upFor(settledMs).map(({ peerId }) => peerId);
    this.convergence.publishing(node.peerId, awaited);
    node.publish(bodyOf(this.#published, this.random));
  }

  /** Half of those that there are cannot reach the others, until `heal`. */
  cut(): void {
    const island = this.all.map(({ peerId }) => peerId).filter(() => this.random.chance(0.5));
    this.connections.cut(new Set(island));
  }

  heal(): void {
    this.connections.cut(new Set());
    this.#loss.probability = this.#options.loss;
  }

  /** What the nodes that are up hold together. */
  union(): Set<MessageId> {
    const union = new Set<MessageId>();
    for (const { held } of this.up) for (const id of held) union.add(id);
    return union;
  }

  #tick(): void {
    const phase = this.#ticks % PHASES;
    const looks = (MESH_LOOK_MS / HEARTBEAT_MS) * PHASES;
    for (const [index, node] of this.all.entries()) {
      if (!this.#upSince.has(node.peerId)) continue;
      if (index % PHASES === phase) node.heartbeat();
      if (index % looks === this.#ticks % looks) node.look();
    }
    this.#ticks += 1;
    if (this.#ticks % TICKS_PER_SWEEP === 0) this.connections.endIdle();
    this.clock.schedule(HEARTBEAT_MS / PHASES, () => this.#tick());
  }
}

/** Two nodes compare by chance, as real ids do; the number keeps them apart. */
function peerIdOf(index: number, random: SeededRandom): PeerId {
  return toPeerId(
    `${random
      .below(36 ** 4)
      .toString(36)
      .padStart(4, '0')}-node-${index}`,
  );
}
