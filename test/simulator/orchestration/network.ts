import type { PeerId } from '../../../main/mvds/types.ts';
import type { Session, Transport } from '../../../main/sync/ports.ts';
import type { SeededRandom } from '../random.ts';
import { Wire, type WireEnd } from './wire.ts';
import type { After } from './world-clock.ts';

/** One life of a device, as the network sees it. */
interface Attached {
  readonly peerId: PeerId;
  keep: ReadonlySet<PeerId>;
  accept: ReadonlySet<PeerId>;
  onSession: (session: Session) => void;
}

interface Connection {
  readonly peers: readonly [PeerId, PeerId];
  readonly wire: Wire;
}

/** How long it takes to connect, and to try again after a connection was lost, at least and at most. */
const DIAL_MS = [20, 800] as const;
const REDIAL_MS = [1_000, 2_000] as const;
const LATENCY_MS = [1, 300] as const;
const BYTES_PER_SECOND = [2_000, 20_000, 1_000_000] as const;

/** Connects whoever wants to be connected and can be, as a transport does that never gives up. */
export class SimulatedNetwork {
  /** Frames written in all. */
  frames = 0;
  private readonly attached = new Map<PeerId, Attached>();
  private readonly connections = new Set<Connection>();
  private readonly random: SeededRandom;
  private readonly after: After;
  private readonly now: () => number;
  private readonly canReach: (a: PeerId, b: PeerId) => boolean;
  private readonly onFrame: (from: PeerId, to: PeerId, frame: Uint8Array) => void;
  private readonly heldBy: (peerId: PeerId) => number;

  constructor(options: {
    readonly random: SeededRandom;
    readonly after: After;
    readonly now: () => number;
    readonly canReach: (a: PeerId, b: PeerId) => boolean;
    readonly onFrame: (from: PeerId, to: PeerId, frame: Uint8Array) => void;
    readonly heldBy: (peerId: PeerId) => number;
  }) {
    this.random = options.random;
    this.after = options.after;
    this.now = options.now;
    this.canReach = options.canReach;
    this.onFrame = options.onFrame;
    this.heldBy = options.heldBy;
  }

  /** The transport of a device that has started. What a device did in an earlier life no longer counts. */
  attach(peerId: PeerId): Transport {
    const attached: Attached = {
      peerId,
      keep: new Set(),
      accept: new Set(),
      onSession: () => undefined,
    };
    this.attached.set(peerId, attached);
    const isCurrent = (): boolean => this.attached.get(peerId) === attached;
    return {
      onSession: (listener) => {
        attached.onSession = listener;
      },
      want: (keep, accept) => {
        if (!isCurrent()) return;
        const fresh = [...keep].filter((peer) => !attached.keep.has(peer));
        attached.keep = keep;
        attached.accept = accept;
        this.closeUnwanted(attached);
        for (const peer of fresh) this.tryLater(peerId, peer, DIAL_MS);
      },
      retry: (peer) => {
        if (isCurrent()) this.tryLater(peerId, peer, DIAL_MS);
      },
    };
  }

  /** The device is gone from one moment to the next. */
  detach(peerId: PeerId): void {
    this.attached.delete(peerId);
    this.cutWhere(({ peers }) => peers.includes(peerId));
  }

  /** What can be reached has changed. */
  linksChanged(): void {
    this.cutWhere(({ peers }) => !this.canReach(...peers));
    for (const { peerId, keep } of this.attached.values()) {
      for (const peer of keep) this.tryLater(peerId, peer, DIAL_MS);
    }
  }

  /** Something befalls a connection, if there is one. */
  disturb(kind: 'cut' | 'stall'): void {
    const live = [...this.connections];
    if (live.length === 0) return;
    const { wire } = this.random.pick(live);
    if (kind === 'cut') wire.cut();
    else wire.isStalled = true;
  }

  private cutWhere(matches: (connection: Connection) => boolean): void {
    for (const connection of [...this.connections]) {
      if (matches(connection)) connection.wire.cut();
    }
  }

  private closeUnwanted({ peerId, keep, accept }: Attached): void {
    this.cutWhere(({ peers }) => {
      const other = peers[0] === peerId ? peers[1] : peers[0];
      return peers.includes(peerId) && !keep.has(other) && !accept.has(other);
    });
  }

  private tryLater(from: PeerId, to: PeerId, [min, max]: readonly [number, number]): void {
    this.after(this.random.between(min, max), () => this.tryNow(from, to), [from, to]);
  }

  /** Returns whether they are connected now and were not before. */
  private tryNow(from: PeerId, to: PeerId): boolean {
    const [dialler, listener] = [this.attached.get(from), this.attached.get(to)];
    if (!dialler?.keep.has(to) || !listener || !this.canReach(from, to)) return false;
    if (!listener.keep.has(from) && !listener.accept.has(from)) return false;
    const isConnected = [...this.connections].some(
      ({ peers }) => peers.includes(from) && peers.includes(to),
    );
    if (!isConnected) this.connect(dialler, listener);
    return !isConnected;
  }

  private connect(dialler: Attached, listener: Attached): void {
    const { random, after, now } = this;
    const [from, to] = [dialler.peerId, listener.peerId];
    const wire = new Wire({
      after,
      peers: [from, to],
      now,
      latencyMs: random.between(...LATENCY_MS),
      bytesPerSecond: random.pick(BYTES_PER_SECOND),
      onFrame: (frame) => {
        this.frames += 1;
        this.onFrame(from, to, frame);
      },
      heldAt: (end) => this.heldBy(end === 0 ? from : to),
      onEnd: () => {
        this.connections.delete(connection);
        for (const [a, b] of [
          [from, to],
          [to, from],
        ] as const) {
          if (this.attached.get(a)?.keep.has(b)) this.tryLater(a, b, REDIAL_MS);
        }
      },
    });
    const connection: Connection = { peers: [from, to], wire };
    this.connections.add(connection);
    const [here, there] = wire.ends;
    this.give(dialler, to, here);
    this.give(listener, from, there);
  }

  private give(attached: Attached, peerId: PeerId, channel: WireEnd): void {
    attached.onSession({ peerId, path: 'direct', channel });
  }
}
