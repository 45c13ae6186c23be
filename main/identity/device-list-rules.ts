import type { PeerId } from '../mvds/types.ts';
import { isTrusted } from './device-list-entry.ts';
import type { DeviceListId, EntryKind, MemberRole } from './device-list-entry.ts';
import { groundedEntries, isIntroduction, isOf, isRemoval } from './device-list-past.ts';
import type { GroundedEntry, Known } from './device-list-past.ts';
import { standingEntries } from './device-list-standing.ts';
import type { Dispute } from './device-list-standing.ts';

export interface Member {
  readonly peerId: PeerId;
  readonly name: string;
  readonly system: string;
  readonly role: MemberRole;
  /** Where it says that it can be reached: binary multiaddrs, at most 16. */
  readonly addresses: readonly Uint8Array[];
  /** Undefined for the first device. */
  readonly addedBy: PeerId | undefined;
  /** By the clock of the device that added it, Unix milliseconds. */
  readonly addedAt: number;
}

export interface Removal {
  /** The name that the device had; empty where nothing that says so counts any more. */
  readonly name: string;
  /** The role that it had; `device` where nothing that says so counts any more. */
  readonly role: MemberRole;
  /** Which device removed it. It may have been removed itself. */
  readonly by: PeerId;
  /** By the clock of that device, Unix milliseconds. */
  readonly at: number;
}

/** What a set of entries amounts to: the same for every order in which they arrived. */
export interface DeviceList {
  readonly id: DeviceListId;
  readonly members: ReadonlyMap<PeerId, Member>;
  /** Every key that was removed. It never comes back, whoever adds it, before or after. */
  readonly removed: ReadonlyMap<PeerId, Removal>;
  /** Every key that any entry of the list removes, whether that counts or not. */
  readonly removalsSeen: ReadonlySet<PeerId>;
  /** Devices that removed each other, which a person has to decide. Empty in nearly every list. */
  readonly disputes: readonly Dispute[];
}

/**
 * The list that `entries` amount to, in any order, with duplicates, and with anything else among them. Undefined where
 * the creating entry is missing. "Before" and "after" are what the hash links say; clocks only choose what is shown.
 *
 * 1. An entry counts only if its signer had been added before, as more than a mailbox; see `groundedEntries`.
 * 2. What a removed device has signed counts only if every one of its removers knew of it and let it stand: removals too.
 *    Otherwise a thief could add or remove devices after the fact, dated and linked as if before. So a device that it added
 *    in good faith while the removal was on its way drops out, and has to be added again by another. See `standingEntries`.
 * 3. Of two devices that remove each other at the same time one stays; a person is asked which.
 * 4. A key that was removed never comes back, whoever adds it.
 * 5. The last name wins, and the last addresses: one given after another, else the one with the later clock, else the greater hash.
 * 6. A member that anybody has added as a mailbox is one.
 *
 * `self` is the device that asks; it matters only in a dispute of its own.
 */
export function deviceListOf(
  id: DeviceListId,
  entries: readonly Uint8Array[],
  self?: PeerId,
): DeviceList | undefined {
  const grounded = groundedEntries(id, entries);
  if (grounded.length === 0) return undefined;
  const { counts, removals, disputes } = standingEntries(grounded, self);
  const standing = grounded.filter(({ index }) => counts[index] === true);
  const introductions = bySubject(standing.filter(isIntroduction));
  const renamings = bySubject(standing.filter(isRenaming));
  const movings = bySubject(standing.filter(isMoving));
  const everyone = [...introductions]
    .map(([peer, made]) => memberOf(made, renamings.get(peer) ?? [], movings.get(peer) ?? []))
    .sort((one, other) => one.addedAt - other.addedAt || (one.peerId < other.peerId ? -1 : 1));
  const removed = new Map<PeerId, Removal>();
  for (const { change, signer, at } of [...removals].sort(byTime)) {
    if (removed.has(change.subject)) continue;
    const former = everyone.find(({ peerId }) => peerId === change.subject);
    const { name, role } = former ?? { name: '', role: 'device' };
    removed.set(change.subject, { name, role, by: signer, at });
  }
  const members = everyone.filter(({ peerId }) => !removed.has(peerId));
  return {
    ...{ id, removed, disputes },
    removalsSeen: new Set(grounded.filter(isRemoval).map(({ change }) => change.subject)),
    members: new Map(members.map((member) => [member.peerId, member])),
  };
}

function bySubject<E extends Known<EntryKind>>(entries: readonly E[]): Map<PeerId, E[]> {
  return Map.groupBy(entries, ({ change }) => change.subject);
}

/** Of several additions of one device the earliest by the clock describes it, but the creating entry before all. */
function memberOf(
  introductions: readonly Known<'create' | 'add'>[],
  renamings: readonly Known<'rename'>[],
  movings: readonly Known<'address'>[],
): Member {
  const created = introductions.find(({ change }) => change.kind === 'create');
  const { change, signer, at } = created ?? introductions.reduce(earlier);
  return {
    peerId: change.subject,
    name: last(renamings)?.change.name ?? change.name,
    addresses: last(movings)?.change.addresses ?? [],
    system: change.system,
    role:
      introductions.find(({ change: made }) => !isTrusted(made.role))?.change.role ?? change.role,
    addedBy: created ? undefined : signer,
    addedAt: at,
  };
}

/** Rule 5. */
function last<E extends GroundedEntry>(entries: readonly E[]): E | undefined {
  const newest = entries.filter(({ index }) => !entries.some(({ past }) => past.has(index)));
  return newest.sort(byTime).at(-1);
}

const isRenaming = isOf('rename');
const isMoving = isOf('address');

/** By the signers' clocks, then by the hash. */
function byTime(one: GroundedEntry, other: GroundedEntry): number {
  return one.at - other.at || (one.hash < other.hash ? -1 : 1);
}

function earlier<E extends GroundedEntry>(one: E, other: E): E {
  return byTime(one, other) < 0 ? one : other;
}
