import type { MessageId, PeerId } from '../mvds/types.ts';

/** Small values of the device itself (its name, its relays, …), each under a key, as JSON. */
export interface SettingStore {
  get(key: string): Promise<unknown>;
  set(key: string, value: unknown): Promise<void>;
}

/** The outcome of a commit with the projection of its messages. */
export interface ProjectedCommit {
  /** Ids of the messages that were new, as `SyncStore.commit` gives them. */
  readonly added: readonly MessageId[];
  /** False where messages of before were not projected yet: then those of the commit are not either. */
  readonly isProjected: boolean;
}

export interface Activity {
  /** Unix milliseconds. */
  readonly at: number;
  readonly peerId: PeerId | undefined;
  /** What happened, as a word: 'connected', 'sent', 'received', 'failed', … */
  readonly kind: string;
  /** What a reader needs beyond that, as JSON. */
  readonly detail: Readonly<Record<string, string | number | boolean | null>>;
}

/** What the device did, for a person to read. Bounded: the oldest entries go first. */
export interface ActivityLog {
  add(entries: readonly Activity[]): Promise<void>;
  /** The newest first. */
  newest(limit: number, peerId?: PeerId): Promise<readonly Activity[]>;
}
