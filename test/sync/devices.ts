import { onTestFinished } from 'vitest';
import { utf8 } from '../../main/helpers/bytes.ts';
import { toPeerId } from '../../main/mvds/ids.ts';
import { createMemorySyncStore } from '../../main/mvds/memory-store.ts';
import type { MemorySyncStore } from '../../main/mvds/memory-store.ts';
import type { SyncStore } from '../../main/mvds/ports.ts';
import type { GroupId, Message, PeerId } from '../../main/mvds/types.ts';
import { MemoryNetwork } from '../../main/sync/memory-network.ts';
import { Orchestrator } from '../../main/sync/orchestrator.ts';
import type { ActivityEntry, PeerGroup, Session, Transport } from '../../main/sync/ports.ts';
import type { PeerSyncStatus } from '../../main/sync/status.ts';
import { ManualClock } from '../helpers/manual-clock.ts';

export const GROUP = '01'.repeat(32) as GroupId;

/** Lets everything happen that waits for nothing but promises. */
export const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A group whose members a test changes. */
class TestGroup implements PeerGroup {
  members: ReadonlyMap<PeerId, ReadonlySet<GroupId>>;
  #listener: () => void = () => undefined;

  constructor(peers: readonly PeerId[]) {
    this.members = new Map(peers.map((peer) => [peer, new Set([GROUP])]));
  }

  onChange(listener: () => void): void {
    this.#listener = listener;
  }

  drop(peer: PeerId): void {
    this.members = new Map([...this.members].filter(([peerId]) => peerId !== peer));
    this.#listener();
  }
}

export interface Device {
  readonly peerId: PeerId;
  readonly store: MemorySyncStore;
  readonly orchestrator: Orchestrator;
  readonly group: TestGroup;
  readonly activity: ActivityEntry[];
  readonly errors: unknown[];
  readonly write: (text: string) => Promise<Message>;
  readonly of: (peer: PeerId | Device) => PeerSyncStatus;
  readonly texts: () => Promise<string[]>;
}

/** Devices on one clock and, where nothing else is said, on one network in memory. */
export class TestDevices {
  readonly clock = new ManualClock();
  readonly network = new MemoryNetwork(this.clock);

  async open(
    name: string,
    peers: readonly string[],
    options: {
      readonly transport?: Transport;
      readonly wrap?: (store: SyncStore) => SyncStore;
      readonly farewell?: (peerId: PeerId) => Promise<readonly Message[]>;
    } = {},
  ): Promise<Device> {
    const { clock } = this;
    const peerId = toPeerId(name);
    const store = createMemorySyncStore();
    const group = new TestGroup(peers.map(toPeerId));
    const [activity, errors]: [ActivityEntry[], unknown[]] = [[], []];
    const orchestrator = await Orchestrator.open({
      store: options.wrap?.(store) ?? store,
      storeId: Buffer.from(name.padEnd(16, '.')).toString('hex'),
      transport: options.transport ?? this.network.transportOf(peerId),
      group,
      clock,
      random: { next: () => 0.5 },
      ...(options.farewell && { farewell: options.farewell }),
      activity: { add: async (entries) => void activity.push(...entries) },
      onDelivered: () => undefined,
      onError: (error) => errors.push(error),
    });
    onTestFinished(() => orchestrator.stop());
    await orchestrator.start();
    return {
      peerId,
      store,
      orchestrator,
      group,
      activity,
      errors,
      write: (text) => orchestrator.append(GROUP, BigInt(clock.now()), utf8(text)),
      of: (peer) => {
        const id = typeof peer === 'string' ? peer : peer.peerId;
        const status = orchestrator.peers().find((it) => it.peerId === id);
        if (!status) throw new Error(`nothing is known of ${id}`);
        return status;
      },
      texts: async () => {
        const messages = await store.messages.arrivedAfter(0, Infinity);
        return messages.map(({ body }) => Buffer.from(body).toString('utf8')).sort();
      },
    };
  }

  /** Lets time pass, a step at a time, with all that happens in it. */
  async pass(ms: number, stepMs = 1_000): Promise<void> {
    await turn();
    for (let left = ms; left > 0; left -= stepMs) {
      this.clock.advance(Math.min(stepMs, left));
      await turn();
    }
  }
}

/** A transport whose sessions a test makes by hand, and what was asked of it. */
export class HandTransport implements Transport {
  keep: ReadonlySet<PeerId> = new Set();
  accept: ReadonlySet<PeerId> = new Set();
  readonly retried: PeerId[] = [];
  session: (session: Session) => void = () => undefined;

  want(keep: ReadonlySet<PeerId>, accept: ReadonlySet<PeerId>): void {
    this.keep = keep;
    this.accept = accept;
  }

  retry(peerId: PeerId): void {
    this.retried.push(peerId);
  }

  onSession(listener: (session: Session) => void): void {
    this.session = listener;
  }
}
