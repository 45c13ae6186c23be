import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { MAX_BODY_BYTES } from '../../mvds/constants.ts';
import { InvalidMessageError } from '../../mvds/options.ts';
import type { GroupNode } from '../../node/group-node.ts';
import { StoreError } from '../../store/index.ts';
import { serveControl } from '../control/control-socket.ts';
import type { ControlServer } from '../control/control-socket.ts';
import { messageView, statusView } from './node-view.ts';

/** The requests of the command line to a node: paths below its control socket, JSON in the answers. */
export const STATUS_PATH = '/status';
export const MESSAGES_PATH = '/messages';

type Answer = (request: IncomingMessage) => Promise<unknown>;

/** A mistake of the request, in a sentence for a person. */
class RequestError extends Error {
  override readonly name = 'RequestError';
}

/** Answers the command line of a node over its control socket. Rejects with Node's errors. */
export async function startNodeControl(folder: string, node: GroupNode): Promise<ControlServer> {
  const answers: Readonly<Record<string, Answer>> = {
    [`GET ${STATUS_PATH}`]: async () => statusView(await node.status()),
    [`GET ${MESSAGES_PATH}`]: async (request) => {
      const limit = Number(urlOf(request).searchParams.get('limit'));
      return (await node.messages(limit)).map(messageView);
    },
    [`POST ${MESSAGES_PATH}`]: async (request) =>
      messageView(await node.send(await bodyOf(request))),
  };
  const http = createServer((request, response) => {
    const answer = answers[`${request.method} ${urlOf(request).pathname}`];
    if (!answer) response.writeHead(404).end();
    else void reply(response, () => answer(request));
  });
  return serveControl(folder, http);
}

async function reply(response: ServerResponse, answer: () => Promise<unknown>): Promise<void> {
  const json = { 'Content-Type': 'application/json' };
  try {
    const value = await answer();
    response.writeHead(200, json).end(JSON.stringify(value));
  } catch (error) {
    const isExpected =
      error instanceof RequestError ||
      error instanceof InvalidMessageError ||
      error instanceof StoreError ||
      error instanceof RangeError;
    const message = error instanceof Error ? error.message : String(error);
    response.writeHead(isExpected ? 400 : 500, json).end(JSON.stringify({ error: message }));
  }
}

async function bodyOf(request: IncomingMessage): Promise<Uint8Array> {
  const length = Number(request.headers['content-length'] ?? 0);
  if (length > MAX_BODY_BYTES) {
    throw new RequestError(
      `A message has at most ${MAX_BODY_BYTES} bytes; this one has ${length}.`,
    );
  }
  return new Uint8Array(await buffer(request));
}

function urlOf({ url }: IncomingMessage): URL {
  return new URL(url ?? '/', 'http://localhost');
}
