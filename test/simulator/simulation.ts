import { createHash } from 'node:crypto';
import { fromHex } from '../../main/helpers/bytes.ts';
import { toGroupId, toPeerId } from '../../main/mvds/ids.ts';
import type { GroupId, MessageId, PeerId } from '../../main/mvds/types.ts';
import { openDisk, type OpenDisk } from './disk.ts';
import { edgesOf, EPOCH_MS, type SimulationConfig } from './config.ts';
import { hostilePayload } from './hostile.ts';
import { SimulatedNode } from './node.ts';
import { SeededRandom } from './random.ts';
import { makeReport, type Report } from './report.ts';
import { Schedule } from './schedule.ts';

const GROUP = toGroupId(fromHex('67'.repeat(32)));
const OUTSIDE: ReadonlySet<GroupId> = new Set([toGroupId(fromHex('68'.repeat(32)))]);
const HOSTILE = toPeerId('hostile');
/** Payloads that the hostile peer keeps to replay. */
const OVERHEARD = 50;
/** Epochs between two hostile payloads. */
const HOSTILE_EPOCHS = 3;

export interface Written {
  readonly id: MessageId;
  readonly atMs: number;
}

/** Any number of real nodes on a virtual clock and a bad network. Equal configurations give equal traces. */
export class Simulation {
  readonly nodes: SimulatedNode[];
  readonly edges: readonly (readonly [SimulatedNode, SimulatedNode])[];
  readonly written: Written[] = [];
  readonly problems: string[] = [];
  /** The epoch at which each node first had everything, once all was written. */
  readonly completeAt = new Map<PeerId, number>();
  /** Payloads between honest nodes. */
  payloads = 0;
  private readonly config: SimulationConfig;
  private readonly random: SeededRandom;
  private readonly schedule = new Schedule();
  private readonly byId: ReadonlyMap<PeerId, SimulatedNode>;
  private readonly trace = createHash('sha256');
  private readonly overheard: Uint8Array[] = [];
  /** While the network is cut in two: the nodes of one side. */
  private island: ReadonlySet<SimulatedNode> = new Set();
  private isHealed = false;
  private epoch = 0;

  constructor(config: SimulationConfig, open: OpenDisk = openDisk.memory) {
    this.config = config;
    this.random = new SeededRandom(config.seed);
    const transmit = (from: PeerId, to: PeerId, bytes: Uint8Array): void =>
      this.transmit(from, to, bytes);
    this.nodes = Array.from(
      { length: config.nodes },
      (_, index) =>
        new SimulatedNode(`n${index}`, config, this.random, this.schedule, transmit, open),
    );
    this.byId = new Map(this.nodes.map((node) => [node.id, node]));
    this.edges = edgesOf(config, this.random).flatMap(([a, b]) => {
      const [first, second] = [this.nodes[a], this.nodes[b]];
      return first === undefined || second === undefined ? [] : [[first, second] as const];
    });
    for (const [a, b] of this.edges) {
      a.neighbours.set(b.id, new Set([GROUP]));
      b.neighbours.set(a.id, new Set([GROUP]));
    }
    for (const node of this.nodes.slice(0, config.slowNodes)) node.isSlow = true;
  }

  /** Runs until every node holds everything and nothing is left to be said, at most `maxEpochs`. */
  async run(maxEpochs: number): Promise<Report> {
    await this.prepare();
    for (this.epoch = 0; this.epoch < maxEpochs; this.epoch += 1) {
      if (this.epoch === this.config.healEpoch) await this.heal();
      await this.schedule.runUntil(this.epoch * EPOCH_MS);
      if (await this.isConverged()) break;
    }
    return makeReport(this, this.config, this.epoch, this.trace.copy().digest('hex'));
  }

  /** How many payloads honest nodes send each other in the next `epochs`. */
  async payloadsDuring(epochs: number): Promise<number> {
    const before = this.payloads;
    await this.schedule.runUntil(this.schedule.nowMs + epochs * EPOCH_MS);
    return this.payloads - before;
  }

  /** Lets go of what the nodes keep on disk. */
  async close(): Promise<void> {
    for (const node of this.nodes) await node.storage.close();
  }

  private async prepare(): Promise<void> {
    const { config, random, schedule } = this;
    if (config.hostile) {
      for (const node of this.nodes) node.neighbours.set(HOSTILE, OUTSIDE);
      this.scheduleHostility();
    }
    for (const node of this.nodes) {
      await node.start();
      if (config.hostile) await node.setConnected(HOSTILE, true);
      this.scheduleTick(node, random.between(0, node.tickMs));
      this.scheduleSlot(node, 0);
    }
    for (let count = 0; count < config.messages; count += 1) this.scheduleWrite(count);
    const faultMs = (config.healEpoch ?? config.writeEpochs) * EPOCH_MS;
    for (let count = 0; count < config.crashes; count += 1) {
      const node = random.pick(this.nodes);
      schedule.at(random.between(0, faultMs), () =>
        this.isHealed ? Promise.resolve() : node.crash('before-commit', async () => undefined),
      );
    }
    for (let count = 0; count < config.partitions; count += 1) {
      schedule.at(random.between(0, faultMs), () =>
        this.setIsland(random.below(this.nodes.length)),
      );
      schedule.at(random.between(0, faultMs), () => this.setIsland(0));
    }
    await this.updateLinks();
  }

  private scheduleWrite(count: number): void {
    const { bodyBytes, causal, writeEpochs } = this.config;
    const node = this.random.pick(this.nodes);
    const atMs = this.random.between(0, writeEpochs * EPOCH_MS);
    const body = new Uint8Array(Math.max(4, bodyBytes));
    new DataView(body.buffer).setUint32(0, count);
    this.schedule.at(atMs, async () => {
      const timestamp = BigInt(Math.round(this.schedule.nowMs));
      const message = await node.mvds.append({ groupId: GROUP, timestamp, body, causal });
      this.written.push({ id: message.id, atMs });
      this.log(`write ${node.id} ${message.id}`);
      await node.mvds.settled();
    });
  }

  private scheduleTick(node: SimulatedNode, atMs: number): void {
    this.schedule.at(atMs, async () => {
      await node.mvds.tick();
      await node.mvds.settled();
      this.scheduleTick(node, atMs + node.tickMs);
    });
  }

  /** Draws for each slot anew whether the node is online in it. */
  private scheduleSlot(node: SimulatedNode, atMs: number): void {
    const { online, slotEpochs } = this.config;
    if (online >= 1) return;
    this.schedule.at(atMs, async () => {
      if (this.isHealed) return;
      node.isOnline = this.random.chance(online);
      await this.updateLinks();
      this.scheduleSlot(node, atMs + slotEpochs * EPOCH_MS);
    });
  }

  private scheduleHostility(): void {
    this.schedule.after(HOSTILE_EPOCHS * EPOCH_MS, async () => {
      if (this.isHealed) return;
      const bytes = hostilePayload(this.random, GROUP, this.overheard);
      await this.random.pick(this.nodes).receive(HOSTILE, bytes);
      this.scheduleHostility();
    });
  }

  private transmit(from: PeerId, to: PeerId, bytes: Uint8Array): void {
    const { random, config } = this;
    if (to === HOSTILE) return;
    this.payloads += 1;
    this.log(`send ${from} ${to} ${bytes.length}`);
    if (this.overheard.length < OVERHEARD) this.overheard.push(bytes);
    const isLost = !this.isHealed && random.chance(config.loss);
    const copies = !this.isHealed && random.chance(config.duplication) ? 2 : 1;
    for (let copy = 0; copy < copies && !isLost; copy += 1) {
      const [min, max] = config.latencyMs;
      this.schedule.after(random.between(min, max), () => this.arrive(from, to, bytes));
    }
  }

  private async arrive(from: PeerId, to: PeerId, bytes: Uint8Array): Promise<void> {
    const sender = this.byId.get(from);
    const node = this.byId.get(to);
    if (sender === undefined || node === undefined || !this.isLinked(sender, node)) return;
    this.log(`arrive ${from} ${to} ${bytes.length}`);
    const { crashes, messages } = this.config;
    const crashesNow = !this.isHealed && this.random.chance(crashes / (messages * 20 + 1));
    if (!crashesNow) {
      await node.receive(from, bytes);
      return;
    }
    const moment = this.random.chance(0.5) ? 'before-commit' : 'after-commit';
    this.log(`crash ${node.id} ${moment}`);
    await node.crash(moment, () => node.mvds.receive(from, bytes));
  }

  private isLinked(a: SimulatedNode, b: SimulatedNode): boolean {
    return a.isOnline && b.isOnline && this.island.has(a) === this.island.has(b);
  }

  private async setIsland(size: number): Promise<void> {
    this.island = new Set(this.isHealed ? [] : this.nodes.slice(0, size));
    await this.updateLinks();
  }

  private async updateLinks(): Promise<void> {
    for (const [a, b] of this.edges) {
      const isUp = this.config.presence === 'blind' || this.isLinked(a, b);
      await a.setConnected(b.id, isUp);
      await b.setConnected(a.id, isUp);
    }
  }

  private async heal(): Promise<void> {
    this.isHealed = true;
    this.island = new Set();
    for (const node of this.nodes) {
      node.isOnline = true;
      await node.setConnected(HOSTILE, false);
      if (this.config.hostile) await node.mvds.removePeer(HOSTILE);
    }
    await this.updateLinks();
  }

  private async isConverged(): Promise<boolean> {
    if (this.written.length < this.config.messages) return false;
    let isQuiet = true;
    for (const node of this.nodes) {
      if (node.delivered.length < this.written.length) isQuiet = false;
      else if (!this.completeAt.has(node.id)) this.completeAt.set(node.id, this.epoch);
    }
    if (!isQuiet) return false;
    for (const node of this.nodes) {
      for (const peerId of node.neighbours.keys()) {
        if (peerId === HOSTILE) continue;
        const { offers, requests, messages } = await node.mvds.counts(peerId);
        if (offers + requests + messages > 0) return false;
      }
    }
    return true;
  }

  private log(line: string): void {
    this.trace.update(`${this.schedule.nowMs.toFixed(3)} ${line}\n`);
  }
}
