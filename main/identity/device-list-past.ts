import type { PeerId } from '../mvds/types.ts';
import { Bits } from './bits.ts';
import { isSigned, isTrusted, parseEntry } from './device-list-entry.ts';
import type { Change, DeviceListId, ParsedEntry } from './device-list-entry.ts';
import { append } from './multimap.ts';

/**
 * More changes than any person's devices ever see. Only a member can make them, so more means that a key is in wrong
 * hands; see `deviceListOf`. The past of an entry is as many bits: 128 bytes.
 */
export const ENTRIES_MAX = 1_024;

/** An entry that was in order when it was made. */
export interface GroundedEntry extends ParsedEntry {
  /** Its place among the grounded ones: behind everything in its past. */
  readonly index: number;
  /** The indexes of all entries that it was made after. */
  readonly past: Bits;
}

/**
 * The entries of a list that were in order when they were made, each behind everything in its past. The one that creates
 * the list is; any other is when all that it links to is, and in that past, which the links say completely, its signer
 * was added, as more than a mailbox, and not removed, and has signed it. That depends on nothing outside the entry's own past, so it is the same on
 * every device and for ever, whatever else arrives. Stops one above `most`.
 */
export function groundedEntries(
  id: DeviceListId,
  entries: readonly Uint8Array[],
  most = ENTRIES_MAX,
): readonly GroundedEntry[] {
  return new Grounding(id, entries, most).grounded;
}

class Grounding {
  readonly grounded: GroundedEntry[] = [];
  readonly #byHash = new Map<string, GroundedEntry>();
  readonly #introductions = new Map<PeerId, number[]>();
  readonly #removals = new Map<PeerId, number[]>();
  readonly #most: number;
  readonly #size: number;

  constructor(id: DeviceListId, entries: readonly Uint8Array[], most: number) {
    const parsed = new Map<string, ParsedEntry>();
    for (const bytes of entries) {
      const entry = parseEntry(bytes);
      if (entry?.listId === id) parsed.set(entry.hash, entry);
    }
    this.#most = most;
    this.#size = Math.min(parsed.size, most + 1);
    const first = parsed.get(id);
    if (first) this.#follow(first, parsed);
  }

  /** Goes from the first entry along the links: each entry is looked at once, when the last of those before it is in order. */
  #follow(first: ParsedEntry, parsed: ReadonlyMap<string, ParsedEntry>): void {
    const following = new Map<string, ParsedEntry[]>();
    const missing = new Map<ParsedEntry, number>();
    for (const entry of parsed.values()) {
      missing.set(entry, entry.previous.length);
      for (const hash of entry.previous) append(following, hash, entry);
    }
    const ready = [first];
    for (let entry = ready.pop(); entry; entry = ready.pop()) {
      if (!this.#ground(entry)) continue;
      if (this.grounded.length > this.#most) return;
      for (const next of following.get(entry.hash) ?? []) {
        const left = (missing.get(next) ?? 0) - 1;
        missing.set(next, left);
        if (left === 0) ready.push(next);
      }
    }
  }

  #ground(entry: ParsedEntry): boolean {
    const past = new Bits(this.#size);
    for (const hash of entry.previous) {
      const before = this.#byHash.get(hash);
      if (!before) return false;
      past.add(before.index);
      past.addAll(before.past);
    }
    const { change, signer } = entry;
    if (change.kind !== 'create' && !this.#isMemberIn(past, signer)) return false;
    // Last, because it costs the most: nothing is verified that could not count.
    if (!isSigned(entry)) return false;
    const grounded = { ...entry, index: this.grounded.length, past };
    this.grounded.push(grounded);
    this.#byHash.set(entry.hash, grounded);
    if (isIntroduction(change) && isTrusted(change.role)) {
      append(this.#introductions, change.subject, grounded.index);
    }
    if (change.kind === 'remove') append(this.#removals, change.subject, grounded.index);
    return true;
  }

  #isMemberIn(past: Bits, peer: PeerId): boolean {
    const isPast = (index: number) => past.has(index);
    const added = this.#introductions.get(peer)?.some(isPast) ?? false;
    return added && !(this.#removals.get(peer)?.some(isPast) ?? false);
  }
}

function isIntroduction(change: Change): change is Change & { readonly kind: 'create' | 'add' } {
  return change.kind === 'create' || change.kind === 'add';
}
