import type { PeerId } from '../mvds/types.ts';
import { Backing } from './device-list-backing.ts';
import { isTrusted } from './device-list-entry.ts';
import { isIntroduction, isRemoval } from './device-list-past.ts';
import type { GroundedEntry, Known } from './device-list-past.ts';
import { append } from './multimap.ts';

type RemovalEntry = Known<'remove'>;

/** Two devices that removed each other, neither knowing of the other's removal. The list decides; a person may know better. */
export interface Dispute {
  /** The device whose removal of the other counts for now. */
  readonly kept: PeerId;
  readonly lost: PeerId;
}

export interface Standing {
  /** Of each entry, by its index, whether it counts. */
  readonly counts: readonly boolean[];
  /** The removals that count. */
  readonly removals: readonly RemovalEntry[];
  readonly disputes: readonly Dispute[];
}

type Decision = 'open' | 'stands' | 'void';

/**
 * Which of the grounded entries count: the same on every device that has the same entries, in whatever order they came.
 *
 * An entry counts if an introduction of its signer, in its past, counts, and no removal that counts defeats it. A removal
 * defeats what the removed device has signed and the remover did not know of, or knew of and declared void; so what a
 * removed key signs later, whatever it links to, is void. That holds for removals too: a removal by a key that was removed
 * counts only if those who removed it knew of it. A removal is not defeated by a device that its signer had never heard of.
 *
 * Removals may so defeat each other in a circle. Such a dispute is decided for the removal that more bystanders had seen
 * first; see `Backing`. Where they do not tell, for a removal by `self`, the device that asks: nobody else can tell it that it
 * was not first. Otherwise for the removal by the device that was longer on the list. A person who is asked about a dispute
 * on `self` decides it there for good; the entry that says so counts elsewhere as any other.
 */
export function standingEntries(grounded: readonly GroundedEntry[], self?: PeerId): Standing {
  return new StandingEntries(grounded, self).standing();
}

class StandingEntries {
  readonly #grounded: readonly GroundedEntry[];
  readonly #self: PeerId | undefined;
  readonly #backing: Backing;
  readonly #removals: readonly RemovalEntry[];
  readonly #bySubject = new Map<PeerId, RemovalEntry[]>();
  readonly #introductions = new Map<PeerId, GroundedEntry[]>();
  readonly #decisions = new Map<GroundedEntry, Decision>();
  readonly #disputes: Dispute[] = [];

  constructor(grounded: readonly GroundedEntry[], self: PeerId | undefined) {
    this.#grounded = grounded;
    this.#self = self;
    this.#removals = grounded.filter(isRemoval);
    for (const removal of this.#removals) {
      append(this.#bySubject, removal.change.subject, removal);
      this.#decisions.set(removal, this.#isOwnWord(removal) ? 'stands' : 'open');
    }
    for (const entry of grounded) {
      if (!isIntroduction(entry) || !isTrusted(entry.change.role)) continue;
      append(this.#introductions, entry.change.subject, entry);
    }
    this.#backing = new Backing(grounded, this.#removals, this.#introductions);
  }

  standing(): Standing {
    for (;;) {
      const { stands, isVoid } = this.#evaluate();
      const open = this.#removals.filter((removal) => this.#decisions.get(removal) === 'open');
      if (open.length === 0) {
        const removals = this.#removals.filter((entry) => this.#decisions.get(entry) === 'stands');
        return { counts: stands, removals, disputes: this.#disputes };
      }
      let isDecided = false;
      for (const removal of open) {
        if (stands[removal.index] === true) this.#decisions.set(removal, 'stands');
        else if (isVoid[removal.index] === true) this.#decisions.set(removal, 'void');
        else continue;
        isDecided = true;
      }
      if (!isDecided) this.#settle(open);
    }
  }

  /** What follows from the removals that are decided: of each entry whether it surely counts, and whether it surely does not. */
  #evaluate(): { readonly stands: boolean[]; readonly isVoid: boolean[] } {
    const stands: boolean[] = [];
    const isVoid: boolean[] = [];
    for (const entry of this.#grounded) {
      const { index, change, signer, past } = entry;
      const decided = this.#decisions.get(entry);
      if (decided !== undefined && decided !== 'open') {
        stands[index] = decided === 'stands';
        isVoid[index] = decided === 'void';
        continue;
      }
      const introductions = (this.#introductions.get(signer) ?? []).filter((made) =>
        past.has(made.index),
      );
      const isFirst = change.kind === 'create';
      const attackers = this.#attackersOf(entry);
      stands[index] =
        (isFirst || introductions.some((made) => stands[made.index] === true)) &&
        attackers.every((removal) => this.#decisions.get(removal) === 'void');
      isVoid[index] =
        (!isFirst && introductions.every((made) => isVoid[made.index] === true)) ||
        attackers.some((removal) => this.#decisions.get(removal) === 'stands');
    }
    return { stands, isVoid };
  }

  #attackersOf(entry: GroundedEntry): RemovalEntry[] {
    const removals = this.#bySubject.get(entry.signer) ?? [];
    return removals.filter((removal) => this.#attacks(removal, entry));
  }

  #attacks(removal: RemovalEntry, entry: GroundedEntry): boolean {
    if (removal.change.subject !== entry.signer || removal === entry) return false;
    if (this.#backing.known(removal).has(entry.index)) return false;
    if (!isRemoval(entry)) return true;
    // A device that removed itself more than once.
    if (removal.signer === entry.signer && removal.change.subject === entry.change.subject) {
      return false;
    }
    if (this.#isOwnWord(removal)) return true;
    // Nobody's removals are undone by a device that it had never heard of: the removed one may have let that in.
    return this.#backing.knows(entry, removal.signer);
  }

  /** What a person has said on this device, asked in a dispute: it is not for other entries to overrule that here. */
  #isOwnWord({ signer, change }: RemovalEntry): boolean {
    return signer === this.#self && change.repudiated.length > 0;
  }

  /** Decides a circle at the removal that ranks first; see `standingEntries`. */
  #settle(open: readonly RemovalEntry[]): void {
    const ordered = open.toSorted((one, other) => (one.hash < other.hash ? -1 : 1));
    // One that defeats no other is in no circle: it waits for what becomes of those that are.
    const bySigner = Map.groupBy(ordered, ({ signer }) => signer);
    const inCircle = ordered.filter((one) =>
      bySigner.get(one.change.subject)?.some((other) => this.#attacks(one, other)),
    );
    const first = (inCircle.length > 0 ? inCircle : ordered).reduce((one, other) =>
      this.#ranksBefore(other, one) ? other : one,
    );
    this.#decisions.set(first, 'stands');
    for (const other of ordered) {
      if (other === first) continue;
      const isAgainst = this.#attacks(other, first);
      if (isAgainst) this.#decisions.set(other, 'void');
      const isDisputed = isAgainst || this.#attacks(first, other);
      const isNew = !this.#disputes.some(
        ({ kept, lost }) => kept === first.signer && lost === other.signer,
      );
      if (isDisputed && isNew && first.signer !== other.signer) {
        this.#disputes.push({ kept: first.signer, lost: other.signer });
      }
    }
  }

  #ranksBefore(one: RemovalEntry, other: RemovalEntry): boolean {
    const seen = this.#backing.count(one, other) - this.#backing.count(other, one);
    if (seen !== 0) return seen > 0;
    const isOwn = (removal: RemovalEntry) => removal.signer === this.#self;
    if (isOwn(one) !== isOwn(other)) return isOwn(one);
    if (one.signer === other.signer) return one.hash < other.hash;
    const mine = this.#firstIntroduction(one.signer);
    const theirs = this.#firstIntroduction(other.signer);
    if (theirs.past.has(mine.index)) return true;
    if (mine.past.has(theirs.index)) return false;
    return mine.hash < theirs.hash;
  }

  /** Of several the one with the smallest hash among those that no other is in the past of: the same for every order. */
  #firstIntroduction(peer: PeerId): GroundedEntry {
    const all = this.#introductions.get(peer) ?? [];
    const earliest = all.filter(({ past }) => !all.some(({ index }) => past.has(index)));
    return earliest.reduce((one, other) => (other.hash < one.hash ? other : one));
  }
}
