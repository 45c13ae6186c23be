import { pino } from 'pino';
import { systemClock, systemRandom } from '../../helpers/clock.ts';
import { openKeys } from '../../identity/keys.ts';
import { parsePeerAddress } from '../../network/peers/peer-address.ts';
import type { PeerAddress } from '../../network/peers/peer-address.ts';
import { GroupNode } from '../../node/group-node.ts';
import { groupOf } from '../../node/group-name.ts';
import { holdsStore } from '../../store/index.ts';
import { untilStopped } from '../commands/until-stopped.ts';
import { explain } from '../failures.ts';
import { makeDataFolder } from '../folders.ts';
import { keyWays } from '../key-ways.ts';
import type { KeyOptions } from '../key-ways.ts';
import { Measured } from '../metrics/measured.ts';
import { storeReading } from '../metrics/store-reading.ts';
import { syncReading } from '../metrics/sync-reading.ts';
import { startNodeControl } from './node-control.ts';
import { openNodeFolder } from './open-store.ts';
import { readPeersFile, watchPeersFile } from './peers-file.ts';
import { UnmetParentsLog, warning } from './unmet-parents-log.ts';

/** Nodes that may connect: the peers that are named, or all. */
export type Admission = 'named' | 'all';

export interface NodeCommandOptions extends KeyOptions {
  readonly data: string;
  readonly group: string;
  readonly listen: readonly string[];
  readonly peer: readonly string[];
  readonly peersFile?: string;
  readonly admit?: Admission;
  readonly interval: number | 'live';
  readonly mode: 'batch' | 'interactive';
  readonly metrics?: number;
}

/** Where a node is found that was told nothing: any free port of every interface. */
export const NODE_LISTEN = ['/ip4/0.0.0.0/tcp/0', '/ip6/::/tcp/0'];

/** `reunion node`. Resolves once the node has been told to stop, and has. */
export async function runNode(options: NodeCommandOptions): Promise<void> {
  const stopped = untilStopped();
  // To standard error: standard output is for what the command was asked for.
  const logger = pino({ name: 'reunion' }, pino.destination({ dest: 2, sync: true }));
  const unmet = new UnmetParentsLog(systemClock, warning(logger));
  const peers = peersOf(options);
  const { folder, keys, store } = await openNodeFolder(options.data, 'node', options);
  // In the reverse of their order.
  const endings: (() => unknown)[] = [() => unmet.stop(), () => store.close()];
  try {
    const measured = await Measured.start('node', options.metrics);
    // Answers to the end, and so that it is stopping.
    endings.push(() => measured.close());
    const node = await GroupNode.open({
      ...{ keys, store, peers, clock: systemClock, random: systemRandom },
      group: groupOf(options.group),
      listen: options.listen.length > 0 ? options.listen : NODE_LISTEN,
      isOpen: admissionOf(options) === 'all',
      ...{ interval: options.interval, mode: options.mode },
      ...measured.nodeOptions(),
      onTurnedAway: tellOnce,
      onUnmetParents: unmet.take,
      onError: (error) => logger.error(error),
    });
    endings.unshift(() => node.close());
    await node.start();
    const control = await startNodeControl(folder, node);
    endings.unshift(() => control.close());
    endings.unshift(followPeersFile(options, node));
    measured.show({
      id: node.id,
      addresses: () => node.addresses(),
      read: async () => ({
        ...syncReading(node.measures(), systemClock.now()),
        ...(await storeReading(() => store.stats())),
        reunion_groups: 1,
      }),
    });
    console.log(`ready ${node.id}`);
    for (const address of node.addresses()) console.log(`listening ${address}`);
    if (admissionOf(options) === 'all') console.log('open to every node that connects');
    measured.announce();
    await stopped;
    measured.stopping();
  } finally {
    for (const end of endings) await end();
  }
}

const TOLD_MAX = 100;
const told = new Set<string>();

/** So that a person who has named one of two nodes only finds out why they are not in step. */
function tellOnce(peer: string): void {
  if (told.has(peer) || told.size >= TOLD_MAX) return;
  told.add(peer);
  console.error(
    `reunion: ${peer} wanted to connect and is not among the peers. Name it with --peer or in --peers-file, or use --admit all.`,
  );
}

/** `reunion node id`. */
export async function showNodeId(options: { readonly data: string } & KeyOptions): Promise<void> {
  const folder = makeDataFolder(options.data);
  const { peerId } = await openKeys(folder, holdsStore(folder), keyWays(options));
  console.log(peerId);
}

/** A node that names nobody could be in step with nobody, unless it lets others in. */
function admissionOf({ admit, peer, peersFile }: NodeCommandOptions): Admission {
  return admit ?? (peer.length === 0 && peersFile === undefined ? 'all' : 'named');
}

/** Those of the command line and of the file. Throws `ExpectedFailure` for a file with a mistake. */
export function peersOf({
  peer,
  peersFile,
}: Pick<NodeCommandOptions, 'peer' | 'peersFile'>): PeerAddress[] {
  const named = peer.map(parsePeerAddress).filter((address) => address !== undefined);
  return [...named, ...(peersFile === undefined ? [] : readPeersFile(peersFile))];
}

/** A file that cannot be read, or has a mistake, leaves things as they are. Returns what ends that. */
function followPeersFile(options: NodeCommandOptions, node: GroupNode): () => void {
  const { peersFile } = options;
  if (peersFile === undefined) return () => undefined;
  return watchPeersFile(peersFile, () => {
    try {
      const peers = peersOf(options);
      node.setPeers(peers);
      console.log(`peers ${new Set(peers.map(({ peerId }) => peerId)).size}`);
    } catch (error) {
      console.error(`reunion: ${explain(error).message} The list stays as it was.`);
    }
  });
}
