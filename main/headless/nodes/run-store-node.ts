import { createServer } from 'node:http';
import { pino } from 'pino';
import type { NeighbourRole } from '../../group/mesh-neighbours.ts';
import { systemClock, systemRandom } from '../../helpers/clock.ts';
import { parsePeerAddress } from '../../network/peers/peer-address.ts';
import { StoreNode } from '../../node/store/store-node.ts';
import { StoreError } from '../../store/index.ts';
import { untilStopped } from '../commands/until-stopped.ts';
import { serveControl } from '../control/control-socket.ts';
import { Measured } from '../metrics/measured.ts';
import { storeNodeReading } from '../metrics/store-node-reading.ts';
import { storeReading } from '../metrics/store-reading.ts';
import { syncReading } from '../metrics/sync-reading.ts';
import { openNode } from './node-stores.ts';
import type { NodeStoreOptions } from './node-stores.ts';
import { peerView } from './node-view.ts';
import type { NodePeerView } from './node-view.ts';
import { NODE_LISTEN } from './run-node.ts';
import { UnmetParentsLog, warning } from './unmet-parents-log.ts';
import { STATUS_PATH } from './node-control.ts';

export interface StoreNodeCommandOptions extends NodeStoreOptions {
  readonly listen: readonly string[];
  readonly bootstrap: readonly string[];
  readonly topic: string;
  readonly degree: number;
  readonly retainDays?: number;
  readonly retainMegabytes?: number;
  readonly metrics?: number;
}

export interface StoreNodeStatusView {
  readonly id: string;
  readonly topic: string;
  readonly addresses: readonly string[];
  readonly degree: number;
  readonly connections: number;
  readonly groups: readonly { readonly id: string; readonly messages: number }[];
  /** The neighbours; those that are none any more have the state `removed`. */
  readonly peers: readonly (NodePeerView & { readonly role: NeighbourRole | null })[];
  readonly requests: {
    readonly published: number;
    readonly queried: number;
    readonly refused: number;
  };
}

const DAY_MS = 24 * 60 * 60_000;
const MEGABYTE = 1_000_000;

/** `reunion store-node`. Resolves once the node has been told to stop, and has. */
export async function runStoreNode(options: StoreNodeCommandOptions): Promise<void> {
  const stopped = untilStopped();
  // To standard error: standard output is for what the command was asked for.
  const logger = pino({ name: 'reunion' }, pino.destination({ dest: 2, sync: true }));
  const onError = (error: unknown): void => logger.error(error);
  const unmet = new UnmetParentsLog(systemClock, warning(logger));
  const { retainDays, retainMegabytes, topic, degree } = options;
  const { folder, keys, store } = await openNode(options, 'store-node', onError);
  // In the reverse of their order.
  const endings: (() => unknown)[] = [() => unmet.stop(), () => store.close()];
  try {
    const measured = await Measured.start('store-node', options.metrics);
    // Answers to the end, and so that it is stopping.
    endings.push(() => measured.close());
    const node = await StoreNode.open({
      ...{ keys, store, topic, degree, clock: systemClock, random: systemRandom, onError },
      listen: options.listen.length > 0 ? options.listen : NODE_LISTEN,
      bootstrap: options.bootstrap.map(parsePeerAddress).filter((it) => it !== undefined),
      retention: {
        age: retainDays === undefined ? undefined : retainDays * DAY_MS,
        bytes: retainMegabytes === undefined ? undefined : retainMegabytes * MEGABYTE,
      },
      ...measured.nodeOptions(),
      onUnmetParents: unmet.take,
      isExpected: (error) => error instanceof StoreError,
    });
    endings.unshift(() => node.close());
    await node.start();
    const control = await startControl(folder, node);
    endings.unshift(() => control.close());
    measured.show({
      id: node.id,
      addresses: () => node.addresses(),
      read: async () => {
        const measures = node.measures();
        const sync = syncReading(measures, systemClock.now());
        const stored = await storeReading(() => store.stats());
        return { ...sync, ...storeNodeReading(measures), ...stored };
      },
    });
    console.log(`ready ${node.id}`);
    for (const address of node.addresses()) console.log(`listening ${address}`);
    measured.announce();
    await stopped;
    measured.stopping();
  } finally {
    for (const end of endings) await end();
  }
}

async function startControl(folder: string, node: StoreNode): ReturnType<typeof serveControl> {
  const http = createServer((request, response) => {
    if (request.method !== 'GET' || request.url !== STATUS_PATH) {
      response.writeHead(404).end();
      return;
    }
    node.status().then(
      (status) => {
        const view: StoreNodeStatusView = {
          ...status,
          peers: status.peers.map((peer) => ({ ...peerView(peer), role: peer.role ?? null })),
        };
        response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(view));
      },
      () => response.writeHead(500).end(JSON.stringify({ error: 'The store does not answer.' })),
    );
  });
  return serveControl(folder, http);
}
