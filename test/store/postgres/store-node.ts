import { StaticGroup } from '../../../main/group/static-group.ts';
import { systemClock, systemRandom } from '../../../main/helpers/clock.ts';
import { messageIdOf, toGroupId, toPeerId } from '../../../main/mvds/ids.ts';
import type { StoredMessage, SyncStore } from '../../../main/mvds/ports.ts';
import type { MessageId } from '../../../main/mvds/types.ts';
import { Orchestrator } from '../../../main/sync/orchestrator.ts';
import type { ChangesElsewhere } from '../../../main/sync/ports.ts';
import type { PeerSyncStatus } from '../../../main/sync/status.ts';
import { TcpTransport } from '../../helpers/tcp-transport.ts';

export const GROUP = toGroupId(new Uint8Array(32).fill(0x67));

/** What people write, in several scripts and of odd sizes. */
const TEXTS = [
  'Milk, bread, and the blue folder from the office.',
  'Der Zug um 18:42 fällt aus, ich nehme den nächsten. 🚆',
  '明日の会議は十時からです。',
  'Привет! Как дела?',
  'مرحبا، هل وصلت الرسالة؟',
  'x'.repeat(3_001),
];

/** The text of the message with this number, the same in every process. */
export function textOf(number: number): string {
  // By half of it: where one side writes the even numbers and the other the odd ones, each has texts of every kind.
  return `${number} ${TEXTS[Math.floor(number / 2) % TEXTS.length] ?? ''}`;
}

export interface TestNode {
  readonly orchestrator: Orchestrator;
  readonly transport: TcpTransport;
  readonly delivered: StoredMessage[];
  readonly errors: unknown[];
  /** Resolves once `holds` does: looks at once, and at every change of the status and every delivery. */
  until(holds: (peers: readonly PeerSyncStatus[]) => boolean | Promise<boolean>): Promise<void>;
  write(number: number): Promise<MessageId>;
  stop(): Promise<void>;
}

export interface TestNodeOptions {
  readonly name: string;
  readonly peers: readonly string[];
  readonly sync: SyncStore;
  readonly storeId: string;
  readonly elsewhere?: ChangesElsewhere;
}

/** A real orchestrator over real sockets. */
export async function startNode(options: TestNodeOptions): Promise<TestNode> {
  const transport = await TcpTransport.open(toPeerId(options.name));
  const [delivered, errors]: [StoredMessage[], unknown[]] = [[], []];
  const wakes = new Set<() => void>();
  const wake = (): void => wakes.forEach((one) => one());
  const orchestrator = await Orchestrator.open({
    store: options.sync,
    storeId: options.storeId,
    transport,
    group: new StaticGroup(options.peers.map(toPeerId), [GROUP]),
    clock: systemClock,
    random: systemRandom,
    ...(options.elsewhere && { elsewhere: options.elsewhere }),
    onDelivered: (messages) => {
      delivered.push(...messages);
      wake();
    },
    onError: (error) => errors.push(error),
  });
  orchestrator.subscribe(wake);
  await orchestrator.start();
  return {
    orchestrator,
    transport,
    delivered,
    errors,
    async until(holds) {
      for (;;) {
        const changed = Promise.withResolvers<undefined>();
        const listener = (): void => changed.resolve(undefined);
        wakes.add(listener);
        if (await holds(orchestrator.peers())) return;
        await changed.promise;
        wakes.delete(listener);
      }
    },
    async write(number) {
      const body = Buffer.from(textOf(number));
      return (await orchestrator.append(GROUP, BigInt(number), body)).id;
    },
    async stop() {
      await orchestrator.stop();
      transport.close();
    },
  };
}

/** The id of the message with this number. */
export function idOf(number: number): MessageId {
  return messageIdOf(GROUP, BigInt(number), Buffer.from(textOf(number)));
}

/** Whether all peers are proven to hold the same. */
export function isInStep(peers: readonly PeerSyncStatus[]): boolean {
  return peers.length > 0 && peers.every(({ state }) => state.kind === 'up-to-date');
}
