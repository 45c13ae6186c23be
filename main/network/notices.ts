import type { Connection, Libp2p, Stream } from '@libp2p/interface';
import { peerIdFromString } from '@libp2p/peer-id';
import type { Clock } from '../helpers/clock.ts';
import type { FrameChannel } from '../helpers/frame-channel.ts';
import type { PeerId } from '../mvds/types.ts';
import {
  NOTICE_PROTOCOL,
  NOTICE_REST_MS,
  NOTICE_TIMEOUT_MS,
  PAIR_FRAME_BYTES_MAX,
  STREAMS_MAX,
} from './constants.ts';
import { frameChannel } from './framing.ts';
import type { Gate } from './gate.ts';
import { debugLog } from '../log/debug-log.ts';

const ignored = debugLog('network:notices');

/** What is told, in parts of at most `PAIR_FRAME_BYTES_MAX` bytes, none of them empty. */
export type Notice = readonly Uint8Array[];

export interface NoticeSource {
  /** Devices that were removed. */
  readonly removed: ReadonlySet<PeerId>;
  /** Those of them that were never told. */
  readonly untold: ReadonlySet<PeerId>;
  readonly notice: () => Promise<Notice>;
  /** The device has taken it, and has answered with what it knows itself. */
  readonly onTold: (peer: PeerId, answer: Notice) => void;
}

/** More parts than any notice has. */
const PARTS_MAX = 1_024;
/** More parts than any answer has: the device that answers was removed, so it is believed less. */
const ANSWER_PARTS_MAX = 128;
const END = new Uint8Array();

/**
 * Tells devices that do not belong to the others any more why nobody answers them. They are refused before any protocol
 * runs, so it is this device that connects to them: where they were never told, and whenever one of them shows itself, for
 * then it has gone back to a time before it was told. A device that is told answers with what it knows: the one that tells it
 * may be the one that lacks an entry.
 */
export class Notices {
  readonly #node: Libp2p;
  readonly #gate: Gate;
  readonly #clock: Clock;
  readonly #dial: (peer: PeerId) => Promise<Connection | undefined>;
  readonly #triedAt = new Map<PeerId, number>();
  #source: NoticeSource | undefined;
  #onNotice: ((peer: PeerId, notice: Notice) => Promise<Notice>) | undefined;

  constructor(
    node: Libp2p,
    gate: Gate,
    clock: Clock,
    dial: (peer: PeerId) => Promise<Connection | undefined>,
  ) {
    this.#node = node;
    this.#gate = gate;
    this.#clock = clock;
    this.#dial = dial;
    gate.onRefused((peer) => this.#seen(peer as PeerId));
    node.addEventListener('peer:discovery', ({ detail }) => {
      this.#seen(detail.id.toString() as PeerId);
    });
  }

  /** `listener` gets each notice for this device; the other side gets the answer that it resolves with. */
  onNotice(listener: (peer: PeerId, notice: Notice) => Promise<Notice>): void {
    this.#onNotice = listener;
  }

  async start(): Promise<void> {
    await this.#node.handle(
      NOTICE_PROTOCOL,
      (stream, connection) => {
        const peer = connection.remotePeer.toString() as PeerId;
        void this.#receive(peer, stream).catch((error: unknown) => {
          ignored(error);
          stream.abort(new Error('no notice'));
        });
      },
      { runOnLimitedConnection: true, maxInboundStreams: STREAMS_MAX },
    );
  }

  /** Replaces what there was to tell. */
  tell(source: NoticeSource): void {
    this.#source = source;
    this.#gate.setRemoved(source.removed);
    this.tellAll();
  }

  /** Tries all that were never told; nothing happens before the start. */
  tellAll(): void {
    for (const peer of this.#source?.untold ?? []) this.#seen(peer);
  }

  #seen(peer: PeerId): void {
    const source = this.#source;
    if (!source?.removed.has(peer) || this.#node.status !== 'started') return;
    const now = this.#clock.now();
    // A removed device that dials all the time must not make this one do the same.
    if (now - (this.#triedAt.get(peer) ?? -Infinity) < NOTICE_REST_MS) return;
    this.#triedAt.set(peer, now);
    void this.#send(peer, source);
  }

  async #send(peer: PeerId, { notice, onTold }: NoticeSource): Promise<void> {
    const parts = await notice();
    const connection = await this.#dial(peer);
    if (!connection) return;
    try {
      const signal = AbortSignal.timeout(NOTICE_TIMEOUT_MS);
      const stream = await connection.newStream(NOTICE_PROTOCOL, {
        runOnLimitedConnection: true,
        signal,
      });
      signal.addEventListener('abort', () => stream.abort(new Error('no answer in time')));
      const channel = frameChannel(stream, PAIR_FRAME_BYTES_MAX);
      for (const part of [...parts, END]) await channel.write(part);
      const answer = await readParts(channel, ANSWER_PARTS_MAX);
      if (answer) onTold(peer, answer);
      await channel.close();
    } catch (error) {
      ignored(error);
      // Told at its next contact, then.
    } finally {
      await this.#node.hangUp(peerIdFromString(peer)).catch(ignored);
    }
  }

  async #receive(peer: PeerId, stream: Stream): Promise<void> {
    const channel = frameChannel(stream, PAIR_FRAME_BYTES_MAX);
    if (!this.#onNotice || !this.#gate.mayNotify(peer)) {
      stream.abort(new Error('not a member'));
      return;
    }
    const parts = await readParts(channel, PARTS_MAX);
    if (parts) {
      const answer = await this.#onNotice(peer, parts);
      for (const part of [...answer.slice(0, ANSWER_PARTS_MAX), END]) await channel.write(part);
    }
    await channel.close();
  }
}

/** The parts before the empty one that ends them; undefined where there is none, or there are more than `most`. */
async function readParts(channel: FrameChannel, most: number): Promise<Notice | undefined> {
  const parts: Uint8Array[] = [];
  for (let part = await channel.read(); part; part = await channel.read()) {
    if (part.byteLength === 0) return parts;
    if (parts.push(part) > most) return undefined;
  }
  return undefined;
}
