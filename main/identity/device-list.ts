import { createHash } from 'node:crypto';
import type { Brand } from '../helpers/brand.ts';
import { fromHex, toHex, utf8 } from '../helpers/bytes.ts';
import type { GroupId, PeerId } from '../mvds/types.ts';
import { DeviceChange, DeviceChangeKind, DeviceListEntry } from '../proto/identity.ts';
import type { DeviceKeys } from './keys.ts';
import { peerIdOfBytes, peerIdToBytes } from '../helpers/peer-id.ts';
import { sign, verify } from './signing.ts';

/** SHA-256 of the entry that created the list, as 64 hexadecimal characters. */
export type DeviceListId = Brand<string, 'DeviceListId'>;

export interface Member {
  readonly peerId: PeerId;
  readonly name: string;
  readonly system: string;
  /** Undefined for the first device. */
  readonly addedBy: PeerId | undefined;
  /** By the clock of the device that added it, Unix milliseconds. */
  readonly addedAt: number;
}

/** What a set of entries amounts to: the same for every order in which they arrived. */
export interface DeviceList {
  readonly id: DeviceListId;
  readonly members: ReadonlyMap<PeerId, Member>;
}

interface CheckedEntry {
  readonly hash: string;
  readonly signer: PeerId;
  readonly kind: DeviceChangeKind;
  readonly listId: string;
  readonly subject: PeerId;
  readonly member: Member;
}

const LABEL = 'reunion device list entry';
const VERSION = 1;
/** Names come from people; a longer one is somebody's mischief. */
export const DEVICE_NAME_MAX = 100;
/** An entry is a name, a few ids and hashes. Anything larger is not one. */
export const ENTRY_BYTES_MAX = 4_096;
/** Forks are as many as devices that added one at the same time; their hashes fill the entry no further than this. */
const PREVIOUS_MAX = 16;

/** Makes the first entry of a new list: this device, by itself. */
export function createDeviceList(
  keys: DeviceKeys,
  self: { readonly name: string; readonly system: string; readonly at: number },
): Uint8Array {
  return signEntry(keys, {
    kind: DeviceChangeKind.CREATE,
    listId: new Uint8Array(0),
    subject: keys.peerId,
    previous: [],
    ...self,
  });
}

/** Makes an entry that adds a device. `known` are the entries that this device has. */
export function addDevice(
  keys: DeviceKeys,
  list: DeviceListId,
  known: readonly Uint8Array[],
  device: {
    readonly peerId: PeerId;
    readonly name: string;
    readonly system: string;
    readonly at: number;
  },
): Uint8Array {
  const { peerId, ...described } = device;
  return signEntry(keys, {
    kind: DeviceChangeKind.ADD,
    listId: fromHex(list),
    subject: peerId,
    previous: headsOf(known),
    ...described,
  });
}

/** The id of the list that an entry creates or belongs to; undefined where the bytes are no valid entry. */
export function listIdOfEntry(entry: Uint8Array): DeviceListId | undefined {
  const checked = checkEntry(entry);
  return checked && (checked.listId as DeviceListId);
}

/** When a valid entry was signed, by its signer's clock, Unix milliseconds. Throws on bytes that are not protobuf. */
export function timeOfEntry(entry: Uint8Array): number {
  return Number(DeviceChange.decode(DeviceListEntry.decode(entry).change).at);
}

/**
 * The list that `entries` amount to, in any order, with duplicates, and with anything else among them: an entry counts if
 * it belongs to the list, its signature is right and its signer is a member. Undefined where the creating entry is missing.
 */
export function deviceListOf(
  id: DeviceListId,
  entries: readonly Uint8Array[],
): DeviceList | undefined {
  const pending = new Set(entries.map(checkEntry).filter((entry) => entry?.listId === id));
  const members = new Map<PeerId, Member>();
  // An entry may come before the one that makes its signer a member: go over them until nothing more is added.
  for (let added = true; added;) {
    added = false;
    for (const entry of pending) {
      if (!entry) continue;
      if (entry.kind !== DeviceChangeKind.CREATE && !members.has(entry.signer)) continue;
      pending.delete(entry);
      added = true;
      const known = members.get(entry.subject);
      if (!known || precedes(entry.member, known)) members.set(entry.subject, entry.member);
    }
  }
  return members.size > 0 ? { id, members } : undefined;
}

/** The MVDS group in which the entries of a list are synchronized. */
export function deviceListGroup(id: DeviceListId): GroupId {
  return groupOf('reunion device list group', id);
}

/** The MVDS group in which conversations are synchronized. */
export function conversationGroup(id: DeviceListId): GroupId {
  return groupOf('reunion conversation group', id);
}

function groupOf(label: string, id: DeviceListId): GroupId {
  return createHash('sha256')
    .update(label)
    .update('\0')
    .update(fromHex(id))
    .digest('hex') as GroupId;
}

/** Of two adds of one device the earlier one describes it; ties go to the smaller adder. */
function precedes(one: Member, other: Member): boolean {
  if (one.addedBy === undefined || other.addedBy === undefined) return one.addedBy === undefined;
  return one.addedAt !== other.addedAt ? one.addedAt < other.addedAt : one.addedBy < other.addedBy;
}

function signEntry(
  keys: DeviceKeys,
  fields: {
    readonly kind: DeviceChangeKind;
    readonly listId: Uint8Array;
    readonly subject: PeerId;
    readonly name: string;
    readonly system: string;
    readonly at: number;
    readonly previous: readonly Uint8Array[];
  },
): Uint8Array {
  const change = DeviceChange.encode({
    version: VERSION,
    kind: fields.kind,
    listId: fields.listId,
    subject: peerIdToBytes(fields.subject),
    name: fields.name,
    system: fields.system,
    at: BigInt(fields.at),
    previous: [...fields.previous],
  });
  return DeviceListEntry.encode({
    change,
    signer: peerIdToBytes(keys.peerId),
    signature: sign(keys.seed, LABEL, change),
  });
}

function checkEntry(bytes: Uint8Array): CheckedEntry | undefined {
  if (bytes.byteLength > ENTRY_BYTES_MAX) return undefined;
  try {
    const entry = DeviceListEntry.decode(bytes);
    const change = DeviceChange.decode(entry.change);
    const signer = peerIdOfBytes(entry.signer);
    const subject = peerIdOfBytes(change.subject);
    if (!signer || !subject || change.version !== VERSION) return undefined;
    if (!verify(signer, LABEL, entry.change, entry.signature)) return undefined;
    const hash = hashOf(bytes);
    const creates = change.kind === DeviceChangeKind.CREATE;
    if (creates && signer !== subject) return undefined;
    return {
      hash,
      signer,
      subject,
      kind: change.kind,
      listId: creates ? hash : toHex(change.listId),
      member: {
        peerId: subject,
        name: change.name.slice(0, DEVICE_NAME_MAX),
        system: change.system.slice(0, DEVICE_NAME_MAX),
        addedBy: creates ? undefined : signer,
        addedAt: Number(change.at),
      },
    };
  } catch {
    // Not protobuf, or not ours: whatever it is, it says nothing about the list.
    return undefined;
  }
}

/** Hashes of the entries that no other entry names as its predecessor. */
function headsOf(entries: readonly Uint8Array[]): Uint8Array[] {
  const named = new Set<string>();
  for (const bytes of entries) {
    const { previous } = DeviceChange.decode(DeviceListEntry.decode(bytes).change);
    for (const hash of previous) named.add(toHex(hash));
  }
  return entries
    .map(hashOf)
    .filter((hash) => !named.has(hash))
    .sort()
    .slice(0, PREVIOUS_MAX)
    .map(fromHex);
}

function hashOf(entry: Uint8Array): string {
  return createHash('sha256').update(utf8('REUNION_DEVICE_LIST_ENTRY')).update(entry).digest('hex');
}
