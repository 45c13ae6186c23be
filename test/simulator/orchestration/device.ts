import type { StoredMessage } from '../../../main/mvds/ports.ts';
import type { GroupId, MessageId, PeerId } from '../../../main/mvds/types.ts';
import { Orchestrator } from '../../../main/sync/orchestrator.ts';
import type { Interval, PeerHistory, PeerSettings } from '../../../main/sync/peer-state.ts';
import type { ActivityEntry, PeerGroup, Session } from '../../../main/sync/ports.ts';
import type { PeerSyncStatus } from '../../../main/sync/status.ts';
import { CrashingStore } from '../crashing-store.ts';
import { openDisk } from '../disk.ts';
import { SeededRandom } from '../random.ts';
import type { SimulatedNetwork } from './network.ts';
import { WireEnd } from './wire.ts';
import type { WorldClock } from './world-clock.ts';

/** Layer 3 of one device: whoever the world says. It survives crashes. */
class WorldGroup implements PeerGroup {
  members = new Map<PeerId, ReadonlySet<GroupId>>();
  listener: () => void = () => undefined;

  onChange(listener: () => void): void {
    this.listener = listener;
  }
}

/** A device: a real orchestrator over a simulated network, and everything of it that outlives a crash. */
export class SimulatedDevice {
  readonly peerId: PeerId;
  readonly clock: WorldClock;
  readonly errors: unknown[] = [];
  readonly activity: ActivityEntry[] = [];
  /** Ids in the order in which the application got them. */
  readonly delivered = new Set<MessageId>();
  readonly problems: string[] = [];
  /** The latest channel to each peer. */
  readonly ends = new Map<PeerId, WireEnd>();
  readonly settings = new Map<PeerId, PeerSettings>();
  orchestrator: Orchestrator | undefined;
  storage!: CrashingStore;
  private history = new Map<PeerId, PeerHistory>();
  private readonly group = new WorldGroup();
  private readonly network: SimulatedNetwork;
  private readonly random: SeededRandom;
  private life = 0;

  constructor(peerId: PeerId, clock: WorldClock, network: SimulatedNetwork, seed: number) {
    this.peerId = peerId;
    this.clock = clock;
    this.network = network;
    this.random = new SeededRandom(seed);
  }

  get isRunning(): boolean {
    return this.orchestrator !== undefined;
  }

  get members(): ReadonlyMap<PeerId, ReadonlySet<GroupId>> {
    return this.group.members;
  }

  setMembers(members: Iterable<readonly [PeerId, ReadonlySet<GroupId>]>): void {
    this.group.members = new Map(members);
    this.group.listener();
  }

  async create(): Promise<void> {
    this.storage = new CrashingStore(await openDisk.memory());
  }

  async start(): Promise<void> {
    this.life += 1;
    const { life } = this;
    const isAlive = (): boolean => life === this.life;
    const transport = this.network.attach(this.peerId);
    const orchestrator = await Orchestrator.open({
      store: this.storage.store,
      storeId: storeIdOf(this.peerId),
      transport: {
        ...transport,
        onSession: (listener) => transport.onSession((session) => this.took(session, listener)),
      },
      group: this.group,
      clock: {
        now: () => this.clock.now(),
        schedule: (delayMs, callback) =>
          this.clock.schedule(delayMs, () => {
            if (isAlive()) callback();
          }),
      },
      random: this.random,
      history: this.history,
      settings: new Map(this.settings),
      activity: {
        add: async (entries) => {
          if (isAlive()) this.activity.push(...entries);
        },
      },
      onDelivered: (messages) => {
        if (isAlive()) this.take(messages);
      },
      onError: (error) => {
        if (isAlive()) this.errors.push(error);
      },
    });
    orchestrator.subscribe((peers) => {
      if (isAlive()) this.history = new Map(peers.map((peer) => [peer.peerId, peer]));
    });
    this.orchestrator = orchestrator;
    await orchestrator.start();
  }

  /** Dies at once; what it was doing is never heard of again. */
  kill(): void {
    this.life += 1;
    this.orchestrator = undefined;
    this.ends.clear();
    this.network.detach(this.peerId);
  }

  /** Comes back with what it had committed. */
  async restart(): Promise<void> {
    this.storage = await this.storage.recover();
    // As an application does: what was committed as delivered and it never heard of.
    const stored = await this.storage.store.messages.arrivedAfter(0, Infinity);
    this.take(stored.filter(({ id, delivered }) => delivered && !this.delivered.has(id)));
    await this.start();
  }

  set(peerId: PeerId, change: Partial<PeerSettings>): void {
    const before = this.settings.get(peerId) ?? { paused: false, interval: 'live' as Interval };
    if (!this.group.members.has(peerId)) return;
    this.settings.set(peerId, { ...before, ...change });
    const { orchestrator } = this;
    if (!orchestrator?.peers().some((peer) => peer.peerId === peerId && isMember(peer))) return;
    if (change.paused === true) orchestrator.pause(peerId);
    if (change.paused === false) orchestrator.resume(peerId);
    if (change.interval !== undefined) orchestrator.setInterval(peerId, change.interval);
  }

  async ids(): Promise<readonly MessageId[]> {
    const stored = await this.storage.store.messages.arrivedAfter(0, Infinity);
    return stored.map(({ id }) => id);
  }

  private took(session: Session, listener: (session: Session) => void): void {
    if (session.channel instanceof WireEnd) this.ends.set(session.peerId, session.channel);
    listener(session);
  }

  private take(messages: readonly StoredMessage[]): void {
    for (const { id } of messages) {
      if (this.delivered.has(id)) this.problems.push(`${this.peerId} delivered ${id} twice`);
      this.delivered.add(id);
    }
  }
}

function isMember({ state }: PeerSyncStatus): boolean {
  return state.kind !== 'removed';
}

/** 16 bytes as hexadecimal characters. */
function storeIdOf(peerId: PeerId): string {
  return Buffer.from(peerId.padEnd(16, '.')).toString('hex').slice(0, 32);
}
