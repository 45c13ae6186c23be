import type { PeerId } from '../../mvds/types.ts';
import type { Presence } from './chat-format.ts';

/** A node that is connected says so this often, milliseconds. */
export const PRESENCE_MS = 60_000;
/** A node that has not said so for two and a half times as long is gone: one word may be lost. */
const GONE_MS = 150_000;
/** Names that are kept: more than talk at a time; anybody can make some up. */
const PRESENT_MAX = 256;

export interface Present {
  readonly peer: PeerId;
  readonly nick: string;
  /** Unix milliseconds. */
  readonly since: number;
}

/** `came`, `left`: for a person to read. `renamed`: with the name of before. */
export type AttendanceChange =
  | { readonly kind: 'came' | 'left'; readonly nick: string }
  | { readonly kind: 'renamed'; readonly nick: string; readonly before: string };

/** The people in the room, as their presence says: names prove nothing. */
export class Attendance {
  readonly #present = new Map<PeerId, Present & { readonly heardAt: number }>();

  /** Sorted by name. */
  get present(): readonly Present[] {
    return [...this.#present.values()].sort((a, b) => a.nick.localeCompare(b.nick));
  }

  heard({ peer, nick, isLeaving }: Presence, now: number): AttendanceChange | undefined {
    const before = this.#present.get(peer);
    if (isLeaving) {
      if (!before) return undefined;
      this.#present.delete(peer);
      return { kind: 'left', nick: before.nick };
    }
    if (!before && this.#present.size >= PRESENT_MAX) return undefined;
    this.#present.set(peer, { peer, nick, since: before?.since ?? now, heardAt: now });
    if (!before) return { kind: 'came', nick };
    return before.nick === nick ? undefined : { kind: 'renamed', nick, before: before.nick };
  }

  /** The connection with a peer is lost; where it is heard of through others, it comes back. */
  lost(peer: PeerId): AttendanceChange | undefined {
    const before = this.#present.get(peer);
    this.#present.delete(peer);
    return before && { kind: 'left', nick: before.nick };
  }

  /** Takes out who has fallen silent. */
  expire(now: number): AttendanceChange[] {
    const gone = [...this.#present.values()].filter(({ heardAt }) => now - heardAt > GONE_MS);
    for (const { peer } of gone) this.#present.delete(peer);
    return gone.map(({ nick }) => ({ kind: 'left' as const, nick }));
  }
}
