import { createHash } from 'node:crypto';
import { fromHex, utf8 } from '../../../main/helpers/bytes.ts';
import { toGroupId, toPeerId } from '../../../main/mvds/ids.ts';
import type { PeerId } from '../../../main/mvds/types.ts';
import type { PeerSyncState } from '../../../main/sync/status.ts';
import { SeededRandom } from '../random.ts';
import { Schedule } from '../schedule.ts';
import type { WorldConfig } from './config.ts';
import { SimulatedDevice } from './device.ts';
import { SimulatedNetwork } from './network.ts';
import { Oracle } from './oracle.ts';
import { WorldClock, type After } from './world-clock.ts';

const GROUP = toGroupId(fromHex('67'.repeat(32)));
/** A crash that waits for a commit that does not come happens anyway after this. */
const CRASH_PATIENCE_MS = 5_000;
/** Lies told of one world; more of them say no more. */
const PROBLEMS_MAX = 10;

/** What came about in a world, to see that many worlds together saw everything. */
export interface WorldStats {
  readonly statesSeen: ReadonlySet<PeerSyncState['kind']>;
  /** The states that a device was in, towards any other, when it crashed. */
  readonly statesCrashedIn: ReadonlySet<PeerSyncState['kind']>;
  readonly activity: ReadonlySet<string>;
  readonly steps: number;
}

/** Several devices, the network between them, and everything that befalls them, in the order of a virtual clock. */
export class World {
  readonly devices: SimulatedDevice[] = [];
  readonly removed = new Set<PeerId>();
  readonly problems: string[] = [];
  readonly random: SeededRandom;
  readonly network: SimulatedNetwork;
  readonly config: WorldConfig;
  isHealed = false;
  private readonly schedule = new Schedule();
  private readonly byId = new Map<PeerId, SimulatedDevice>();
  private readonly oracle = new Oracle((peerId) => this.byId.get(peerId));
  private readonly trace = createHash('sha256');
  private readonly statesSeen = new Set<PeerSyncState['kind']>();
  private readonly statesCrashedIn = new Set<PeerSyncState['kind']>();
  /** Devices that cannot be reached at all, and those on one side of a cut. */
  private readonly absent = new Set<PeerId>();
  private island = new Set<PeerId>();
  private readonly doomed = new Map<SimulatedDevice, { kind: string; awayMs: number }>();
  private written = 0;
  private steps = 0;

  constructor(config: WorldConfig) {
    this.config = config;
    this.random = new SeededRandom(config.seed);
    const after: After = (delayMs, run, touched) => this.after(delayMs, run, touched);
    this.network = new SimulatedNetwork({
      random: this.random,
      after,
      now: () => this.schedule.nowMs,
      canReach: (a, b) => this.canReach(a, b),
      onFrame: (from, to, frame) => this.log(`${from} ${to} ${frame.byteLength}`),
      heldBy: (peerId) => this.byId.get(peerId)?.delivered.size ?? 0,
    });
    for (let index = 0; index < config.devices; index += 1) {
      const peerId = toPeerId(`device-${index}`);
      const clock = new WorldClock(this.schedule, after, peerId, config.clockOffsetsMs[index] ?? 0);
      const device = new SimulatedDevice(peerId, clock, this.network, config.seed + index);
      this.devices.push(device);
      this.byId.set(peerId, device);
    }
  }

  get nowMs(): number {
    return this.schedule.nowMs;
  }

  get members(): readonly SimulatedDevice[] {
    return this.devices.filter(({ peerId }) => !this.removed.has(peerId));
  }

  get stats(): WorldStats {
    const kinds = this.devices.flatMap(({ activity }) => activity.map(({ kind }) => kind));
    const { statesSeen, statesCrashedIn, steps } = this;
    return { statesSeen, statesCrashedIn, activity: new Set(kinds), steps };
  }

  get traceDigest(): string {
    return this.trace.copy().digest('hex');
  }

  async start(): Promise<void> {
    for (const device of this.devices) {
      const others = this.devices.filter((other) => other !== device);
      await device.create();
      device.setMembers(others.map(({ peerId }) => [peerId, new Set([GROUP])] as const));
      await device.start();
    }
    await this.settle();
  }

  runUntil(timeMs: number): Promise<void> {
    return this.schedule.runUntil(timeMs);
  }

  /** Runs something later, lets everything that follows from it happen, and then asks the oracle. */
  later(delayMs: number, run: () => void): void {
    this.after(delayMs, () => {
      run();
      return true;
    });
  }

  write(device: SimulatedDevice): void {
    if (!device.orchestrator) return;
    this.written += 1;
    const body = utf8(`${this.written} ${'x'.repeat(this.random.below(this.config.bodyBytes))}`);
    const timestamp = BigInt(Math.round(device.clock.now()));
    device.orchestrator.append(GROUP, timestamp, body).catch((error: unknown) => {
      this.problem(`${device.peerId} could not write: ${String(error)}`);
    });
  }

  /** Dies at once, or in the middle of its next commit, and comes back after `awayMs`. */
  crash(
    device: SimulatedDevice,
    moment: 'now' | 'before-commit' | 'after-commit',
    awayMs: number,
  ): void {
    if (!device.isRunning) return;
    const { orchestrator } = device;
    const die = (): void => {
      if (device.orchestrator !== orchestrator) return;
      for (const { state } of orchestrator?.peers() ?? []) this.statesCrashedIn.add(state.kind);
      this.log(`crash ${device.peerId} ${moment}`);
      device.kill();
      this.later(awayMs, () => {
        device.restart().catch((error: unknown) => this.problem(String(error)));
      });
    };
    if (moment === 'now') {
      die();
      return;
    }
    void device.storage.dieAt(moment).then(die);
    this.later(CRASH_PATIENCE_MS, die);
  }

  /** Dies as soon as it is in this state towards any other. */
  crashIn(device: SimulatedDevice, kind: PeerSyncState['kind'], awayMs: number): void {
    this.doomed.set(device, { kind, awayMs });
  }

  setAbsent(device: SimulatedDevice, isAbsent: boolean): void {
    if (isAbsent) this.absent.add(device.peerId);
    else this.absent.delete(device.peerId);
    this.network.linksChanged();
  }

  setIsland(devices: readonly SimulatedDevice[]): void {
    this.island = new Set(devices.map(({ peerId }) => peerId));
    this.network.linksChanged();
  }

  /** The others drop it, each when it hears of it; it is not asked. */
  remove(device: SimulatedDevice): void {
    this.removed.add(device.peerId);
    for (const other of this.members) {
      this.later(this.random.between(0, 2_000), () => {
        other.setMembers([...other.members].filter(([peerId]) => peerId !== device.peerId));
      });
    }
  }

  log(line: string): void {
    this.trace.update(`${this.schedule.nowMs.toFixed(3)} ${line}\n`);
  }

  private after(delayMs: number, run: () => boolean, touched?: readonly PeerId[]): void {
    this.schedule.after(delayMs, async () => {
      if (run()) await this.settle(touched);
    });
  }

  private canReach(a: PeerId, b: PeerId): boolean {
    if (this.absent.has(a) || this.absent.has(b)) return false;
    return this.island.has(a) === this.island.has(b);
  }

  private async settle(touched?: readonly PeerId[]): Promise<void> {
    this.steps += 1;
    // Nothing in this world waits for more than promises: when it is the turn of the event loop, all is done.
    await new Promise((resolve) => setImmediate(resolve));
    for (const device of this.devices) {
      if (touched && !touched.includes(device.peerId)) continue;
      const statuses = device.orchestrator?.peers() ?? [];
      for (const { state } of statuses) this.statesSeen.add(state.kind);
      const doom = this.doomed.get(device);
      if (doom && !this.isHealed && statuses.some(({ state }) => state.kind === doom.kind)) {
        this.doomed.delete(device);
        this.later(0, () => this.crash(device, 'now', doom.awayMs));
      }
      if (this.removed.has(device.peerId)) continue;
      for (const lie of await this.oracle.liesOf(device, statuses)) this.problem(lie);
    }
  }

  private problem(text: string): void {
    if (this.problems.length >= PROBLEMS_MAX) return;
    this.problems.push(`at ${(this.nowMs / 1_000).toFixed(3)} s: ${text}`);
  }
}
