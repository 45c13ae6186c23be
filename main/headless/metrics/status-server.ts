import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../../helpers/clock.ts';
import { ExpectedFailure } from '../failures.ts';
import { namesThisComputer } from '../web/hosts.ts';
import { debugLog } from '../../log/debug-log.ts';

const ignored = debugLog('headless:metrics:status-server');

/** Prometheus text format, https://prometheus.io/docs/instrumenting/exposition_formats/. */
const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** The program that runs, for those who look after it. */
export interface StatusSource {
  /** What `/health` tells beside its status: values that become JSON. */
  health(): Readonly<Record<string, unknown>>;
  /** In the text format of Prometheus. */
  metrics(): Promise<string>;
}

/**
 * Serves `/metrics` (Prometheus) and `/health` (JSON) on 127.0.0.1 alone, to requests whose Host is localhost or an address: a
 * page whose name leads here (DNS rebinding) gets nothing.
 */
export class StatusServer {
  readonly #server: Server;
  readonly #clock: Clock;
  readonly #startedAt: number;
  #source: StatusSource | undefined;
  #isStopping = false;

  /** Port 0 stands for any free one. Rejects with `ExpectedFailure` where the port is taken. */
  static async start(port: number, clock: Clock): Promise<StatusServer> {
    const status = new StatusServer(clock);
    try {
      status.#server.listen(port, '127.0.0.1');
      await once(status.#server, 'listening');
      return status;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EACCES') {
        throw new ExpectedFailure(
          `Port ${port} needs rights that this user does not have; choose one from 1024 on with --metrics.`,
        );
      }
      if (code !== 'EADDRINUSE') throw error;
      throw new ExpectedFailure(
        `Port ${port} is in use by another program; choose another one with --metrics.`,
      );
    }
  }

  private constructor(clock: Clock) {
    this.#clock = clock;
    this.#startedAt = clock.now();
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch((error: unknown) => {
        ignored(error);
        response.writeHead(500).end();
      });
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Tells of this from now on. Before, and while there is nothing, both paths answer 503. */
  show(source: StatusSource | undefined): void {
    this.#source = source;
  }

  /** From now on `/health` answers 503: nobody is to be sent here any more. */
  stopping(): void {
    this.#isStopping = true;
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!namesThisComputer(request)) {
      response.writeHead(403).end();
    } else if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { Allow: 'GET, HEAD' }).end();
    } else if (request.url === '/metrics') {
      const text = await this.#source?.metrics();
      if (text === undefined) response.writeHead(503).end();
      else response.writeHead(200, { 'Content-Type': METRICS_TYPE }).end(text);
    } else if (request.url === '/health') {
      const health = {
        status: this.#status,
        uptimeSeconds: Math.floor((this.#clock.now() - this.#startedAt) / 1_000),
        ...this.#source?.health(),
      };
      response
        .writeHead(health.status === 'ok' ? 200 : 503, { 'Content-Type': 'application/json' })
        .end(`${JSON.stringify(health)}\n`);
    } else {
      response.writeHead(404).end();
    }
  }

  get #status(): 'ok' | 'starting' | 'stopping' {
    if (this.#isStopping) return 'stopping';
    return this.#source ? 'ok' : 'starting';
  }
}
