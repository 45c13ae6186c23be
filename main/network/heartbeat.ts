import type { Connection, Libp2p, Stream } from '@libp2p/interface';
import { peerIdFromString } from '@libp2p/peer-id';
import type { Clock } from '../helpers/clock.ts';
import {
  BEAT_ANSWER_MS,
  BEAT_FIRST_MS,
  BEAT_OPEN_MS,
  BEAT_TURN_MS,
  BEAT_UNKNOWN_MS,
  HEARTBEAT_PROTOCOL,
  SILENCE_MS,
  SILENCE_RELAY_MS,
  STREAMS_MAX,
} from './constants.ts';
import type { Gate } from './gate.ts';
import { relayOn } from './multiaddrs.ts';
import { debugLog } from '../log/debug-log.ts';

const ignored = debugLog('network:heartbeat');

const ASK = 0;
const ANSWER = 1;

/** One beat: what it is, and the last known round trip in milliseconds, big-endian; 0 while that is not known. */
const BEAT_BYTES = 5;

interface HeartbeatOptions {
  readonly connection: Connection;
  readonly stream: Stream;
  readonly clock: Clock;
  /** After so long without a word the other side is asked whether it is there, milliseconds; undefined: it never is. */
  readonly silenceMs: number | undefined;
  /** Bytes have come: whatever carries this connection is there too. */
  readonly onHeard: () => void;
}

/** Notices when the other end of one connection is silent, and how long a round trip takes. */
class Heartbeat {
  readonly #options: HeartbeatOptions;
  #partial: number[] = [];
  #heardAt: number;
  #askedAt: number | undefined;
  /** Whether no word has come since it was asked. */
  #isAwaited = false;
  #cancel: () => void = () => undefined;
  /** Milliseconds. */
  roundTrip: number | undefined;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
    const { stream, clock, silenceMs } = options;
    this.#heardAt = clock.now();
    stream.addEventListener('message', ({ data }) => {
      for (const byte of data instanceof Uint8Array ? data : data.subarray()) this.#take(byte);
    });
    stream.addEventListener('close', () => this.stop());
    if (silenceMs !== undefined) this.#lookIn(silenceMs);
  }

  /** Bytes have come, on whatever stream. */
  heard(): void {
    this.#heardAt = this.#options.clock.now();
    this.#isAwaited = false;
    this.#options.onHeard();
  }

  ask(): void {
    this.#askedAt = this.#options.clock.now();
    this.#isAwaited = true;
    this.#send(ASK);
  }

  stop(): void {
    this.#cancel();
  }

  #lookIn(delayMs: number): void {
    this.#cancel();
    this.#cancel = this.#options.clock.schedule(Math.max(1, delayMs), () => this.#look());
  }

  /** Nothing is asked of a peer that has spoken meanwhile. A clock that was set back counts as a word. */
  #look(): void {
    const { clock, connection, silenceMs = Infinity } = this.#options;
    const now = clock.now();
    if (now < this.#heardAt) this.#heardAt = now;
    const silentFor = now - this.#heardAt;
    if (this.#isAwaited && silentFor >= silenceMs) {
      connection.abort(new Error('the other side is silent'));
    } else if (silentFor >= silenceMs) {
      this.ask();
      this.#lookIn(BEAT_ANSWER_MS);
    } else {
      this.#lookIn(silenceMs - silentFor);
    }
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
      this.roundTrip = Math.max(1, this.#options.clock.now() - this.#askedAt);
      this.#askedAt = undefined;
    }
  }

  #send(kind: number): void {
    const beat = new DataView(new ArrayBuffer(BEAT_BYTES));
    beat.setUint8(0, kind);
    beat.setUint32(1, Math.min(this.roundTrip ?? 0, 0xffffffff));
    try {
      this.#options.stream.send(new Uint8Array(beat.buffer));
    } catch (error) {
      ignored(error);
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
  readonly #silenceMs: number;
  readonly #beating = new WeakMap<Connection, Heartbeat | 'opening'>();
  #node: Libp2p | undefined;

  /** `silenceMs`: after so long without a word the other side is asked, unless something else is said. */
  constructor(clock: Clock, silenceMs = SILENCE_MS) {
    this.#clock = clock;
    this.#silenceMs = silenceMs;
  }

  /** Watches the relays, and answers members. */
  async start(node: Libp2p, gate: Gate): Promise<void> {
    this.#node = node;
    node.addEventListener('connection:open', ({ detail }) => {
      if (gate.isRelay(detail.remotePeer.toString())) this.watch(detail, SILENCE_RELAY_MS);
    });
    await this.serve(node, (peer) => gate.isMember(peer), SILENCE_MS + BEAT_TURN_MS);
  }

  /** Answers whoever `may` ask; and asks them, where they have been silent for `silenceMs`. */
  async serve(node: Libp2p, may: (peer: string) => boolean, silenceMs?: number): Promise<void> {
    await node.handle(
      HEARTBEAT_PROTOCOL,
      (stream, connection) => {
        if (may(connection.remotePeer.toString())) this.#begin(connection, stream, silenceMs);
        else stream.abort(new Error('not a member'));
      },
      { runOnLimitedConnection: true, maxInboundStreams: STREAMS_MAX },
    );
  }

  /** The other side is to call `watch`. Should it fall silent before it has, this one does. */
  await(connection: Connection): void {
    this.#later(connection, BEAT_FIRST_MS, () => this.watch(connection));
  }

  /** Ends a connection whose other side is silent, from now on. One side is enough: both notice. */
  watch(connection: Connection, silenceMs = this.#silenceMs): void {
    if (this.#beating.has(connection)) return;
    this.#beating.set(connection, 'opening');
    void this.#open(connection, silenceMs);
  }

  async #open(connection: Connection, silenceMs: number): Promise<void> {
    const signal = AbortSignal.timeout(BEAT_OPEN_MS);
    try {
      const stream = await connection.newStream(HEARTBEAT_PROTOCOL, {
        runOnLimitedConnection: true,
        signal,
      });
      const heartbeat = this.#begin(connection, stream, silenceMs);
      // Refused after it was opened, as by a device that is only about to make this one a member.
      stream.addEventListener('close', () => {
        if (this.#at(connection) !== heartbeat || connection.status !== 'open') return;
        this.#beating.set(connection, 'opening');
        this.#later(connection, BEAT_FIRST_MS, () => void this.#open(connection, silenceMs));
      });
      heartbeat.ask();
    } catch (error) {
      ignored(error);
      if (connection.status !== 'open') return;
      // Who says that it does not know the protocol, or that this is no member yet, is there: a device that is just joining may still
      // have its pairing on this connection. Asking that is dear, so it is asked less often.
      if (!signal.aborted) {
        this.#later(connection, BEAT_UNKNOWN_MS, () => void this.#open(connection, silenceMs));
      } else connection.abort(new Error('the other side is silent'));
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

  #begin(connection: Connection, stream: Stream, silenceMs: number | undefined): Heartbeat {
    this.#at(connection)?.stop();
    const onHeard = () => this.#heardThrough(connection);
    const heartbeat = new Heartbeat({
      ...{ connection, stream, silenceMs, onHeard },
      clock: this.#clock,
    });
    this.#beating.set(connection, heartbeat);
    return heartbeat;
  }

  /** What a relay has passed on proves that the relay is there: it need not be asked as well. */
  #heardThrough(connection: Connection): void {
    const relay = relayOn(connection.remoteAddr);
    if (relay === undefined) return;
    for (const carrier of this.#node?.getConnections(peerIdFromString(relay)) ?? []) {
      this.#at(carrier)?.heard();
    }
  }

  #at(connection: Connection): Heartbeat | undefined {
    const beating = this.#beating.get(connection);
    return beating instanceof Heartbeat ? beating : undefined;
  }
}
