import type { FrameChannel } from '../helpers/frame-channel.ts';
import type { MessagePosition, StoredMessage } from '../mvds/ports.ts';
import type { GroupId, PeerId } from '../mvds/types.ts';

/** How a peer is reached: over the local network, by a direct connection beyond it, or through a relay. */
export type Path = 'lan' | 'direct' | 'relay';

/** One connection's worth of synchronizing with a peer whose PeerId the transport has proven. A frame is one payload. */
export interface Session {
  readonly peerId: PeerId;
  readonly path: Path;
  readonly channel: FrameChannel;
  /** `listener` gets the length in bytes of each frame that was too long to be read, and was skipped. */
  readonly onOversizedFrame?: (listener: (bytes: number) => void) => void;
}

/** The network, as synchronization sees it. */
export interface Transport {
  /**
   * The peers to be kept connected from now on, and those that may connect by themselves; the connections of all others
   * are closed, and so is the connection of a peer that is no longer to be kept connected.
   */
  want(keep: ReadonlySet<PeerId>, accept: ReadonlySet<PeerId>): void;
  /** Tries at once to connect to a peer to be kept connected, without the rest of a wait. */
  retry(peerId: PeerId): void;
  /** `listener` gets each new session. At most one per peer lives: a new one means that the one before has ended. */
  onSession(listener: (session: Session) => void): void;
}

/** Layer 3: whom to synchronize with, and in which groups. */
export interface PeerGroup {
  readonly members: ReadonlyMap<PeerId, ReadonlySet<GroupId>>;
  /**
   * Members with which nothing is exchanged for now. Their records stay, so that going on costs nothing; a person may have paused
   * others as well. Default: none.
   */
  readonly paused?: ReadonlySet<PeerId>;
  /** Whether the members are connected to, or only let in where they connect by themselves. Default: true. */
  readonly isDialling?: boolean;
  /** Called after every change of `members` or `paused`. */
  onChange(listener: () => void): void;
}

/** What happened between this device and a peer, or to its sessions as a whole where there is none. */
export interface ActivityEntry {
  /** Unix milliseconds. */
  readonly at: number;
  readonly peerId: PeerId | undefined;
  readonly kind: ActivityKind;
  readonly detail: ActivityDetail;
}

export type ActivityKind =
  | 'connected'
  | 'disconnected'
  /** `messages` that the peer did not hold, and has acknowledged. */
  | 'sent'
  /** `messages` that were new here. */
  | 'received'
  /**
   * The peer ended the session before it had said anything, or `messages` of what it sent were not taken, or a payload of
   * `bytes` was too large to be read.
   */
  | 'refused'
  /** `reason`: see `FailureReason`. */
  | 'failed'
  | 'paused'
  | 'resumed'
  | 'incompatible'
  | 'added'
  | 'removed';

/** What a reader needs beyond the kind, as JSON. */
export type ActivityDetail = Readonly<Record<string, string | number | boolean | null>>;

/** Where activity is kept. Bounded by whoever keeps it. */
export interface ActivityLog {
  add(entries: readonly ActivityEntry[]): Promise<void>;
}

/** Messages that another process has put into a store that several share. */
export interface ArrivedElsewhere {
  /** In order of arrival: those that are new here, with their bodies. */
  readonly messages: readonly StoredMessage[];
  /** Where the new ones are, tombstones included. */
  readonly positions: readonly (MessagePosition & { readonly groupId: GroupId })[];
  /** Messages that were known here to wait for a parent, and that another process has delivered. */
  readonly released: readonly StoredMessage[];
  /** The sequence, and the release, up to which these go. */
  readonly upTo: { readonly sequence: number; readonly release: number };
}

/** What other processes do to a store that several share. */
export interface ChangesElsewhere {
  /**
   * `listener` is told when another process has added messages, and `recovered` when the store is within reach again
   * after it was not: what failed meanwhile should be tried again.
   */
  onChange(listener: (change: 'messages' | 'recovered') => void): void;
  /** `listener` is told of a group when any process has expired messages of it. */
  onExpired(listener: (groupId: GroupId) => void): void;
  /** The next messages of other processes that were not taken; undefined when there is none. Rejects as the store does. */
  next(): Promise<ArrivedElsewhere | undefined>;
  /** They are dealt with here: `next` goes on after them, across restarts too. Rejects as the store does. */
  taken(upTo: ArrivedElsewhere['upTo']): Promise<void>;
}
