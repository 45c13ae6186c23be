import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import sirv from 'sirv';
import { WebSocketServer } from 'ws';
import { isFilePath } from '../api/file-requests.ts';
import { CONTENT_SECURITY_POLICY } from '../api/page-policy.ts';
import { serveApi } from '../api/server.ts';
import type { DeviceService } from '../api/server.ts';
import { ExpectedFailure } from './failures.ts';
import { serveFile } from './file-web.ts';
import { socketChannel } from './socket-channel.ts';
import { WebAccess } from './web-access.ts';

/**
 * The longest frame taken from a client, bytes. Far more than any text that is accepted, so that one that is too long is
 * refused in words and not by a broken connection.
 */
const FRAME_BYTES_MAX = 16 << 20;

const SECURITY_HEADERS = {
  'Content-Security-Policy': CONTENT_SECURITY_POLICY,
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};

const LOCKED_PAGE =
  '<!doctype html><meta charset="utf-8"><title>Reunion</title><h1>This link was used or is not complete</h1>' +
  '<p>Ask the device for a new one: <code>reunion web --data DIR</code></p>';

export interface WebServer {
  readonly port: number;
  /** What the command line proves itself with. */
  readonly commandToken: string;
  /** A link that opens the page once; undefined where no page is served. */
  newLink(): string | undefined;
  close(): Promise<void>;
}

/**
 * Serves the api of a device on loopback, and the page that shows it where `page` names its folder. Port 0 stands for any free
 * one; `access` is that of an earlier server, whose pages go on with this one. Rejects with `ExpectedFailure` where the port
 * is taken.
 */
export async function startWebServer(
  service: DeviceService,
  port: number,
  page: string | undefined,
  access = new WebAccess(),
): Promise<WebServer> {
  const files = page === undefined ? undefined : sirv(page, { etag: true });
  const server = createServer((request, response) => {
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
    if (isFileRequest(request)) answerFile(access, service, request, response);
    else answer(access, files, request, response);
  });
  const sockets = new WebSocketServer({ noServer: true, maxPayload: FRAME_BYTES_MAX });
  server.on('clientError', (_error, socket) => socket.destroy());
  server.on('upgrade', (request, socket, head) => {
    // Whoever is refused may be gone before it hears of it.
    socket.on('error', () => socket.destroy());
    const allowed = access.isCommandLine(request) || access.isBrowser(request);
    if (!access.isOwnHost(request) || !allowed) {
      socket.end('HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (connected) =>
      serveApi(service, socketChannel(connected)),
    );
  });
  await listen(server, port);
  const actualPort = (server.address() as AddressInfo).port;
  access.setPort(actualPort);
  return {
    port: actualPort,
    commandToken: access.commandToken,
    newLink: () => (files ? access.newLink() : undefined),
    close: () => close(server, sockets),
  };
}

function isFileRequest({ url }: IncomingMessage): boolean {
  const path = URL.parse(url ?? '/', 'http://localhost')?.pathname;
  return path !== undefined && isFilePath(path);
}

/** By the same who may use the api. What changes something must come from the page itself, which says so. */
function answerFile(
  access: WebAccess,
  service: DeviceService,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const isCommandLine = access.isCommandLine(request);
  if (!access.isOwnHost(request)) {
    response.writeHead(403).end();
  } else if (!isCommandLine && !access.isBrowser(request)) {
    response.writeHead(401).end();
  } else {
    const mayAdd = isCommandLine || request.headers.origin !== undefined;
    void serveFile(service, request, response, mayAdd);
  }
}

function answer(
  access: WebAccess,
  files: ReturnType<typeof sirv> | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const url = URL.parse(request.url ?? '/', 'http://localhost');
  const token = url?.searchParams.get('token') ?? null;
  if (!access.isOwnHost(request) || (request.method !== 'GET' && request.method !== 'HEAD')) {
    response.writeHead(403).end();
  } else if (!url) {
    response.writeHead(400).end();
  } else if (url.pathname === '/link' && access.isCommandLine(request)) {
    response.end(files ? access.newLink() : '');
  } else if (token !== null && !access.isBrowser(request)) {
    const cookie = access.redeem(token);
    if (cookie === undefined) locked(response);
    else response.writeHead(303, { 'Set-Cookie': cookie, Location: '/' }).end();
  } else if (token !== null) {
    access.redeem(token);
    response.writeHead(303, { Location: '/' }).end();
  } else if (!files || !access.isBrowser(request)) {
    locked(response);
  } else {
    files(request, response, () => void response.writeHead(404).end());
  }
}

function locked(response: ServerResponse): void {
  response.writeHead(401, { 'Content-Type': 'text/html; charset=utf-8' }).end(LOCKED_PAGE);
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'EADDRINUSE'
          ? new ExpectedFailure(`Port ${port} is in use by another program; choose another one.`)
          : error,
      );
    });
    server.listen(port, '127.0.0.1', resolve);
  });
}

function close(server: Server, sockets: WebSocketServer): Promise<void> {
  for (const socket of sockets.clients) socket.terminate();
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
