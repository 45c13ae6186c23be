import type { PeerId } from '../mvds/types.ts';
import type { Bits } from './bits.ts';
import { isTrusted } from './device-list-entry.ts';
import type { Change, DeviceListId, EntryKind, MemberRole } from './device-list-entry.ts';
import { ENTRIES_MAX, groundedEntries } from './device-list-past.ts';
import type { GroundedEntry } from './device-list-past.ts';
import { append } from './multimap.ts';

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
}

type Known<K extends EntryKind> = GroundedEntry & {
  readonly change: Change & { readonly kind: K };
};

/**
 * The list that `entries` amount to, in any order, with duplicates, and with anything else among them. Undefined where
 * the creating entry is missing. "Before" and "after" are what the hash links say; clocks only choose what is shown.
 *
 * 1. An entry counts only if it was in order when it was made; see `groundedEntries`. So what a removed key signs after
 *    its removal is void.
 * 2. A removal that was in order counts for good, whatever becomes of its signer: of two devices that remove each other at
 *    the same time, both are removed. So no later entry ever brings a removed key back. The price: whoever holds the
 *    key of a member can, also afterwards by pretending not to have heard of its removal, remove other devices; it can
 *    shut people out of their list that way, but let nobody in.
 * 3. Anything else that a removed device has signed counts only if every one of its removers knew of it when they
 *    removed it. Otherwise a thief could add a device of its own after the fact, dated and linked as if before. So a device
 *    that it added in good faith while the removal was on its way drops out, and has to be added again by another.
 * 4. An addition counts only if one of the additions of its signer does that it was made after, as more than a mailbox;
 *    likewise a renaming, and its addresses.
 * 5. The last name wins, and the last addresses: one given after another, else the one with the later clock, else the greater hash.
 * 6. A member that anybody has added as a mailbox is one.
 * 7. With more than `most` entries in order there are no members at all: a thief must not be able to bury
 *    its removal under more entries than are read; nor is anybody named as removed. That is no power that rule 2 does not give it already.
 */
export function deviceListOf(
  id: DeviceListId,
  entries: readonly Uint8Array[],
  most = ENTRIES_MAX,
): DeviceList | undefined {
  const grounded = groundedEntries(id, entries, most);
  if (grounded.length === 0) return undefined;
  if (grounded.length > most) return { id, members: new Map(), removed: new Map() };
  const removals = grounded.filter(isOf('remove')).sort(byTime);
  const { introductions, renamings, movings } = standing(grounded, knownToRemovers(removals));
  const everyone = [...introductions]
    .map(([peer, made]) => memberOf(made, renamings.get(peer) ?? [], movings.get(peer) ?? []))
    .sort((one, other) => one.addedAt - other.addedAt || (one.peerId < other.peerId ? -1 : 1));
  const removed = new Map<PeerId, Removal>();
  for (const { change, signer, at } of removals) {
    if (removed.has(change.subject)) continue;
    const former = everyone.find(({ peerId }) => peerId === change.subject);
    const { name, role } = former ?? { name: '', role: 'device' };
    removed.set(change.subject, { name, role, by: signer, at });
  }
  const members = everyone.filter(({ peerId }) => !removed.has(peerId));
  return { id, members: new Map(members.map((member) => [member.peerId, member])), removed };
}

/** For each removed key what all that removed it knew of, as indexes. */
function knownToRemovers(removals: readonly Known<'remove'>[]): Map<PeerId, Bits> {
  const known = new Map<PeerId, Bits>();
  for (const { change, past } of removals) {
    const others = known.get(change.subject);
    if (others) others.keepOnly(past);
    else known.set(change.subject, past.copy());
  }
  return known;
}

/** Rules 3 and 4. `grounded` has each entry behind those in its past, so one pass is enough. */
function standing(grounded: readonly GroundedEntry[], known: ReadonlyMap<PeerId, Bits>) {
  const introductions = new Map<PeerId, Known<'create' | 'add'>[]>();
  const renamings = new Map<PeerId, Known<'rename'>[]>();
  const movings = new Map<PeerId, Known<'address'>[]>();
  for (const entry of grounded) {
    const before = introductions.get(entry.signer) ?? [];
    const stands =
      entry.change.kind === 'create' ||
      before.some(({ index, change }) => isTrusted(change.role) && entry.past.has(index));
    if (!stands || known.get(entry.signer)?.has(entry.index) === false) continue;
    if (isIntroduction(entry)) append(introductions, entry.change.subject, entry);
    else if (isRenaming(entry)) append(renamings, entry.change.subject, entry);
    else if (isMoving(entry)) append(movings, entry.change.subject, entry);
  }
  return { introductions, renamings, movings };
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

const isIntroduction = isOf('create', 'add');
const isRenaming = isOf('rename');
const isMoving = isOf('address');

function isOf<K extends EntryKind>(...kinds: readonly K[]) {
  return (entry: GroundedEntry): entry is Known<K> =>
    (kinds as readonly string[]).includes(entry.change.kind);
}

/** By the signers' clocks, then by the hash. */
function byTime(one: GroundedEntry, other: GroundedEntry): number {
  return one.at - other.at || (one.hash < other.hash ? -1 : 1);
}

function earlier<E extends GroundedEntry>(one: E, other: E): E {
  return byTime(one, other) < 0 ? one : other;
}
