import type { PeerId } from '../mvds/types.ts';
import type { Bits } from './bits.ts';
import type { GroundedEntry, Known } from './device-list-past.ts';
import { append } from './multimap.ts';

type RemovalEntry = Known<'remove'>;

/** What the entries show of who had seen which removal, for `standingEntries`. */
export class Backing {
  readonly #removals: readonly RemovalEntry[];
  readonly #introductions: ReadonlyMap<PeerId, readonly GroundedEntry[]>;
  readonly #bySigner = new Map<PeerId, GroundedEntry[]>();
  readonly #byHash = new Map<string, GroundedEntry>();
  readonly #known = new Map<RemovalEntry, Bits>();
  readonly #counts = new Map<string, number>();

  constructor(
    grounded: readonly GroundedEntry[],
    removals: readonly RemovalEntry[],
    introductions: ReadonlyMap<PeerId, readonly GroundedEntry[]>,
  ) {
    this.#removals = removals;
    this.#introductions = introductions;
    for (const entry of grounded) {
      append(this.#bySigner, entry.signer, entry);
      this.#byHash.set(entry.hash, entry);
    }
  }

  /**
   * The entries, as indexes, that the signer of a removal knew of when it signed it, but for those that it declares void.
   * A signer also knew of what its other entries link to, unless they came later: it cannot pretend to know less.
   */
  known(removal: RemovalEntry): Bits {
    const before = this.#known.get(removal);
    if (before) return before;
    const known = removal.past.copy();
    for (const { index, past } of this.#bySigner.get(removal.signer) ?? []) {
      if (index === removal.index || past.has(removal.index)) continue;
      known.add(index);
      known.addAll(past);
    }
    for (const hash of removal.change.repudiated) {
      const repudiated = this.#byHash.get(hash);
      // What a device may declare void is what the removed device itself has signed.
      if (repudiated?.signer === removal.change.subject) known.remove(repudiated.index);
    }
    this.#known.set(removal, known);
    return known;
  }

  /** Whether the signer of a removal had heard of a device when it signed it. */
  knows(removal: RemovalEntry, peer: PeerId): boolean {
    const introductions = this.#introductions.get(peer) ?? [];
    return introductions.some(({ index }) => this.known(removal).has(index));
  }

  /**
   * How many bystanders had seen `removal`, and signed an entry that says so, before they saw `other`. A bystander is a
   * device that neither of the two is by or about, that both signers knew, so that neither can have made it up for this, and
   * that no device whom both knew has removed.
   */
  count(removal: RemovalEntry, other: RemovalEntry): number {
    const key = `${removal.index} ${other.index}`;
    const before = this.#counts.get(key);
    if (before !== undefined) return before;
    const parties = new Set([
      ...[removal.signer, removal.change.subject],
      ...[other.signer, other.change.subject],
    ]);
    const isCommon = (peer: PeerId): boolean =>
      this.knows(removal, peer) && this.knows(other, peer);
    const wasRemoved = (peer: PeerId): boolean =>
      this.#removals.some(
        ({ signer, change }) => change.subject === peer && !parties.has(signer) && isCommon(signer),
      );
    let count = 0;
    for (const [peer, entries] of this.#bySigner) {
      if (parties.has(peer) || !isCommon(peer) || wasRemoved(peer)) continue;
      const hasSeen = entries.some(({ past }) => past.has(removal.index) && !past.has(other.index));
      if (hasSeen) count += 1;
    }
    this.#counts.set(key, count);
    return count;
  }
}
