import type { Clock, Random } from '../helpers/clock.ts';
import type { Admission } from '../mvds/admission.ts';
import type { UnmetParents } from '../mvds/events.ts';
import type { StoredMessage, SyncStore } from '../mvds/ports.ts';
import type { Mode } from '../mvds/state.ts';
import type { GroupId, Message, PeerId } from '../mvds/types.ts';
import type { Interval, PeerHistory, PeerSettings } from './peer-state.ts';
import type { ActivityLog, ChangesElsewhere, PeerGroup, Transport } from './ports.ts';

export interface OrchestratorOptions {
  readonly store: SyncStore;
  /** 16 bytes as hexadecimal characters, made with the store. */
  readonly storeId: string;
  readonly transport: Transport;
  readonly group: PeerGroup;
  readonly clock: Clock;
  readonly random: Random;
  /** When each peer was last met, from before this start. Default: never. */
  readonly history?: ReadonlyMap<PeerId, PeerHistory>;
  /** The settings of each peer, which the caller keeps. Default: `interval`, and not paused. */
  readonly settings?: ReadonlyMap<PeerId, PeerSettings>;
  /** How often peers are synchronized with for which nothing was set. Default: `live`. */
  readonly interval?: Interval;
  /** How messages are announced: the whole message (`batch`), or its id first (`interactive`). Default: `batch`. */
  readonly mode?: Mode;
  /**
   * The first timestamp of a group that is kept here: older messages are not asked for. Default: all of every group is
   * kept. Call `sinceChanged` when it says something else.
   */
  readonly since?: (groupId: GroupId) => bigint | undefined;
  /** Groups whose messages are sent only while no other group has anything to be sent. Default: none. */
  readonly bulk?: (groupId: GroupId) => boolean;
  /**
   * Groups of which nothing is sent for now, whatever the peers want. Call `mutedChanged` when it says something else.
   * Default: none.
   */
  readonly mutes?: (groupId: GroupId) => boolean;
  /** Judges what arrives before it is stored. Call `readmit` when it may say something else. Default: all is accepted. */
  readonly admission?: Admission;
  /** Where other processes write to the store as well: what tells of that. Default: nobody else does. */
  readonly elsewhere?: ChangesElsewhere;
  /** Default: nothing is kept. */
  readonly activity?: ActivityLog;
  /** The last messages to a peer that the group drops, in the session that it has, if any. Default: none. */
  readonly farewell?: (peerId: PeerId) => Promise<readonly Message[]>;
  /**
   * After each commit that brought messages, this device's own included; each message once, across restarts too. One that
   * came by `elsewhere` may be told once more after a crash.
   */
  readonly onDelivered: (messages: readonly StoredMessage[]) => void;
  /** Messages that are delivered, right after this, although parents that they name were not. */
  readonly onUnmetParents?: (unmet: readonly UnmetParents[]) => void;
  /** An error that should not happen, and was dealt with. */
  readonly onError: (error: unknown) => void;
}

/** No such peer is a member of the group. */
export class UnknownPeerError extends Error {
  override readonly name = 'UnknownPeerError';
}
