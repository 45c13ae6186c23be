import type { Connection, Libp2p, Stream } from '@libp2p/interface';
import type { PeerId } from '../mvds/types.ts';
import type { Session } from '../sync/ports.ts';
import {
  STREAMS_MAX,
  SYNC_FRAME_BYTES_MAX,
  SYNC_PROTOCOL,
  SYNC_SKIPPED_BYTES_MAX,
} from './constants.ts';
import { frameChannel } from './framing.ts';
import type { Heartbeats } from './heartbeat.ts';
import { pathOf } from './path.ts';
import { debugLog } from '../log/debug-log.ts';

const ignored = debugLog('network:sessions');

/** Whom a session may be had with. */
export interface Membership {
  isMember(peer: string): peer is PeerId;
}

/** A session and what it goes over. */
export interface OpenSession extends Session {
  readonly stream: Stream;
  readonly connection: Connection;
}

/**
 * One stream of the sync protocol per member. Of two devices the one with the smaller PeerId opens it, so that two that
 * connect to each other at once still end with one.
 */
export class Sessions {
  readonly #node: Libp2p;
  readonly #membership: Membership;
  readonly #self: PeerId;
  readonly #heartbeats: Heartbeats;
  readonly #open = new Map<PeerId, OpenSession>();
  #onSession: (session: Session) => void = () => undefined;
  readonly #onEnd: (session: OpenSession) => void;

  constructor(
    node: Libp2p,
    membership: Membership,
    self: PeerId,
    heartbeats: Heartbeats,
    onEnd: (session: OpenSession) => void,
  ) {
    this.#node = node;
    this.#membership = membership;
    this.#self = self;
    this.#heartbeats = heartbeats;
    this.#onEnd = onEnd;
  }

  onSession(listener: (session: Session) => void): void {
    this.#onSession = listener;
  }

  async start(): Promise<void> {
    await this.#node.handle(
      SYNC_PROTOCOL,
      (stream, connection) => {
        const peer = connection.remotePeer.toString();
        const isMember = this.#membership.isMember(peer);
        if (isMember && !this.opens(peer)) this.#adopt(peer, stream, connection);
        else stream.abort(new Error('not a member'));
      },
      { runOnLimitedConnection: true, maxInboundStreams: STREAMS_MAX },
    );
  }

  /** Milliseconds; undefined while it is not known. */
  roundTrip(peer: PeerId): number | undefined {
    const session = this.#open.get(peer);
    return session && this.#heartbeats.roundTrip(session.connection);
  }

  get(peer: PeerId): OpenSession | undefined {
    return this.#open.get(peer);
  }

  /** Whether it is this device that opens the stream. */
  opens(peer: PeerId): boolean {
    return this.#self < peer;
  }

  /** Opens a session on a connection. Resolves with whether that succeeded. */
  async open(peer: PeerId, connection: Connection): Promise<boolean> {
    try {
      const stream = await connection.newStream(SYNC_PROTOCOL, { runOnLimitedConnection: true });
      if (!this.#membership.isMember(peer)) {
        stream.abort(new Error('not a member'));
        return false;
      }
      // The other side may have refused it already; no event will tell of that again.
      if (stream.status !== 'open') return false;
      this.#adopt(peer, stream, connection);
      return true;
    } catch (error) {
      ignored(error);
      return false;
    }
  }

  end(peer: PeerId): void {
    void this.#open.get(peer)?.channel.close();
  }

  #adopt(peerId: PeerId, stream: Stream, connection: Connection): void {
    this.end(peerId);
    let onOversized: (bytes: number) => void = () => undefined;
    const oversized = {
      bytesMax: SYNC_SKIPPED_BYTES_MAX,
      onSkipped: (bytes: number) => onOversized(bytes),
    };
    const session: OpenSession = {
      peerId,
      path: pathOf(connection),
      channel: frameChannel(stream, SYNC_FRAME_BYTES_MAX, oversized),
      onOversizedFrame: (listener) => (onOversized = listener),
      stream,
      connection,
    };
    this.#open.set(peerId, session);
    if (this.opens(peerId)) this.#heartbeats.watch(connection);
    else this.#heartbeats.await(connection);
    stream.addEventListener('message', () => this.#heartbeats.heard(connection));
    stream.addEventListener('close', () => {
      if (this.#open.get(peerId) !== session) return;
      this.#open.delete(peerId);
      this.#onEnd(session);
    });
    this.#onSession(session);
  }
}
