import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream as NodeReadableStream } from 'node:stream/web';
import { answerFileRequest } from '../api/file-requests.ts';
import type { DeviceService } from '../api/server.ts';

/** For a client to read that it was refused, before it is cut off, milliseconds. */
const REFUSED_MS = 2_000;

/**
 * Answers a request about files of a client that is known to be allowed to ask. Never rejects.
 * @param headers of every answer, in place of those that it would have
 */
export async function serveFile(
  service: DeviceService,
  incoming: IncomingMessage,
  response: ServerResponse,
  mayAdd: boolean,
  headers: Readonly<Record<string, string>> = {},
): Promise<void> {
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  const answer = await answerFileRequest(service.files, requestOf(incoming, gone.signal), {
    mayAdd,
    onBug: (error) => service.onBug(error),
  });
  if (!incoming.complete && answer.status >= 400) cutSoon(incoming);
  for (const [name, value] of answer.headers) response.setHeader(name, value);
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.writeHead(answer.status);
  try {
    if (answer.body) await pipeline(Readable.fromWeb(answer.body as NodeReadableStream), response);
    else response.end();
  } catch (error) {
    // The client is gone, or the file turned out not to be readable in the middle of it.
    if (!gone.signal.aborted) service.onBug(error);
    response.destroy();
  }
}

/**
 * What is refused need not be read to its end. But a client that is still sending would find the connection broken, and not the
 * answer, were it closed at once.
 */
function cutSoon(incoming: IncomingMessage): void {
  const late = setTimeout(() => incoming.socket.destroy(), REFUSED_MS);
  for (const event of ['end', 'close']) incoming.once(event, () => clearTimeout(late));
}

function requestOf(incoming: IncomingMessage, signal: AbortSignal): Request {
  const { method = 'GET', url = '/', headers } = incoming;
  const given = Object.entries(headers).filter(
    (header): header is [string, string] => typeof header[1] === 'string',
  );
  const hasBody = method !== 'GET' && method !== 'HEAD';
  return new Request(new URL(url, 'http://localhost'), {
    ...{ method, headers: given, signal },
    ...(hasBody && { body: Readable.toWeb(incoming), duplex: 'half' }),
  } as RequestInit);
}
