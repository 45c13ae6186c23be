import { buffer, json } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import type { ContentRequest } from '../connect.ts';
import { requestOf } from '../connect.ts';
import type { ServerKind } from '../control/control-client.ts';
import { ExpectedFailure } from '../failures.ts';
import { printable, printJson, timeText } from '../output.ts';
import { MESSAGES_PATH, STATUS_PATH } from './node-control.ts';
import type { NodeMessageView, NodePeerView, NodeStatusView } from './node-view.ts';

const NODE: ServerKind = { noun: 'node', command: 'reunion node' };

interface Options {
  readonly data: string;
  readonly json?: boolean;
}

/** `reunion node send`. Returns once the message survives a crash. */
export async function sendFromNode(text: string, { data, json: asJson }: Options): Promise<void> {
  const body =
    text === '-'
      ? // The line break that ends what a shell passes on is not part of the message.
        (await buffer(process.stdin)).toString('latin1').replace(/\r?\n$/u, '')
      : Buffer.from(text).toString('latin1');
  const bytes = Buffer.from(body, 'latin1');
  const message = await ask<NodeMessageView>(data, MESSAGES_PATH, {
    method: 'POST',
    headers: { 'Content-Length': String(bytes.byteLength) },
    body: Readable.from([bytes]),
  });
  if (asJson) printJson(message);
  else console.log(`sent ${message.id}`);
}

/** `reunion node messages`. */
export async function listNodeMessages(
  options: Options & { readonly limit: number },
): Promise<void> {
  const { data, limit } = options;
  const messages = await ask<NodeMessageView[]>(data, `${MESSAGES_PATH}?limit=${limit}`);
  if (options.json) {
    printJson(messages);
    return;
  }
  for (const message of messages) console.log(messageLine(message));
}

/** `reunion node status`. */
export async function showNodeStatus({ data, json: asJson }: Options): Promise<void> {
  const status = await ask<NodeStatusView>(data, STATUS_PATH);
  if (asJson) {
    printJson(status);
    return;
  }
  console.log(`id        ${status.id}`);
  console.log(`group     ${status.group}`);
  for (const address of status.addresses) console.log(`address   ${address}`);
  console.log(`messages  ${status.messages}`);
  if (status.peers.length === 0) console.log('No peers.');
  for (const peer of status.peers) console.log(peerLine(peer));
}

export function messageLine({ timestamp, text, base64 }: NodeMessageView): string {
  const time = typeof timestamp === 'number' ? timeText(timestamp) : timestamp;
  return `${time}  ${text === undefined ? `(base64) ${base64 ?? ''}` : printable(text)}`;
}

export function peerLine(peer: NodePeerView): string {
  const parts = [
    `${peer.state}${peer.path === null ? '' : ` (${peer.path})`}`,
    ...(peer.reason === null ? [] : [peer.reason]),
    ...(peer.toSend > 0 ? [`${peer.toSend} to send`] : []),
    ...(peer.toReceive ? [`${peer.toReceive} to receive`] : []),
    `in step ${timeText(peer.lastInSync)}`,
  ];
  return `peer      ${peer.id}  ${parts.join(', ')}`;
}

/** Rejects with `ExpectedFailure` that says what the node has said. */
export async function ask<T>(data: string, path: string, request: ContentRequest = {}): Promise<T> {
  const response = await requestOf(data, path, { kind: NODE, ...request });
  const answer = (await json(response)) as T & { readonly error?: string };
  if (response.statusCode === 200) return answer;
  throw new ExpectedFailure(answer.error ?? 'The node did not answer as expected.');
}
