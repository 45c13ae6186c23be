import { readFileSync } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import type { NeighbourRole } from '../../group/mesh-neighbours.ts';
import { parsePeerAddress } from '../../network/peers/peer-address.ts';
import { RequestError } from '../../network/peers/request-client.ts';
import { groupOf } from '../../node/group-name.ts';
import { CLOCK_TOLERANCE_MS } from '../../node/message-clock.ts';
import { QUERY_LIMIT_MAX } from '../../node/store/limits.ts';
import {
  DishonestNodeError,
  StoreClient,
  StoreRefusedError,
} from '../../node/store/store-client.ts';
import type { Published, QueriedMessage, QueriedPage } from '../../node/store/store-client.ts';
import type { PublishOutcome, StoredBody } from '../../node/store/store-format.ts';
import { ExpectedFailure } from '../failures.ts';
import { printJson } from '../output.ts';
import { ask, messageLine, peerLine } from './node-commands.ts';
import { STATUS_PATH } from './node-control.ts';
import { messageView } from './node-view.ts';
import { completenessText, pageView } from './query-view.ts';
import type { StoreNodeStatusView } from './run-store-node.ts';

interface ClientOptions {
  readonly node: string;
  readonly group: string;
  readonly json?: boolean;
}

/** `reunion store-publish`. */
export async function storePublish(
  source: string,
  options: ClientOptions & { readonly whole?: boolean; readonly at?: bigint },
): Promise<void> {
  const content = source === '-' ? await buffer(process.stdin) : readFileSync(source);
  const bodies = options.whole ? [content] : linesOf(content);
  if (bodies.length === 0) throw new ExpectedFailure('There is nothing to publish.');
  const groupId = groupOf(options.group);
  const messages = dated(bodies, options.at);
  const published = await withClient(options.node, (client) => client.publish(groupId, messages));
  if (options.json) printJson(published);
  else console.log(publishedText(published));
  const refused = published.flatMap(({ outcome }, index) =>
    outcome === 'stored' || outcome === 'held' ? [] : [{ outcome, line: index + 1 }],
  );
  const [first] = refused;
  if (!first) return;
  const place = options.whole ? 'The message' : `Message ${first.line}`;
  throw new ExpectedFailure(
    `${place} was not stored: ${REASONS[first.outcome]}${refused.length > 1 ? ` (and ${refused.length - 1} more)` : ''}.`,
  );
}

export interface QueryOptions extends ClientOptions {
  readonly from?: bigint;
  readonly to?: bigint;
  readonly limit: number;
  readonly cursor?: string;
  readonly tolerance: number;
}

/** `reunion store-query`. */
export async function storeQuery(options: QueryOptions): Promise<void> {
  const page = await withClient(options.node, (client) => readPages(client, options));
  if (options.json) {
    printJson(pageView(groupOf(options.group), page));
    return;
  }
  const groupId = groupOf(options.group);
  const metadata = { parents: [], ephemeral: false };
  for (const message of page.messages) {
    console.log(messageLine(messageView({ ...message, groupId, metadata })));
  }
  // Beside the messages, which may go into a file.
  console.error(completenessText(page));
}

/** `reunion store-node status`. */
export async function showStoreNode(options: {
  readonly data: string;
  readonly json?: boolean;
}): Promise<void> {
  const kind = { noun: 'store node', command: 'reunion store-node' };
  const status = await ask<StoreNodeStatusView>(options.data, STATUS_PATH, { kind });
  if (options.json) {
    printJson(status);
    return;
  }
  console.log(`id        ${status.id}`);
  console.log(`topic     ${status.topic}`);
  for (const address of status.addresses) console.log(`address   ${address}`);
  for (const { id, messages } of status.groups)
    console.log(`group     ${id}  ${messages} messages`);
  const neighbours = status.peers.filter(({ state }) => state !== 'removed');
  console.log(`neighbours ${neighbours.length} of at most ${status.degree}`);
  for (const peer of neighbours) console.log(`${peerLine(peer)}, ${ROLES[peer.role ?? 'resting']}`);
}

const ROLES: Readonly<Record<NeighbourRole, string>> = {
  mesh: 'in the mesh',
  resting: 'left the mesh',
  visited: 'visited',
  visitor: 'visiting',
};

/** As many pages as the limit needs, as one. */
async function readPages(client: StoreClient, options: QueryOptions): Promise<QueriedPage> {
  const { from, to, limit, cursor = '', tolerance } = options;
  const wider = BigInt(tolerance) * 1_000n;
  const messages: QueriedMessage[] = [];
  let next: Uint8Array = cursorBytes(cursor);
  for (;;) {
    const page = await client.page({
      groupId: groupOf(options.group),
      from: from === undefined ? undefined : from - wider,
      to: to === undefined ? undefined : to + wider,
      limit: Math.min(QUERY_LIMIT_MAX, limit - messages.length),
      cursor: next,
    });
    messages.push(...page.messages);
    next = page.cursor;
    if (next.byteLength === 0 || messages.length >= limit) return { ...page, messages };
  }
}

function cursorBytes(text: string): Uint8Array {
  if (!/^[\w-]*$/u.test(text)) throw new ExpectedFailure('That is no cursor of a store node.');
  return new Uint8Array(Buffer.from(text, 'base64url'));
}

async function withClient<T>(node: string, use: (client: StoreClient) => Promise<T>): Promise<T> {
  const address = parsePeerAddress(node);
  if (!address)
    throw new ExpectedFailure('A node is given by a multiaddr that ends in /p2p/ and its id.');
  const client = await StoreClient.open(address);
  try {
    return await use(client);
  } catch (error) {
    const isTold =
      error instanceof RequestError ||
      error instanceof StoreRefusedError ||
      error instanceof DishonestNodeError;
    throw isTold ? new ExpectedFailure(error.message) : error;
  } finally {
    await client.close();
  }
}

/** Lines without their ends; empty ones are left out. */
function linesOf(content: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  for (let start = 0; start < content.byteLength;) {
    const found = content.indexOf(0x0a, start);
    const end = found < 0 ? content.byteLength : found;
    const line = content.subarray(start, content[end - 1] === 0x0d && end > start ? end - 1 : end);
    if (line.byteLength > 0) lines.push(line);
    start = end + 1;
  }
  return lines;
}

/** A millisecond apart, so that they stay in order: from a given time on, or up to now. */
function dated(bodies: readonly Buffer[], at: bigint | undefined): StoredBody[] {
  const first = at ?? BigInt(Date.now() - (bodies.length - 1));
  return bodies.map((body, index) => ({
    timestamp: first + BigInt(index),
    body: new Uint8Array(body),
  }));
}

const REASONS: Readonly<Record<PublishOutcome, string>> = {
  stored: '',
  held: '',
  'too-new': `its time is more than ${CLOCK_TOLERANCE_MS / 1_000} s ahead of the node’s clock`,
  'too-old': 'it is older than what the node keeps',
  'too-long': 'it is longer than a message may be',
};

function publishedText(published: readonly Published[]): string {
  const count = (outcome: PublishOutcome): number =>
    published.filter((message) => message.outcome === outcome).length;
  const held = count('held');
  const stored = count('stored');
  return [
    `published ${stored} message${stored === 1 ? '' : 's'}`,
    ...(held > 0 ? [`${held} ${held === 1 ? 'was' : 'were'} there already`] : []),
  ].join(', ');
}
