import { reunion, temporaryFolder } from '../../helpers/processes.ts';
import type { StoreNodeStatusView } from '../../../main/headless/nodes/run-store-node.ts';
import type { PageView } from '../../../main/headless/nodes/query-view.ts';
import { parsePeerAddress } from '../../../main/network/peers/peer-address.ts';
import type { PeerAddress } from '../../../main/network/peers/peer-address.ts';
import { groupOf } from '../../../main/node/group-name.ts';
import { StoreClient } from '../../../main/node/store/store-client.ts';
import type { QueriedMessage, QueriedPage } from '../../../main/node/store/store-client.ts';
import { startNode, until } from '../nodes.ts';
import type { StartedNode } from '../nodes.ts';

export const NEWS = groupOf('news');

/** Starts a store node that knows one other, or none. */
export async function startStoreNode(
  bootstrap: StartedNode | undefined,
  options: readonly string[] = [],
  folder = temporaryFolder(),
): Promise<StartedNode> {
  const known = bootstrap ? ['--bootstrap', bootstrap.address] : [];
  return startNode('store-node', [...known, ...options], { folder });
}

export function addressOf({ address }: StartedNode): PeerAddress {
  const found = parsePeerAddress(address);
  if (!found) throw new Error(`no address: ${address}`);
  return found;
}

export async function storeStatus({ folder }: StartedNode): Promise<StoreNodeStatusView> {
  const { stdout, stderr } = await reunion(['store-node', 'status', '--data', folder, '--json']);
  if (stderr !== '') throw new Error(stderr);
  return JSON.parse(stdout) as StoreNodeStatusView;
}

/** Those that the node synchronizes with now. */
export async function neighboursOf(node: StartedNode): Promise<string[]> {
  const { peers } = await storeStatus(node);
  return peers.filter(({ state }) => state !== 'removed').map(({ id }) => id);
}

export async function queryJson(node: StartedNode, options: readonly string[]): Promise<PageView> {
  const args = ['store-query', '--node', node.address, '--group', 'news', '--json', ...options];
  const { stdout, stderr, code } = await reunion(args);
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as PageView;
}

/** A client of each node, closed with the test by the caller. */
export function clientsOf(nodes: readonly StartedNode[]): Promise<StoreClient[]> {
  return Promise.all(nodes.map((node) => StoreClient.open(addressOf(node))));
}

/** The first page. */
export function firstPage(client: StoreClient, limit = 1): Promise<QueriedPage> {
  return client.page({
    groupId: NEWS,
    from: undefined,
    to: undefined,
    limit,
    cursor: new Uint8Array(0),
  });
}

/** Everything that a node holds of the group, page by page. */
export async function everything(client: StoreClient, limit: number): Promise<QueriedMessage[]> {
  const all: QueriedMessage[] = [];
  let cursor = new Uint8Array(0) as Uint8Array;
  do {
    const page = await client.page({
      groupId: NEWS,
      from: undefined,
      to: undefined,
      limit,
      cursor,
    });
    all.push(...page.messages);
    ({ cursor } = page);
  } while (cursor.byteLength > 0);
  return all;
}

/** Resolves once each node holds so many messages and all of them the same. */
export async function converged(
  clients: readonly StoreClient[],
  count: number,
  seconds = 60,
): Promise<void> {
  await until(
    `${clients.length} nodes hold the same ${count} messages`,
    async () => {
      const pages = await Promise.all(clients.map((client) => firstPage(client)));
      const [first] = pages;
      return pages.every(
        (page) =>
          page.count === count &&
          Buffer.compare(page.fingerprint, first?.fingerprint ?? new Uint8Array(0)) === 0,
      );
    },
    seconds,
  );
}

/** The neighbours of each node, and how it stands with them. */
export async function describeMesh(nodes: readonly StartedNode[]): Promise<string> {
  const statuses = await Promise.all(nodes.map(storeStatus));
  return statuses
    .map(({ id, peers }) =>
      [
        id.slice(-4),
        ...peers.map(
          (peer) => `${peer.id.slice(-4)} ${peer.state} ${peer.role} ${peer.lastInSync}`,
        ),
      ].join('\n  '),
    )
    .join('\n');
}
