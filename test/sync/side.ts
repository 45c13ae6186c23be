import { onTestFinished } from 'vitest';
import { StaticGroup } from '../../main/group/static-group.ts';
import { utf8 } from '../../main/helpers/bytes.ts';
import type { FrameChannel } from '../../main/helpers/frame-channel.ts';
import { createMemorySyncStore } from '../../main/mvds/memory-store.ts';
import type { MemorySyncStore } from '../../main/mvds/memory-store.ts';
import type { GroupId, PeerId } from '../../main/mvds/types.ts';
import { Orchestrator } from '../../main/sync/orchestrator.ts';
import type { PeerGroup, Session } from '../../main/sync/ports.ts';
import type { PeerSyncStatus } from '../../main/sync/status.ts';
import { channelPair } from '../helpers/channels.ts';
import type { ManualClock } from '../helpers/manual-clock.ts';

export const GROUP = '01'.repeat(32) as GroupId;
export const [A, B] = ['a', 'b'] as [PeerId, PeerId];

/** One device: an orchestrator over a store in memory, with one peer. */
export class Side {
  readonly store: MemorySyncStore;
  readonly errors: unknown[] = [];
  orchestrator!: Orchestrator;
  session: (session: Session) => void = () => undefined;
  wanted: ReadonlySet<PeerId> = new Set();
  #wake: () => void = () => undefined;

  private constructor(store: MemorySyncStore) {
    this.store = store;
  }

  static async open(
    peer: PeerId,
    clock: ManualClock,
    store = createMemorySyncStore(),
    storeId = (peer === B ? 'aa' : 'bb').repeat(16),
    group: PeerGroup = new StaticGroup([peer], [GROUP]),
  ): Promise<Side> {
    const side = new Side(store);
    side.orchestrator = await Orchestrator.open({
      store,
      storeId,
      transport: {
        want: (keep) => (side.wanted = keep),
        retry: () => undefined,
        onSession: (listener) => (side.session = listener),
      },
      group,
      clock,
      random: { next: () => 0.5 },
      onDelivered: () => side.#wake(),
      onError: (error) => side.errors.push(error),
    });
    side.orchestrator.subscribe(() => side.#wake());
    await side.orchestrator.start();
    onTestFinished(() => side.orchestrator.stop());
    return side;
  }

  async write(text: string, timestamp = 1n): Promise<void> {
    await this.orchestrator.append(GROUP, timestamp, utf8(text));
  }

  status(): PeerSyncStatus | undefined {
    return this.orchestrator.peers()[0];
  }

  async bodies(): Promise<string[]> {
    const messages = await this.store.messages.arrivedAfter(0, 10_000);
    return messages.map(({ body }) => Buffer.from(body).toString('utf8')).sort();
  }

  /** Resolves once `holds`; asked again after every change that the side tells of. */
  async until(clock: ManualClock, holds: () => Promise<boolean> | boolean): Promise<void> {
    while (!(await holds())) {
      const changed = new Promise<void>((resolve) => (this.#wake = resolve));
      // Status is told of on the clock; time passes as often as it takes.
      clock.advance(200);
      await Promise.race([changed, new Promise((resolve) => setImmediate(resolve))]);
    }
  }
}

/** A session between two sides; the returned function cuts it. `watch` sees each frame, by who sent it. */
export function connect(
  a: Side,
  b: Side,
  watch: (from: Side, frame: Uint8Array) => void = () => undefined,
): () => Promise<void> {
  const [bare, other] = channelPair();
  const endA = watched(bare, (frame) => watch(a, frame));
  const endB = watched(other, (frame) => watch(b, frame));
  a.session({ peerId: B, path: 'relay', channel: endA });
  b.session({ peerId: A, path: 'relay', channel: endB });
  return () => endA.close();
}

function watched(channel: FrameChannel, watch: (frame: Uint8Array) => void): FrameChannel {
  return {
    read: () => channel.read(),
    write(frame) {
      watch(frame);
      return channel.write(frame);
    },
    close: () => channel.close(),
  };
}

export async function inStep(clock: ManualClock, ...sides: Side[]): Promise<void> {
  for (const side of sides) {
    await side.until(clock, () => side.status()?.state.kind === 'up-to-date');
  }
}
