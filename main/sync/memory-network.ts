import type { Clock } from '../helpers/clock.ts';
import { ChannelClosedError, type FrameChannel } from '../helpers/frame-channel.ts';
import type { PeerId } from '../mvds/types.ts';
import type { Session, Transport } from './ports.ts';

/** It takes this long to connect, milliseconds. */
const DIAL_MS = 1;
/** A lost connection is tried again after this, milliseconds. */
const REDIAL_MS = 1_000;
/** Bytes that may be unread before a writer has to wait: as much as one stream of the real network holds. */
const UNREAD_BYTES_MAX = 1 << 20;

interface Attached {
  readonly peerId: PeerId;
  keep: ReadonlySet<PeerId>;
  accept: ReadonlySet<PeerId>;
  onSession: (session: Session) => void;
}

/** The in-memory twin of a network: connects those who want to be, within one process. */
export class MemoryNetwork {
  readonly #clock: Clock;
  readonly #attached = new Map<PeerId, Attached>();
  readonly #connections = new Map<string, Connection>();
  readonly #unreachable = new Set<PeerId>();
  readonly #attempts = new Set<string>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The transport of one peer; a second call takes the place of the first, as a restart does. */
  transportOf(peerId: PeerId): Transport {
    const attached: Attached = {
      peerId,
      keep: new Set(),
      accept: new Set(),
      onSession: () => undefined,
    };
    this.#attached.set(peerId, attached);
    return {
      want: (keep, accept) => {
        const fresh = [...keep].filter((peer) => !attached.keep.has(peer));
        attached.keep = keep;
        attached.accept = accept;
        this.#closeUnwanted(attached);
        for (const peer of fresh) this.#connectLater(peerId, peer, DIAL_MS);
      },
      retry: (peer) => this.#connectLater(peerId, peer, DIAL_MS),
      onSession: (listener) => {
        attached.onSession = listener;
      },
    };
  }

  /** Takes a peer off the network, or puts it back. */
  setReachable(peerId: PeerId, isReachable: boolean): void {
    if (isReachable) this.#unreachable.delete(peerId);
    else this.#unreachable.add(peerId);
    for (const [key, connection] of this.#connections) {
      if (!isReachable && connection.peers.includes(peerId)) this.#end(key, connection);
    }
    for (const { peerId: from, keep } of this.#attached.values()) {
      for (const to of keep) this.#connectLater(from, to, DIAL_MS);
    }
  }

  /** One attempt at a time: another that is asked for meanwhile would find what this one finds. */
  #connectLater(from: PeerId, to: PeerId, delayMs: number): void {
    const attempt = `${from} ${to}`;
    if (this.#attempts.has(attempt)) return;
    this.#attempts.add(attempt);
    this.#clock.schedule(delayMs, () => {
      this.#attempts.delete(attempt);
      this.#connect(from, to);
    });
  }

  #connect(from: PeerId, to: PeerId): void {
    const [dialler, listener] = [this.#attached.get(from), this.#attached.get(to)];
    const key = [from, to].sort().join(' ');
    if (!dialler?.keep.has(to) || !listener || this.#connections.has(key)) return;
    if (!listener.keep.has(from) && !listener.accept.has(from)) return;
    if (this.#unreachable.has(from) || this.#unreachable.has(to)) return;
    const connection = new Connection([from, to], () => {
      if (this.#connections.get(key) !== connection) return;
      this.#connections.delete(key);
      this.#connectLater(from, to, REDIAL_MS);
      this.#connectLater(to, from, REDIAL_MS);
    });
    this.#connections.set(key, connection);
    dialler.onSession({ peerId: to, path: 'direct', channel: connection.channels[0] });
    listener.onSession({ peerId: from, path: 'direct', channel: connection.channels[1] });
  }

  #closeUnwanted({ peerId, keep, accept }: Attached): void {
    for (const [key, connection] of this.#connections) {
      const other = connection.peers.find((peer) => peer !== peerId);
      const isOwn = connection.peers.includes(peerId) && other !== undefined;
      if (isOwn && !keep.has(other) && !accept.has(other)) this.#end(key, connection);
    }
  }

  #end(key: string, connection: Connection): void {
    this.#connections.delete(key);
    for (const channel of connection.channels) void channel.close();
  }
}

/** Two ends. What was written before one closed still arrives at the other. */
class Connection {
  readonly peers: readonly [PeerId, PeerId];
  readonly channels: readonly [MemoryChannel, MemoryChannel];

  constructor(peers: readonly [PeerId, PeerId], onEnd: () => void) {
    this.peers = peers;
    const first = new MemoryChannel(onEnd);
    this.channels = [first, first.other];
  }
}

class MemoryChannel implements FrameChannel {
  readonly #other: MemoryChannel;
  readonly #onEnd: () => void;
  readonly #unread: Uint8Array[] = [];
  #unreadBytes = 0;
  #isClosed = false;
  /** Whoever waits for a frame or for room. */
  #waiting: (() => void)[] = [];

  /** Without the other end, which makes itself: both know each other. */
  constructor(onEnd: () => void, other?: MemoryChannel) {
    this.#onEnd = onEnd;
    this.#other = other ?? new MemoryChannel(onEnd, this);
  }

  get other(): MemoryChannel {
    return this.#other;
  }

  async read(): Promise<Uint8Array | undefined> {
    const other = this.#other;
    while (!this.#isClosed && this.#unread.length === 0 && !other.#isClosed) {
      await this.#change();
    }
    const frame = this.#isClosed ? undefined : this.#unread.shift();
    this.#unreadBytes -= frame?.byteLength ?? 0;
    other.#wake();
    return frame;
  }

  async write(frame: Uint8Array): Promise<void> {
    const other = this.#other;
    if (this.#isClosed || other.#isClosed) throw new ChannelClosedError('closed');
    other.#unread.push(frame);
    other.#unreadBytes += frame.byteLength;
    other.#wake();
    while (other.#unreadBytes > UNREAD_BYTES_MAX) {
      await this.#change();
      // Read again: it may have ended meanwhile.
      if ([this, other].some((end) => end.#isClosed)) throw new ChannelClosedError('closed');
    }
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#wake();
    this.#other.#wake();
    this.#onEnd();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
