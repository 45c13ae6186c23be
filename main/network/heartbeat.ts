import type { Connection, Libp2p } from '@libp2p/interface';
import { PING_PROTOCOL } from '@libp2p/ping';
import { AdaptiveTimeout, byteStream } from '@libp2p/utils';
import type { Clock } from '../helpers/clock.ts';
import { PING_MS, PING_TIMEOUT, RELAY_PING_EVERY } from './constants.ts';

/** Of the ping protocol (libp2p specification, "ping"). */
const PING_BYTES = 32;

/**
 * Closes connections whose other end is gone without a word. libp2p's own monitor does the same and knows no difference: what
 * keeps a device at its relay pings as often as what tells whether another device is there.
 */
export class Heartbeat {
  readonly #node: Libp2p;
  readonly #isRelay: (peer: string) => boolean;
  readonly #clock: Clock;
  readonly #timeout = new AdaptiveTimeout(PING_TIMEOUT);
  #beats = 0;
  #cancel: () => void = () => undefined;

  constructor(node: Libp2p, isRelay: (peer: string) => boolean, clock: Clock) {
    this.#node = node;
    this.#isRelay = isRelay;
    this.#clock = clock;
  }

  start(): void {
    this.#cancel = this.#clock.schedule(PING_MS, () => {
      this.start();
      this.#beat();
    });
  }

  stop(): void {
    this.#cancel();
  }

  #beat(): void {
    this.#beats += 1;
    const isForRelays = this.#beats % RELAY_PING_EVERY === 0;
    for (const connection of this.#node.getConnections()) {
      const isRelay = this.#isRelay(connection.remotePeer.toString());
      if (isForRelays || !isRelay) void this.#check(connection);
    }
  }

  async #check(connection: Connection): Promise<void> {
    const signal = this.#timeout.getTimeoutSignal();
    try {
      await ping(connection, signal);
    } catch (error) {
      // Who does not know the protocol has said so, and is alive.
      const isAlive = error instanceof Error && error.name === 'UnsupportedProtocolError';
      if (!isAlive) connection.abort(error instanceof Error ? error : new Error('no answer'));
    } finally {
      this.#timeout.cleanUp(signal);
    }
  }
}

async function ping(connection: Connection, signal: AbortSignal): Promise<void> {
  const stream = await connection.newStream(PING_PROTOCOL, {
    signal,
    runOnLimitedConnection: true,
  });
  try {
    const bytes = byteStream(stream);
    await Promise.all([
      bytes.write(crypto.getRandomValues(new Uint8Array(PING_BYTES)), { signal }),
      bytes.read({ bytes: PING_BYTES, signal }),
    ]);
    await stream.close({ signal });
  } catch (error) {
    stream.abort(error instanceof Error ? error : new Error('no answer'));
    throw error;
  }
}
