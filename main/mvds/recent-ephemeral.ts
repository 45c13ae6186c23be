import { MAX_RECENT_EPHEMERAL } from './constants.ts';
import type { MessageId, PeerId } from './types.ts';

/** Which ephemeral messages were here lately, as decisions see it. */
export interface RecentEphemeralView {
  has(id: MessageId): boolean;
  /** Whether the peer has sent it before. */
  cameFrom(id: MessageId, peerId: PeerId): boolean;
}

/**
 * Remembers at least the last `MAX_RECENT_EPHEMERAL` ephemeral messages and at most twice as many, with the peers that
 * they came from. One that comes again is remembered anew, so that what is still repeated is not forgotten.
 */
export class RecentEphemeral implements RecentEphemeralView {
  private newer = new Map<MessageId, readonly PeerId[]>();
  private older = new Map<MessageId, readonly PeerId[]>();

  has(id: MessageId): boolean {
    return this.newer.has(id) || this.older.has(id);
  }

  cameFrom(id: MessageId, peerId: PeerId): boolean {
    return this.sourcesOf(id).includes(peerId);
  }

  /** `source` is undefined for one written here. */
  add(id: MessageId, source: PeerId | undefined): void {
    const sources = this.sourcesOf(id);
    const isNew = source !== undefined && !sources.includes(source);
    this.newer.set(id, isNew ? [...sources, source] : sources);
    if (this.newer.size < MAX_RECENT_EPHEMERAL) return;
    // Whole generations: taking the oldest out one by one makes a map slow.
    this.older = this.newer;
    this.newer = new Map();
  }

  private sourcesOf(id: MessageId): readonly PeerId[] {
    return this.newer.get(id) ?? this.older.get(id) ?? NOBODY;
  }
}

const NOBODY: readonly PeerId[] = [];
