import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { Usage } from './process.ts';
import type { Workload } from './replica.ts';
import type { Scenario } from './scenarios.ts';
import type { SocketCount } from './socket-count.ts';

/** Two processes with a store each, of one system. */
export interface System {
  /** Writes messages on one side, while the other does not run. */
  write(workload: Workload): Promise<void>;
  /** Starts both, lets them synchronize until each holds `expected` messages, and ends them. */
  synchronize(scenario: Scenario, expected: number): Promise<Synchronization>;
}

export interface Synchronization {
  /** Unix milliseconds at which the process that connects was started. */
  readonly startedAt: number;
  /** Unix milliseconds at which both were done. */
  readonly doneAt: number;
  /** Of the process that is connected to, and of the one that connects, from their start on. */
  readonly usage: readonly [Usage, Usage];
  readonly sockets: SocketCount;
}

/** A port of loopback that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
