import type { GroupId, MessageId, PeerId } from '../helpers/ids.ts';

export type { GroupId, MessageId, PeerId };

/** Length in bytes of a message id (SHA-256) and of a group id. */
export const ID_BYTES = 32;

/** 4/MVDS-META. Not covered by the message id. */
export interface Metadata {
  readonly parents: readonly MessageId[];
  readonly ephemeral: boolean;
}

/** A 2/MVDS message with its id. `timestamp` is an int64; its unit is the application's (Reunion: milliseconds). */
export interface Message {
  readonly id: MessageId;
  readonly groupId: GroupId;
  readonly timestamp: bigint;
  readonly body: Uint8Array;
  readonly metadata: Metadata;
}

export type RecordType = 'offer' | 'request' | 'message';

/** What is still to be sent to one peer about one message (2/MVDS, "Records"). At most one per (peer, message). */
export interface SyncRecord {
  readonly peerId: PeerId;
  readonly messageId: MessageId;
  readonly type: RecordType;
  /** Undefined only for a request that an offer gave rise to: offers name no group. */
  readonly groupId: GroupId | undefined;
  /** How often it was sent. */
  readonly sendCount: number;
  /** The epoch at which it is next due; a local tick counter, never on the wire. */
  readonly sendEpoch: number;
  /** Of a group whose messages wait until no other group has anything to be sent. Default: no. */
  readonly bulk?: boolean;
  /** Of a message of the backlog: its place in the order of arrival. Set by the store. */
  readonly sequence?: number;
}
