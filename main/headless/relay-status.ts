import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../helpers/clock.ts';
import type { RelayServer } from '../network/relay-server.ts';
import { ExpectedFailure } from './failures.ts';
import { namesThisComputer } from './web/hosts.ts';

/** Prometheus text format, https://prometheus.io/docs/instrumenting/exposition_formats/. */
const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

export interface RelayStatusServer {
  readonly port: number;
  /** From now on `/health` answers 503: nobody is to be sent here any more. */
  stopping(): void;
  close(): Promise<void>;
}

/**
 * Serves `/metrics` (Prometheus) and `/health` (JSON) of a relay on 127.0.0.1 alone, to requests whose Host is
 * localhost or an address: a page whose name leads here (DNS rebinding) gets nothing. Port 0 stands for any free one. Rejects
 * with `ExpectedFailure` where the port is taken.
 */
export async function startRelayStatus(
  relay: Pick<RelayServer, 'addresses' | 'counts' | 'metrics'>,
  port: number,
  clock: Clock,
): Promise<RelayStatusServer> {
  const startedAt = clock.now();
  let isStopping = false;

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (!namesThisComputer(request)) {
      response.writeHead(403).end();
    } else if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405).end();
    } else if (request.url === '/metrics') {
      const text = await relay.metrics();
      response.writeHead(200, { 'Content-Type': METRICS_TYPE }).end(text);
    } else if (request.url === '/health') {
      const { reservations, connections, relayedConnections } = relay.counts();
      const health = {
        status: isStopping ? 'stopping' : 'ok',
        uptimeSeconds: Math.floor((clock.now() - startedAt) / 1_000),
        addresses: relay.addresses,
        reservations,
        connections,
        relayedConnections,
      };
      response
        .writeHead(isStopping ? 503 : 200, { 'Content-Type': 'application/json' })
        .end(`${JSON.stringify(health)}\n`);
    } else {
      response.writeHead(404).end();
    }
  };

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.writeHead(500).end());
  });
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new ExpectedFailure(
      `Port ${port} is in use by another program; choose another one with --metrics.`,
    );
  }
  return {
    port: (server.address() as AddressInfo).port,
    stopping: () => (isStopping = true),
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
