import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import sirv from 'sirv';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import { isFilePath } from '../api/file-requests.ts';
import { proveAsServer } from '../api/mutual-proof.ts';
import { CONTENT_SECURITY_POLICY } from '../api/page-policy.ts';
import { serveApi } from '../api/server.ts';
import type { DeviceService } from '../api/server.ts';
import type { WebLink } from '../api/types.ts';
import type { Clock } from '../helpers/clock.ts';
import { ExpectedFailure } from './failures.ts';
import { serveFile } from './file-web.ts';
import { FRAME_BYTES_MAX, socketChannel } from './socket-channel.ts';
import { isFromNoOtherPage, isOwnHost, isOwnPage } from './web/hosts.ts';
import { socketPipe } from './web/socket-proof.ts';
import { forSession, pathOf, withSessions } from './web/web-service.ts';
import { WebSessions } from './web/web-sessions.ts';
import { debugLog } from '../log/debug-log.ts';

const ignored = debugLog('headless:web-server');

/** Longer than the token of any link, bytes. */
const TOKEN_BODY_BYTES_MAX = 1_024;
/** A page that has not proven by then that it has a session will not, milliseconds. */
const PROOF_TIMEOUT_MS = 5_000;

const SECURITY_HEADERS = {
  'Content-Security-Policy': CONTENT_SECURITY_POLICY,
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};

/**
 * The page of a device on 127.0.0.1. The page itself is no secret, and shown to all; what it shows is for those who have opened
 * a link:
 *
 *   POST session            the token of a link → 200 { id, secret }, once
 *   GET  session/<id>       204 while there is such a session, else 401
 *   WebSocket ?session=<id> frames of the api, after both ends have proven that they know the secret of the session
 *   files, export, …        see `file-requests.ts`, each request with a ticket
 *
 * No cookie is set or read: a browser sends those to every server on 127.0.0.1, whatever its port.
 */
export class WebServer {
  readonly sessions: WebSessions;
  readonly #server: Server;
  readonly #sockets = new WebSocketServer({ noServer: true, maxPayload: FRAME_BYTES_MAX });
  readonly #page: ReturnType<typeof sirv>;
  #device: DeviceService | undefined;

  /** Port 0 stands for any free one; `page` is the folder of the page. Rejects with `ExpectedFailure` where the port is taken. */
  static async start(port: number, page: string, clock: Clock): Promise<WebServer> {
    const server = new WebServer(page, clock);
    await listen(server.#server, port);
    return server;
  }

  private constructor(page: string, clock: Clock) {
    this.sessions = new WebSessions(clock);
    this.#page = sirv(page, { etag: true });
    // However long a file takes to come.
    this.#server = createServer({ requestTimeout: 0 }, (request, response) => {
      for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
      this.#answer(request, response).catch((error: unknown) => {
        this.#device?.onBug(error);
        response.destroy();
      });
    });
    this.#server.on('clientError', (_error, socket) => socket.destroy());
    this.#server.on('upgrade', (request, socket, head) => {
      // Whoever is refused may be gone before it hears of it.
      socket.on('error', () => socket.destroy());
      const session = URL.parse(request.url ?? '/', 'http://localhost')?.searchParams.get(
        'session',
      );
      const secret = this.sessions.secretOf(session ?? '');
      const isOwn = isOwnHost(request, this.port) && isOwnPage(request);
      if (!isOwn || !this.#device || typeof session !== 'string' || !secret) {
        socket.end('HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n\r\n');
        return;
      }
      this.#sockets.handleUpgrade(request, socket, head, (connected) => {
        void this.#serve(connected, session, secret);
      });
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Where the page is. It opens nothing. */
  get address(): string {
    return `http://127.0.0.1:${this.port}/`;
  }

  createLink(): WebLink {
    const { token, expiresAt } = this.sessions.newLink();
    return { link: `${this.address}#token=${token}`, expiresAt };
  }

  /**
   * From now on the page shows this device. Returns the device as the command line is to see it. The port stays this server's from
   * one device to the next, so that no other program can take it between them.
   */
  show(device: DeviceService): DeviceService {
    this.#device = device;
    return withSessions(device, this.sessions, () => this.createLink());
  }

  /** The device ends; its pages lose their connection and try again until there is another one. */
  hide(): void {
    this.#device = undefined;
    for (const socket of this.#sockets.clients) socket.terminate();
  }

  close(): Promise<void> {
    this.hide();
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  async #serve(socket: WebSocket, session: string, secret: Uint8Array<ArrayBuffer>): Promise<void> {
    socket.on('error', () => socket.terminate());
    const late = setTimeout(() => socket.terminate(), PROOF_TIMEOUT_MS);
    const isProven = await proveAsServer(secret, socketPipe(socket));
    clearTimeout(late);
    const device = this.#device;
    const gone = isProven ? this.sessions.connected(session, () => socket.terminate()) : undefined;
    if (!device || !gone || socket.readyState !== socket.OPEN) {
      gone?.();
      socket.terminate();
      return;
    }
    socket.once('close', gone);
    serveApi(forSession(device, this.sessions, session), socketChannel(socket));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = URL.parse(request.url ?? '/', 'http://localhost');
    if (!isOwnHost(request, this.port)) response.writeHead(403).end();
    else if (!url) response.writeHead(400).end();
    else if (url.pathname === '/session') await this.#open(request, response);
    else if (url.pathname.startsWith('/session/')) this.#tellOf(url.pathname, response);
    else if (isFilePath(url.pathname)) await this.#serveFile(url, request, response);
    else if (request.method !== 'GET' && request.method !== 'HEAD') response.writeHead(405).end();
    else this.#page(request, response, () => void response.writeHead(404).end());
  }

  async #open(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader('Cache-Control', 'no-store');
    const token = isOwnPage(request) && request.method === 'POST' ? await shortBody(request) : '';
    const opened = this.sessions.open(token, request.headers['user-agent'] ?? '');
    if (!opened) response.writeHead(401, { Connection: 'close' }).end();
    else
      response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(opened));
  }

  #tellOf(pathname: string, response: ServerResponse): void {
    const isThere = this.sessions.secretOf(pathname.slice('/session/'.length)) !== undefined;
    response.writeHead(isThere ? 204 : 401, { 'Cache-Control': 'no-store' }).end();
  }

  async #serveFile(url: URL, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', headers } = request;
    const isPost = method === 'POST';
    const [, sent = ''] = /^Ticket (\S+)$/u.exec(headers.authorization ?? '') ?? [];
    const ticket = isPost ? sent : (url.searchParams.get('ticket') ?? '');
    const isAllowed = isPost ? isOwnPage(request) : isFromNoOtherPage(request);
    const device = this.#device;
    if (!isAllowed || !this.sessions.useTicket(ticket, method, pathOf(url))) {
      response.writeHead(401, { Connection: 'close', 'Cache-Control': 'no-store' }).end();
    } else if (!device) {
      response.writeHead(503, { Connection: 'close' }).end();
    } else {
      // Nothing finds it again under an address that is good once.
      await serveFile(device, request, response, isPost, { 'Cache-Control': 'no-store' });
    }
  }
}

/** A body that is short; empty where it is not. */
async function shortBody(request: IncomingMessage): Promise<string> {
  let body = '';
  try {
    for await (const piece of request as AsyncIterable<Buffer>) {
      body += piece.toString('latin1');
      if (body.length > TOKEN_BODY_BYTES_MAX) return '';
    }
    return body;
  } catch (error) {
    ignored(error);
    return '';
  }
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
