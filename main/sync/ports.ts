import type { FrameChannel } from '../helpers/frame-channel.ts';
import type { GroupId, PeerId } from '../mvds/types.ts';

/** How a peer is reached: over the local network, by a direct connection beyond it, or through a relay. */
export type Path = 'lan' | 'direct' | 'relay';

/** One connection's worth of synchronizing with a peer whose PeerId the transport has proven. A frame is one payload. */
export interface Session {
  readonly peerId: PeerId;
  readonly path: Path;
  readonly channel: FrameChannel;
}

/** The network, as synchronization sees it. */
export interface Transport {
  /** The peers to be kept connected from now on; the connections of all others are closed. */
  want(peers: ReadonlySet<PeerId>): void;
  /** `listener` gets each new session. At most one per peer lives: a new one means that the one before has ended. */
  onSession(listener: (session: Session) => void): void;
}

/** Layer 3: whom to synchronize with, and in which groups. */
export interface PeerGroup {
  readonly members: ReadonlyMap<PeerId, ReadonlySet<GroupId>>;
  /** Called after every change of `members`. */
  onChange(listener: () => void): void;
}
