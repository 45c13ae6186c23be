import type { Connection, Libp2p, Stream } from '@libp2p/interface';
import type { Clock } from '../helpers/clock.ts';
import {
  BEAT_MS,
  BEAT_OPEN_MS,
  BEAT_UNKNOWN_MS,
  BEATS_UNANSWERED_MAX,
  HEARTBEAT_PROTOCOL,
  STREAMS_MAX,
} from './constants.ts';
import type { Gate } from './gate.ts';

const ASK = 0;
const ANSWER = 1;

/** One beat: what it is, and the last known round trip in milliseconds, big-endian; 0 while that is not known. */
const BEAT_BYTES = 5;

/** Notices when the other end of one connection is silent, and how long a round trip takes. */
class Heartbeat {
  readonly #connection: Connection;
  readonly #stream: Stream;
  readonly #clock: Clock;
  #partial: number[] = [];
  #hasHeard = true;
  #unanswered = 0;
  #askedAt: number | undefined;
  #cancel: () => void = () => undefined;
  /** Milliseconds. */
  roundTrip: number | undefined;

  constructor(connection: Connection, stream: Stream, clock: Clock) {
    this.#connection = connection;
    this.#stream = stream;
    this.#clock = clock;
    stream.addEventListener('message', ({ data }) => {
      for (const byte of data instanceof Uint8Array ? data : data.subarray()) this.#take(byte);
    });
    stream.addEventListener('close', () => this.stop());
    this.#wait();
  }

  /** Bytes have come, on whatever stream. */
  heard(): void {
    this.#hasHeard = true;
    this.#unanswered = 0;
  }

  ask(): void {
    this.#askedAt = this.#clock.now();
    this.#send(ASK);
  }

  stop(): void {
    this.#cancel();
  }

  #wait(): void {
    this.#cancel = this.#clock.schedule(BEAT_MS, () => this.#beat());
  }

  /** Nothing is asked of a peer that has spoken: so of two that are silent only one asks. */
  #beat(): void {
    if (!this.#hasHeard) {
      if (this.#unanswered >= BEATS_UNANSWERED_MAX) {
        this.#connection.abort(new Error('the other side is silent'));
        return;
      }
      this.#unanswered += 1;
      this.ask();
    }
    this.#hasHeard = false;
    this.#wait();
  }

  #take(byte: number): void {
    this.heard();
    if (this.#partial.push(byte) < BEAT_BYTES) return;
    const [kind, ...told] = this.#partial;
    this.#partial = [];
    const roundTrip = new DataView(Uint8Array.from(told).buffer).getUint32(0);
    if (kind === ASK) {
      if (roundTrip > 0) this.roundTrip = roundTrip;
      this.#send(ANSWER);
    } else if (this.#askedAt !== undefined) {
      this.roundTrip = Math.max(1, this.#clock.now() - this.#askedAt);
      this.#askedAt = undefined;
    }
  }

  #send(kind: number): void {
    const beat = new DataView(new ArrayBuffer(BEAT_BYTES));
    beat.setUint8(0, kind);
    beat.setUint32(1, Math.min(this.roundTrip ?? 0, 0xffffffff));
    try {
      this.#stream.send(new Uint8Array(beat.buffer));
    } catch {
      // It has just ended.
    }
  }
}

/**
 * Heartbeats on connections that are in use. libp2p's own monitor opens a stream for each ping, which costs ten times as
 * much, and takes a bulk transfer for silence.
 */
export class Heartbeats {
  readonly #clock: Clock;
  readonly #beating = new WeakMap<Connection, Heartbeat | 'opening'>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Watches the relays, and answers members. */
  async start(node: Libp2p, gate: Gate): Promise<void> {
    node.addEventListener('connection:open', ({ detail }) => {
      if (gate.isRelay(detail.remotePeer.toString())) this.watch(detail);
    });
    await this.serve(node, (peer) => gate.isMember(peer));
  }

  /** Answers whoever `may` ask. */
  async serve(node: Libp2p, may: (peer: string) => boolean): Promise<void> {
    await node.handle(
      HEARTBEAT_PROTOCOL,
      (stream, connection) => {
        if (may(connection.remotePeer.toString())) this.#begin(connection, stream);
        else stream.abort(new Error('not a member'));
      },
      { runOnLimitedConnection: true, maxInboundStreams: STREAMS_MAX },
    );
  }

  /** The other side is to call `watch`. Should it fall silent before it has, this one does. */
  await(connection: Connection): void {
    this.#later(connection, BEAT_MS, () => this.watch(connection));
  }

  /** Ends a connection whose other side is silent, from now on. One side is enough: both notice. */
  watch(connection: Connection): void {
    if (this.#beating.has(connection)) return;
    this.#beating.set(connection, 'opening');
    void this.#open(connection);
  }

  async #open(connection: Connection): Promise<void> {
    try {
      const stream = await connection.newStream(HEARTBEAT_PROTOCOL, {
        runOnLimitedConnection: true,
        signal: AbortSignal.timeout(BEAT_OPEN_MS),
      });
      this.#begin(connection, stream).ask();
    } catch (error) {
      if (connection.status !== 'open') return;
      // Who says that it does not know the protocol is there. Asking that is dear, so it is asked less often.
      const isThere = error instanceof Error && error.name === 'UnsupportedProtocolError';
      if (isThere) this.#later(connection, BEAT_UNKNOWN_MS, () => void this.#open(connection));
      else connection.abort(new Error('the other side is silent'));
    }
  }

  /** Bytes have come over a connection. */
  heard(connection: Connection): void {
    this.#at(connection)?.heard();
  }

  /** Milliseconds; undefined while it is not known. */
  roundTrip(connection: Connection): number | undefined {
    return this.#at(connection)?.roundTrip;
  }

  /** Unless the connection has ended by then. */
  #later(connection: Connection, delayMs: number, callback: () => void): void {
    const cancel = this.#clock.schedule(delayMs, () => {
      connection.removeEventListener('close', cancel);
      callback();
    });
    connection.addEventListener('close', cancel, { once: true });
  }

  #begin(connection: Connection, stream: Stream): Heartbeat {
    this.#at(connection)?.stop();
    const heartbeat = new Heartbeat(connection, stream, this.#clock);
    this.#beating.set(connection, heartbeat);
    return heartbeat;
  }

  #at(connection: Connection): Heartbeat | undefined {
    const beating = this.#beating.get(connection);
    return beating instanceof Heartbeat ? beating : undefined;
  }
}
