import type { PeerId } from '../mvds/types.ts';

/** Small values of the device itself (its name, its relays, …), each under a key, as JSON. */
export interface SettingStore {
  get(key: string): Promise<unknown>;
  set(key: string, value: unknown): Promise<void>;
}

/** The SHA-256 of what it names, 64 lower-case hexadecimal characters. */
export type ContentHash = string;

/** Where an attachment stands. */
export interface AttachmentState {
  readonly bytes: number;
  readonly chunks: number;
  /** Chunks whose content is here. */
  readonly present: number;
}

/** Files as chunks that are named by their content: a chunk that several files have is kept once. */
export interface AttachmentStore {
  /** Makes an attachment known, with its chunks in order. One that is known already is left as it is. */
  add(attachment: {
    readonly id: ContentHash;
    readonly bytes: number;
    readonly chunks: readonly ContentHash[];
  }): Promise<void>;
  /** Undefined for an attachment that is not known. */
  state(id: ContentHash): Promise<AttachmentState | undefined>;
  /** Keeps the content of a chunk. Returns false, with nothing kept, where no attachment has a chunk of that content. */
  putChunk(content: Uint8Array): Promise<boolean>;
  /** The content of the chunk at `position`, from 0; undefined where it is not here. */
  chunk(id: ContentHash, position: number): Promise<Uint8Array | undefined>;
  /** Chunks of the attachment that are not here, in order, at most `limit`. */
  missing(id: ContentHash, limit: number): Promise<readonly ContentHash[]>;
  /** Forgets the attachment, and the chunks that no other attachment has. */
  remove(id: ContentHash): Promise<void>;
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
