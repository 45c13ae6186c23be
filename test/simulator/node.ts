import { toPeerId } from '../../main/mvds/ids.ts';
import { MvdsNode } from '../../main/mvds/node.ts';
import type { StoredMessage } from '../../main/mvds/ports.ts';
import type { GroupId, MessageId, PeerId } from '../../main/mvds/types.ts';
import { EPOCH_MS, type SimulationConfig } from './config.ts';
import { CrashingStore } from './crashing-store.ts';
import type { OpenDisk } from './disk.ts';
import type { SeededRandom } from './random.ts';
import type { Schedule } from './schedule.ts';

export type Transmit = (from: PeerId, to: PeerId, bytes: Uint8Array) => void;

/** One device: a real `MvdsNode`, its store that outlives crashes, and the application that counts deliveries. */
export class SimulatedNode {
  readonly id: PeerId;
  readonly neighbours = new Map<PeerId, ReadonlySet<GroupId>>();
  /** Ids in the order in which the application got them; it survives crashes, like the store. */
  readonly delivered: MessageId[] = [];
  /** Virtual time of each delivery, in milliseconds. */
  readonly deliveredAtMs = new Map<MessageId, number>();
  readonly violations: string[] = [];
  readonly tickMs: number;
  readonly stats = { payloads: 0, bytes: 0, messages: 0, crashes: 0, rejected: 0 };
  isOnline = true;
  isSlow = false;
  private readonly seen = new Set<MessageId>();
  private readonly connected = new Set<PeerId>();
  private current: MvdsNode | undefined;
  private disk: CrashingStore | undefined;
  private life = 0;
  private readonly config: SimulationConfig;
  private readonly random: SeededRandom;
  private readonly schedule: Schedule;
  private readonly transmit: Transmit;
  private readonly open: OpenDisk;

  constructor(
    name: string,
    config: SimulationConfig,
    random: SeededRandom,
    schedule: Schedule,
    transmit: Transmit,
    open: OpenDisk,
  ) {
    this.id = toPeerId(name);
    this.config = config;
    this.random = random;
    this.schedule = schedule;
    this.transmit = transmit;
    this.open = open;
    this.tickMs = EPOCH_MS * (1 + random.between(-config.skew, config.skew));
  }

  get mvds(): MvdsNode {
    if (this.current === undefined) throw new Error('the node was not started');
    return this.current;
  }

  /** What the node keeps; it survives crashes. */
  get storage(): CrashingStore {
    if (this.disk === undefined) throw new Error('the node was not started');
    return this.disk;
  }

  async start(): Promise<void> {
    this.disk ??= new CrashingStore(await this.open());
    this.life += 1;
    const { life } = this;
    const { backoff, relay } = this.config;
    this.current = await MvdsNode.open({
      store: this.storage.store,
      // A dying process draws nothing, or how far it still gets, which its store decides, would change all that follows.
      random: { next: () => (life === this.life ? this.random.next() : 0) },
      storeId: '0'.repeat(32),
      ...(backoff !== undefined && { backoff }),
      ...(relay !== undefined && { relay }),
      onDelivered: (messages) => messages.forEach((message) => this.take(message)),
      onRejected: () => (this.stats.rejected += 1),
      send: (to, bytes) => (life === this.life ? this.send(to, bytes) : undefined),
    });
    for (const [peerId, groups] of this.neighbours) {
      await this.mvds.setPeer(peerId, { groups, mode: this.config.mode });
    }
    for (const peerId of this.connected) await this.mvds.peerOnline(peerId);
    await this.mvds.settled();
  }

  async setConnected(peerId: PeerId, isConnected: boolean): Promise<void> {
    if (this.connected.has(peerId) === isConnected) return;
    if (isConnected) {
      this.connected.add(peerId);
      await this.mvds.peerOnline(peerId);
    } else {
      this.connected.delete(peerId);
      await this.mvds.peerOffline(peerId);
    }
    await this.mvds.settled();
  }

  async receive(from: PeerId, bytes: Uint8Array): Promise<void> {
    await this.mvds.receive(from, bytes);
    await this.mvds.settled();
  }

  /** Dies at the commit that `last` leads to, or afterwards when it leads to none, and comes back from its store. */
  async crash(
    moment: 'before-commit' | 'after-commit',
    last: () => Promise<unknown>,
  ): Promise<void> {
    this.stats.crashes += 1;
    // What a dying process still says is not heard.
    this.life += 1;
    const died = this.storage.dieAt(moment);
    await Promise.race([last(), died]);
    this.disk = await this.storage.recover();
    await this.catchUp();
    await this.start();
  }

  /** As an application does after a crash: what was committed as delivered and it never heard of, parents first. */
  private async catchUp(): Promise<void> {
    const stored = await this.storage.store.messages.arrivedAfter(0, Infinity);
    let missed = stored.filter(({ id, delivered }) => delivered && !this.seen.has(id));
    while (missed.length > 0) {
      const ready = missed.filter(({ metadata }) =>
        metadata.parents.every((it) => this.seen.has(it)),
      );
      if (ready.length === 0) {
        this.violations.push(`${this.id} holds ${missed.length} as delivered before their parents`);
        return;
      }
      for (const message of ready) this.take(message);
      missed = missed.filter(({ id }) => !this.seen.has(id));
    }
  }

  private take({ id, metadata }: StoredMessage): void {
    if (this.seen.has(id)) this.violations.push(`${this.id} delivered ${id} twice`);
    for (const parent of metadata.parents) {
      if (!this.seen.has(parent))
        this.violations.push(`${this.id} delivered ${id} before ${parent}`);
    }
    this.seen.add(id);
    this.delivered.push(id);
    this.deliveredAtMs.set(id, this.schedule.nowMs);
  }

  private send(to: PeerId, bytes: Uint8Array): void | Promise<void> {
    if (!this.connected.has(to)) this.violations.push(`${this.id} sent to ${to}, which is offline`);
    if (bytes.length === 0) this.violations.push(`${this.id} sent an empty payload`);
    this.stats.payloads += 1;
    this.stats.bytes += bytes.length;
    this.transmit(this.id, to, bytes);
    if (!this.isSlow) return;
    const { mvds } = this;
    return new Promise((resolve) => {
      this.schedule.after((bytes.length / this.config.slowBytesPerSecond) * 1000, async () => {
        resolve();
        // Lets the node hear of it before the next event.
        await Promise.resolve();
        // A process that died meanwhile never settles.
        if (mvds === this.current) await mvds.settled();
      });
    });
  }
}
