import type { PeerId } from '../mvds/types.ts';

/** Small values of the device itself (its name, its relays, …), each under a key, as JSON. */
export interface SettingStore {
  get(key: string): Promise<unknown>;
  set(key: string, value: unknown): Promise<void>;
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
