import type { MessageId } from '../../../main/mvds/types.ts';
import {
  AWAY_MIN_MS,
  CALMING_MS,
  FORMING_MS,
  HEALING_MAX_MS,
  HOUR,
  IDLE_MS,
  LOOK_MS,
  PARTITION_MS,
  PARTITIONS,
  SETTLED_MS,
  STARTS_PER_SECOND,
} from './limits.ts';
import { since, type Traffic } from './network/traffic.ts';
import type { ScaleNode } from './node.ts';
import type { World } from './world.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

export interface Workload {
  /** Messages published in the hour, at random nodes. */
  readonly messages: number;
  /** Percent of the nodes that leave in the hour, and are replaced. */
  readonly churn: number;
}

/** What was seen of a world in the life that `liveThrough` leads it. */
export interface Observed {
  /** What the hour of messages took, up to the union. */
  readonly active: Traffic;
  /** What the idle time took. */
  readonly idle: Traffic;
  readonly idleMs: number;
  /** Nodes that were up in the idle time. */
  readonly idleNodes: number;
  /** Messages with their bodies that came in and were new, in the hour. */
  readonly arrivals: number;
  /** Looked at once a minute: neighbours and connections of each node. */
  readonly neighbours: Sample;
  readonly connections: Sample;
  readonly partitions: readonly Partition[];
  readonly joined: number;
  readonly left: number;
  /** From the end of the hour until all that were up held the union; undefined: they never did. Milliseconds. */
  readonly unionMs: number | undefined;
  /** Messages that nodes lacked at the end of the run, node by node. */
  readonly lacking: number;
  /** Messages that only nodes had which had left for good. */
  readonly lostWithAuthors: number;
  readonly errors: readonly unknown[];
}

export interface Partition {
  readonly from: number;
  readonly to: number;
  /** From its end until all that were up held what any of them did; undefined where that was not before the next one. */
  readonly healedMs: number | undefined;
}

interface Sample {
  readonly mean: number;
  readonly max: number;
}

class Sampler {
  #sum = 0;
  #count = 0;
  #max = 0;

  add(value: number): void {
    this.#sum += value;
    this.#count += 1;
    this.#max = Math.max(this.#max, value);
  }

  get sample(): Sample {
    return { mean: this.#count === 0 ? 0 : this.#sum / this.#count, max: this.#max };
  }
}

/** All start, an hour of messages and faults, healing, and some idle time. */
export async function liveThrough(world: World, workload: Workload): Promise<Observed> {
  const life = new Life(world, workload);
  await life.form();
  return life.live();
}

class Life {
  readonly #world: World;
  readonly #workload: Workload;
  readonly #neighbours = new Sampler();
  readonly #connections = new Sampler();
  readonly #partitions: { from: number; to: number; healedMs: number | undefined }[] = [];
  #joined = 0;
  #left = 0;

  constructor(world: World, workload: Workload) {
    this.#world = world;
    this.#workload = workload;
  }

  async form(): Promise<void> {
    const { clock, all } = this.#world;
    for (const [index, node] of [...all].entries()) {
      clock.schedule((index * SECOND) / STARTS_PER_SECOND, () => this.#world.start(node));
    }
    await clock.pass((all.length * SECOND) / STARTS_PER_SECOND + FORMING_MS);
  }

  async live(): Promise<Observed> {
    const { connections, clock, convergence } = this.#world;
    const arrivedBefore = convergence.arrivals;
    connections.countAllBeats();
    const before = { ...connections.traffic };
    this.#plan();
    await clock.pass(HOUR);
    this.#world.heal();
    const unionMs = await this.#untilEqual();
    connections.countAllBeats();
    const after = { ...connections.traffic };
    const arrivals = convergence.arrivals - arrivedBefore;
    await clock.pass(CALMING_MS);
    connections.countAllBeats();
    const idleFrom = { ...connections.traffic };
    await clock.pass(IDLE_MS);
    connections.countAllBeats();
    const union = this.#world.union();
    const isStillEqual = this.#world.up.every(({ held }) => held.size === union.size);
    return {
      active: since(after, before),
      idle: since(connections.traffic, idleFrom),
      idleMs: IDLE_MS,
      idleNodes: this.#world.up.length,
      arrivals,
      neighbours: this.#neighbours.sample,
      connections: this.#connections.sample,
      partitions: this.#partitions,
      joined: this.#joined,
      left: this.#left,
      unionMs: isStillEqual ? unionMs : undefined,
      lacking: this.#world.up.reduce((sum, { held }) => sum + union.size - held.size, 0),
      lostWithAuthors: this.#world.published - union.size,
      errors: this.#world.errors,
    };
  }

  #plan(): void {
    const { random, clock } = this.#world;
    const { messages, churn } = this.#workload;
    for (let number = 0; number < messages; number += 1) {
      clock.schedule(random.between(0, HOUR), () => {
        this.#world.publish(random.pick(this.#world.up), SETTLED_MS);
      });
    }
    const changes = Math.round((this.#world.up.length * churn) / 100);
    for (let number = 0; number < changes; number += 1) {
      clock.schedule(random.between(0, HOUR), () => this.#replace());
    }
    for (let number = 0; number < PARTITIONS; number += 1) {
      const at = ((number + 0.5) / PARTITIONS) * HOUR - PARTITION_MS / 2;
      clock.schedule(at, () => this.#cut());
    }
    for (let at = MINUTE; at <= HOUR; at += MINUTE) clock.schedule(at, () => this.#sample());
  }

  /** One leaves, and one comes: back, or new. The one that all know first stays. */
  #replace(): void {
    const { random, clock, up, away } = this.#world;
    const [, ...others] = up;
    if (others.length === 0) return;
    const rested = [...away].filter(([, at]) => clock.now() - at >= AWAY_MIN_MS);
    const comesBack = rested.length > 0 && random.chance(0.5);
    const [returning] = comesBack ? random.pick(rested) : [];
    this.#world.leave(random.pick(others));
    this.#world.start(returning ?? this.#world.addNode());
    this.#left += 1;
    this.#joined += 1;
  }

  #cut(): void {
    const { clock } = this.#world;
    const partition = { from: clock.now(), to: clock.now() + PARTITION_MS, healedMs: undefined };
    this.#partitions.push(partition);
    this.#world.cut();
    clock.schedule(PARTITION_MS, () => {
      this.#world.heal();
      this.#watch(partition, this.#world.up, this.#world.union());
    });
  }

  #watch(
    partition: { readonly to: number; healedMs: number | undefined },
    nodes: readonly ScaleNode[],
    union: ReadonlySet<MessageId>,
  ): void {
    const up = new Set(this.#world.up);
    const lacking = nodes.filter(
      (node) => up.has(node) && [...union].some((id) => !node.held.has(id)),
    );
    const { clock } = this.#world;
    const elapsed = clock.now() - partition.to;
    if (lacking.length === 0) partition.healedMs = elapsed;
    else if (elapsed < HEALING_MAX_MS) {
      clock.schedule(LOOK_MS, () => this.#watch(partition, lacking, union));
    }
  }

  #sample(): void {
    for (const { peerId, neighbours } of this.#world.up) {
      this.#neighbours.add(neighbours);
      this.#connections.add(this.#world.connections.of(peerId).size);
    }
  }

  async #untilEqual(): Promise<number | undefined> {
    const union = this.#world.union();
    for (let elapsed = 0; elapsed <= HEALING_MAX_MS; elapsed += LOOK_MS) {
      if (this.#world.up.every(({ held }) => held.size === union.size)) return elapsed;
      await this.#world.clock.pass(LOOK_MS);
    }
    return undefined;
  }
}
