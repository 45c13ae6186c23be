import type { PeerId } from '../mvds/types.ts';
import { Bits } from './bits.ts';
import { isSigned, isTrusted, parseEntry } from './device-list-entry.ts';
import type { Change, DeviceListId, EntryKind, ParsedEntry } from './device-list-entry.ts';
import { append } from './multimap.ts';

/** An entry whose signer was entitled to sign it, by what the entry itself says it was made after. */
export interface GroundedEntry extends ParsedEntry {
  /** Its place among the grounded ones: behind everything in its past. */
  readonly index: number;
  /** The indexes of all entries that it was made after, as far as they are here. */
  readonly past: Bits;
}

/** A grounded entry of one kind. */
export type Known<K extends EntryKind> = GroundedEntry & {
  readonly change: Change & { readonly kind: K };
};

/**
 * The entries of a list whose signers were entitled to sign them, each behind everything in its past. The one that creates
 * the list is one of them; any other is when its signer was added in its past, as more than a mailbox, and has signed it.
 * Whether the signer was removed is decided later, by which removals stand; see `standingEntries`.
 *
 * A link to an entry that is not here, or is not grounded, leads nowhere and does no other harm: nobody can keep an entry
 * from counting by withholding one that it links to. Every entry links to the one before of its own signer, so that what
 * entitles a signer never hangs on what others have signed.
 */
export function groundedEntries(
  id: DeviceListId,
  entries: readonly Uint8Array[],
): readonly GroundedEntry[] {
  return new Grounding(id, entries).grounded;
}

class Grounding {
  readonly grounded: GroundedEntry[] = [];
  readonly #byHash = new Map<string, GroundedEntry>();
  readonly #introductions = new Map<PeerId, number[]>();
  readonly #size: number;

  constructor(id: DeviceListId, entries: readonly Uint8Array[]) {
    const parsed = new Map<string, ParsedEntry>();
    for (const bytes of entries) {
      const entry = parseEntry(bytes);
      if (entry?.listId === id) parsed.set(entry.hash, entry);
    }
    this.#size = parsed.size;
    if (parsed.has(id)) this.#follow(parsed);
  }

  /** Each entry is looked at once, when all of those before it that are here were. Hashes cannot form a circle. */
  #follow(parsed: ReadonlyMap<string, ParsedEntry>): void {
    const following = new Map<string, ParsedEntry[]>();
    const missing = new Map<ParsedEntry, number>();
    const ready: ParsedEntry[] = [];
    for (const entry of parsed.values()) {
      const before = entry.previous.filter((hash) => parsed.has(hash));
      missing.set(entry, before.length);
      for (const hash of before) append(following, hash, entry);
      if (before.length === 0) ready.push(entry);
    }
    for (let entry = ready.pop(); entry; entry = ready.pop()) {
      this.#ground(entry);
      for (const next of following.get(entry.hash) ?? []) {
        const left = (missing.get(next) ?? 0) - 1;
        missing.set(next, left);
        if (left === 0) ready.push(next);
      }
    }
  }

  #ground(entry: ParsedEntry): void {
    const past = new Bits(this.#size);
    for (const hash of entry.previous) {
      const before = this.#byHash.get(hash);
      if (!before) continue;
      past.add(before.index);
      past.addAll(before.past);
    }
    const { change, signer } = entry;
    const isIntroduced = () => this.#introductions.get(signer)?.some((index) => past.has(index));
    if (change.kind !== 'create' && isIntroduced() !== true) return;
    // Last, because it costs the most: nothing is verified that could not count.
    if (!isSigned(entry)) return;
    const grounded = { ...entry, index: this.grounded.length, past };
    this.grounded.push(grounded);
    this.#byHash.set(entry.hash, grounded);
    if (isIntroduction(grounded) && isTrusted(grounded.change.role)) {
      append(this.#introductions, grounded.change.subject, grounded.index);
    }
  }
}

export const isIntroduction = isOf('create', 'add');
export const isRemoval = isOf('remove');

/** Whether a grounded entry is of one of the kinds. */
export function isOf<K extends EntryKind>(...kinds: readonly K[]) {
  return (entry: GroundedEntry): entry is Known<K> =>
    (kinds as readonly string[]).includes(entry.change.kind);
}
