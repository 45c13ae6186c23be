import { peerIdFromString } from '@libp2p/peer-id';
import type { Connection } from '@libp2p/interface';
import type { Multiaddr } from '@multiformats/multiaddr';
import type { Path } from '../sync/ports.ts';
import type { Clock } from '../helpers/clock.ts';
import type { PeerId } from '../mvds/types.ts';
import type { FrameChannel } from '../helpers/frame-channel.ts';
import { CLOCK_PROTOCOL, DIAGNOSIS_TIMEOUT_MS } from './constants.ts';
import { frameChannel } from './framing.ts';
import type { Gate } from './gate.ts';
import { isRelayed } from './multiaddrs.ts';
import type { DeviceNode } from './node.ts';
import { pathOf } from './path.ts';
import { debugLog } from '../log/debug-log.ts';

const ignored = debugLog('network:diagnosis');

/** Why an attempt failed. `other`: what is not known to happen; its text says what. */
export type AttemptFailure =
  | 'no-answer'
  | 'nothing-listens'
  | 'no-route'
  | 'not-at-relay'
  | 'relay-cannot-reach'
  | 'refused'
  | 'other';

/** One way to a device, and what came of it. */
export interface Attempt {
  readonly address: string;
  readonly isRelayed: boolean;
  /** Undefined where it worked. */
  readonly failure: AttemptFailure | undefined;
  /** The library's own words; empty where it worked. */
  readonly detail: string;
}

export interface Found {
  /** Undefined where it is not connected. */
  readonly path: Path | undefined;
  /** Milliseconds there and back; undefined where it was not answered. */
  readonly roundTrip: number | undefined;
  /** Milliseconds that its clock is ahead of this one's, give or take half the round trip; undefined where not known. */
  readonly clockAhead: number | undefined;
  /** Every way that was tried; none where it is connected already. */
  readonly attempts: readonly Attempt[];
}

/** A time is eight bytes: Unix milliseconds, big-endian. */
const TIME_BYTES = 8;

/** Finds out how devices can be reached, and why not. */
export class Diagnosis {
  readonly #node: DeviceNode;
  readonly #clock: Clock;
  readonly #addressesOf: (peer: PeerId) => Promise<readonly Multiaddr[]>;

  constructor(
    node: DeviceNode,
    clock: Clock,
    addressesOf: (peer: PeerId) => Promise<readonly Multiaddr[]>,
  ) {
    this.#node = node;
    this.#clock = clock;
    this.#addressesOf = addressesOf;
  }

  /** Tells members the time, who ask to compare it with their own. */
  async start(gate: Gate): Promise<void> {
    await this.#node.handle(
      CLOCK_PROTOCOL,
      (stream, connection) => {
        if (!gate.isMember(connection.remotePeer.toString())) {
          stream.abort(new Error('not a member'));
          return;
        }
        void this.#tellTime(frameChannel(stream, TIME_BYTES)).catch(ignored);
      },
      { runOnLimitedConnection: true, maxInboundStreams: 1 },
    );
  }

  async #tellTime(channel: FrameChannel): Promise<void> {
    await channel.read();
    const now = Buffer.alloc(TIME_BYTES);
    now.writeBigInt64BE(BigInt(this.#clock.now()));
    await channel.write(now);
    // It is for whoever has asked to close: what is under way then is no loss.
    await channel.read();
    await channel.close();
  }

  /** A device that is not connected is tried by every way that is known, one after the other. Never rejects. */
  async examine(peer: PeerId): Promise<Found> {
    const [open] = this.#connections(peer);
    if (open) return { ...(await this.#measure(open)), attempts: [] };
    const attempts: Attempt[] = [];
    for (const address of await this.#addressesOf(peer)) {
      attempts.push(await this.#attempt(address));
    }
    const [reached] = this.#connections(peer);
    if (reached) return { ...(await this.#measure(reached)), attempts };
    return { path: undefined, roundTrip: undefined, clockAhead: undefined, attempts };
  }

  #connections(peer: PeerId): Connection[] {
    const connections = this.#node.getConnections(peerIdFromString(peer));
    return connections.filter(({ status }) => status === 'open');
  }

  async #attempt(address: Multiaddr): Promise<Attempt> {
    const tried = { address: address.toString(), isRelayed: isRelayed(address) };
    try {
      await this.#node.dial(address, { signal: AbortSignal.timeout(DIAGNOSIS_TIMEOUT_MS) });
      return { ...tried, failure: undefined, detail: '' };
    } catch (error) {
      const detail = textOf(error);
      return { ...tried, failure: failureOf(error, detail), detail };
    }
  }

  async #measure(connection: Connection): Promise<Omit<Found, 'attempts'>> {
    const signal = AbortSignal.timeout(DIAGNOSIS_TIMEOUT_MS);
    const path = pathOf(connection);
    const began = performance.now();
    try {
      const options = { runOnLimitedConnection: true, signal };
      const stream = await connection.newStream(CLOCK_PROTOCOL, options);
      const asked = this.#clock.now();
      const channel = frameChannel(stream, TIME_BYTES);
      await channel.write(new Uint8Array());
      const told = await channel.read();
      const answered = this.#clock.now();
      await channel.close();
      if (told?.byteLength !== TIME_BYTES) throw new Error('no time');
      const theirs = Number(Buffer.from(told).readBigInt64BE());
      const clockAhead = Math.round(theirs - (asked + answered) / 2);
      return { path, roundTrip: await this.#ping(connection, signal), clockAhead };
    } catch (error) {
      ignored(error);
      // An older version, which does not tell the time: at least it answered, or it did not.
      const took = signal.aborted ? undefined : Math.round(performance.now() - began);
      return { path, roundTrip: took, clockAhead: undefined };
    }
  }

  async #ping(connection: Connection, signal: AbortSignal): Promise<number | undefined> {
    return this.#node.services.ping
      .ping(connection.remotePeer, { signal, runOnLimitedConnection: true })
      .then(Math.round, () => undefined);
  }
}

/** The words of an error and of what caused it: libp2p puts several attempts into one. */
function textOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(textOf).join('; ');
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

const FAILURES: readonly (readonly [pattern: RegExp, failure: AttemptFailure])[] = [
  [/NO_RESERVATION/u, 'not-at-relay'],
  [/PERMISSION_DENIED|DialDenied|denied/u, 'refused'],
  [/CONNECTION_FAILED/u, 'relay-cannot-reach'],
  [/ECONNREFUSED/u, 'nothing-listens'],
  [/EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL/u, 'no-route'],
  [/ETIMEDOUT|Timeout|AbortError|aborted/u, 'no-answer'],
  [/EncryptionFailed|ConnectionClosed|ECONNRESET|closed|reset/u, 'refused'],
];

function failureOf(error: unknown, detail: string): AttemptFailure {
  if (error instanceof Error && error.name === 'TimeoutError') return 'no-answer';
  return FAILURES.find(([pattern]) => pattern.test(detail))?.[1] ?? 'other';
}
