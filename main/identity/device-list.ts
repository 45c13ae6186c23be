import { createHash } from 'node:crypto';
import { fromHex } from '../helpers/bytes.ts';
import type { GroupId, PeerId } from '../mvds/types.ts';
import {
  isSigned,
  isTrusted,
  parseEntry,
  PREVIOUS_MAX,
  REPUDIATED_MAX,
  signEntry,
} from './device-list-entry.ts';
import type { DeviceListId, EntryFields, MemberRole } from './device-list-entry.ts';
import { groundedEntries, isIntroduction, isRemoval } from './device-list-past.ts';
import type { GroundedEntry } from './device-list-past.ts';
import { deviceListOf } from './device-list-rules.ts';
import { standingEntries } from './device-list-standing.ts';
import type { SigningKeys } from './keys.ts';

export { deviceListOf };
export { ADDRESS_BYTES_MAX, ADDRESSES_MAX, isTrusted } from './device-list-entry.ts';
export type { DeviceListId, MemberRole } from './device-list-entry.ts';
export type { DeviceList, Member, Removal } from './device-list-rules.ts';
/** What was asked for would have no effect: the device was removed, and its key never comes back. */
export class DeviceRemovedError extends Error {
  override readonly name = 'DeviceRemovedError';
}

/** Makes the first entry of a new list: this device, by itself. `at` in Unix milliseconds, as everywhere here. */
export function createDeviceList(
  keys: SigningKeys,
  self: { readonly name: string; readonly system: string; readonly at: number },
): Uint8Array {
  return signEntry(keys, {
    kind: 'create',
    listId: undefined,
    subject: keys.peerId,
    previous: [],
    ...self,
  });
}

/**
 * Makes an entry that adds a device. `known` are the entries that this device has; what they amount to decides whether
 * it may. Throws `DeviceRemovedError` where either device was removed, `RangeError` where this one never was a member.
 */
export function addDevice(
  keys: SigningKeys,
  list: DeviceListId,
  known: readonly Uint8Array[],
  device: {
    readonly peerId: PeerId;
    readonly name: string;
    readonly system: string;
    readonly role?: MemberRole;
    readonly at: number;
  },
): Uint8Array {
  const { peerId, ...described } = device;
  if (deviceListOf(list, known)?.removed.has(peerId)) {
    throw new DeviceRemovedError(
      'a device that was removed cannot be added again with its old key',
    );
  }
  return signChange(keys, list, known, { kind: 'add', subject: peerId, ...described });
}

/**
 * Makes an entry that removes a device for good; a device may remove itself. Devices that it has added and that are not
 * in `known` drop out with it; those that are stay. `known` and throws: see `addDevice`; removing twice does no harm.
 */
export function removeDevice(
  keys: SigningKeys,
  list: DeviceListId,
  known: readonly Uint8Array[],
  device: { readonly peerId: PeerId; readonly at: number },
): Uint8Array {
  const { peerId, at } = device;
  return signChange(keys, list, known, { kind: 'remove', subject: peerId, at });
}

/**
 * Makes an entry that removes `lost` and declares void the removals by it that `kept` did not know of when it removed
 * `lost`: what a person says where the two removed each other. A device that was removed in that dispute makes it too.
 * `known`: see `addDevice`. Throws `RangeError` where this device never was a member.
 */
export function settleDispute(
  keys: SigningKeys,
  list: DeviceListId,
  known: readonly Uint8Array[],
  { kept, lost, at }: { readonly kept: PeerId; readonly lost: PeerId; readonly at: number },
): Uint8Array {
  const removals = groundedEntries(list, known).filter(isRemoval);
  const answered = removals.filter(
    ({ signer, change }) => signer === kept && change.subject === lost,
  );
  const repudiated = removals
    .filter(({ signer }) => signer === lost)
    .filter(({ index, change }) => {
      return change.subject === kept || !answered.some(({ past }) => past.has(index));
    })
    .map(({ hash }) => hash)
    .sort()
    .slice(0, REPUDIATED_MAX);
  return signLinked(keys, list, known, { kind: 'remove', subject: lost, repudiated, at });
}

/** Makes an entry that shows that this device has seen all of `known`. `known` and throws: see `addDevice`. */
export function confirmList(
  keys: SigningKeys,
  list: DeviceListId,
  known: readonly Uint8Array[],
  at: number,
): Uint8Array {
  return signChange(keys, list, known, { kind: 'confirm', subject: keys.peerId, at });
}

/** Whether there is a removal that counts, or an addition, that no entry of `peer` comes after. */
export function isUnconfirmed(
  list: DeviceListId,
  known: readonly Uint8Array[],
  peer: PeerId,
): boolean {
  const grounded = groundedEntries(list, known);
  const { counts } = standingEntries(grounded, peer);
  const own = grounded.filter(({ signer }) => signer === peer);
  return grounded.some(
    (entry) =>
      counts[entry.index] === true &&
      (isRemoval(entry) || isIntroduction(entry)) &&
      entry.signer !== peer &&
      !own.some(({ past }) => past.has(entry.index)),
  );
}

/** Makes an entry that gives a device another name. `known` and throws: see `addDevice`. */
export function renameDevice(
  keys: SigningKeys,
  list: DeviceListId,
  known: readonly Uint8Array[],
  device: { readonly peerId: PeerId; readonly name: string; readonly at: number },
): Uint8Array {
  const { peerId, ...described } = device;
  return signChange(keys, list, known, { kind: 'rename', subject: peerId, ...described });
}

/**
 * Makes an entry that says where this device can be reached: at most 16 binary multiaddrs of at most 256 bytes, which take
 * the place of those before. `known` and throws: see `addDevice`.
 */
export function moveDevice(
  keys: SigningKeys,
  list: DeviceListId,
  known: readonly Uint8Array[],
  moved: { readonly addresses: readonly Uint8Array[]; readonly at: number },
): Uint8Array {
  return signChange(keys, list, known, { kind: 'address', subject: keys.peerId, ...moved });
}

/** The id of the list that an entry creates or belongs to; undefined where the bytes are no signed entry. */
export function listIdOfEntry(entry: Uint8Array): DeviceListId | undefined {
  const parsed = parseEntry(entry);
  return parsed && isSigned(parsed) ? parsed.listId : undefined;
}

/** When an entry was signed, by its signer's clock, Unix milliseconds. Throws `RangeError` on bytes that are no entry. */
export function timeOfEntry(entry: Uint8Array): number {
  const parsed = parseEntry(entry);
  if (!parsed) throw new RangeError('not an entry of a device list');
  return parsed.at;
}

/** The MVDS group in which the entries of a list are synchronized. */
export function deviceListGroup(id: DeviceListId): GroupId {
  return groupOf('reunion device list group', id);
}

/** The MVDS group in which content keys reach the devices. */
export function contentKeyGroup(id: DeviceListId): GroupId {
  return groupOf('reunion content key group', id);
}

/**
 * The MVDS group in which the names of conversations are synchronized: apart from what is written in them, because a
 * device that asks for the last days only needs the names of all.
 */
export function conversationNameGroup(id: DeviceListId): GroupId {
  return groupOf('reunion conversation name group', id);
}

/** The MVDS group in which what is written in conversations is synchronized. */
export function conversationGroup(id: DeviceListId): GroupId {
  return groupOf('reunion conversation group', id);
}

/** The MVDS group in which the chunks of files are synchronized. */
export function fileGroup(id: DeviceListId): GroupId {
  return groupOf('reunion file group', id);
}

/** The MVDS group in which the devices say which messages nobody needs any more. */
export function erasureGroup(id: DeviceListId): GroupId {
  return groupOf('reunion erasure group', id);
}

/** Links of an entry to earlier ones of its signer: more than one only after a device was restored and went on apart. */
const OWN_LINKS_MAX = 4;

function groupOf(label: string, id: DeviceListId): GroupId {
  return createHash('sha256')
    .update(label)
    .update('\0')
    .update(fromHex(id))
    .digest('hex') as GroupId;
}

function signChange(
  keys: SigningKeys,
  listId: DeviceListId,
  known: readonly Uint8Array[],
  fields: Omit<EntryFields, 'listId' | 'previous'>,
): Uint8Array {
  if (deviceListOf(listId, known, keys.peerId)?.removed.has(keys.peerId)) {
    throw new DeviceRemovedError('this device was removed from the device list');
  }
  return signLinked(keys, listId, known, fields);
}

/** Links an entry to what the device knows of, and signs it. */
function signLinked(
  keys: SigningKeys,
  listId: DeviceListId,
  known: readonly Uint8Array[],
  fields: Omit<EntryFields, 'listId' | 'previous'>,
): Uint8Array {
  const list = deviceListOf(listId, known, keys.peerId);
  const grounded = groundedEntries(listId, known);
  const own = grounded
    .filter(isIntroduction)
    .filter(({ change }) => change.subject === keys.peerId && isTrusted(change.role));
  if (own.length === 0) throw new RangeError('only a member changes the device list');
  const isMember = (peer: PeerId): boolean => list?.members.has(peer) ?? false;
  const previous = linksOf(grounded, keys.peerId, own, isMember);
  return signEntry(keys, { ...fields, listId, previous });
}

/**
 * The entries to link to. First the last ones of the signer, or those that added it, which entitle it to sign; so nobody can
 * keep the entry from counting by flooding the list. Then those that no other entry links to: of members before others, and
 * one of each signer before a second one of any.
 */
function linksOf(
  grounded: readonly GroundedEntry[],
  self: PeerId,
  introductions: readonly GroundedEntry[],
  isMember: (peer: PeerId) => boolean,
): string[] {
  const signed = grounded.filter(({ signer }) => signer === self);
  const own = newestOf(signed.length > 0 ? signed : introductions).slice(0, OWN_LINKS_MAX);
  const linked = new Set(grounded.flatMap(({ previous }) => previous));
  const heads = grounded
    .filter(({ hash }) => !linked.has(hash))
    .sort((one, other) => (one.hash < other.hash ? -1 : 1));
  const bySigner = [...Map.groupBy(heads, ({ signer }) => signer)];
  const ranked = bySigner.flatMap(([signer, all]) =>
    all.map(({ hash }, position) => ({ hash, position, isMember: isMember(signer) })),
  );
  ranked.sort(
    (one, other) =>
      Number(other.isMember) - Number(one.isMember) ||
      one.position - other.position ||
      (one.hash < other.hash ? -1 : 1),
  );
  const hashes = [...own, ...ranked].map(({ hash }) => hash);
  return [...new Set(hashes)].slice(0, PREVIOUS_MAX);
}

/** Those that are in the past of no other. */
function newestOf(entries: readonly GroundedEntry[]): readonly GroundedEntry[] {
  return entries
    .filter(({ index }) => !entries.some(({ past }) => past.has(index)))
    .sort((one, other) => (one.hash < other.hash ? -1 : 1));
}
