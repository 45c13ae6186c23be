import { createHash } from 'node:crypto';
import type { Brand } from '../helpers/brand.ts';
import { fromHex, toHex, utf8 } from '../helpers/bytes.ts';
import { peerIdOfBytes, peerIdToBytes } from '../helpers/peer-id.ts';
import type { PeerId } from '../mvds/types.ts';
import { DeviceChange, DeviceListEntry } from '../proto/identity.ts';
import { presentable } from './device-name.ts';
import type { SigningKeys } from './keys.ts';
import { sign, verify } from './signing.ts';

/** SHA-256 of the entry that created the list, as 64 hexadecimal characters. */
export type DeviceListId = Brand<string, 'DeviceListId'>;

/** An entry is a name, a few ids and hashes. Anything larger is not one. */
export const ENTRY_BYTES_MAX = 4_096;
/** Forks are as many as devices that changed the list at the same time; their hashes fill an entry no further than this. */
export const PREVIOUS_MAX = 16;
/** The last millisecond that a date can show (ECMAScript, "Time Values and Time Range"). */
const TIME_MAX = 8_640_000_000_000_000n;

const LABEL = 'reunion device list entry';
const VERSION = 1;
const HASH_BYTES = 32;
/** The numbers of `DeviceChange.kind` on the wire. */
const KINDS = ['create', 'add', 'remove', 'rename', 'address', 'confirm'] as const;

/** Some relays, each with a few addresses; and the longest multiaddr with names and two PeerIds. */
export const ADDRESSES_MAX = 16;
export const ADDRESS_BYTES_MAX = 256;
/** Removals that one entry declares void: a key in wrong hands may have signed several. */
export const REPUDIATED_MAX = 48;

export type EntryKind = (typeof KINDS)[number];

/** The numbers of `DeviceChange.role` on the wire. */
const ROLES = ['device', 'mailbox', 'recovery'] as const;

/**
 * What a member may do. `device`: read, write, and change the list. `mailbox`: store and forward what it cannot read.
 * `recovery`: a key that is only written down; like a device, but it never connects.
 */
export type MemberRole = (typeof ROLES)[number];

/** Whether content keys are sealed to such a member, and what it signs counts. */
export function isTrusted(role: MemberRole): boolean {
  return role !== 'mailbox';
}

/** What an entry says. A kind that only a later version knows is kept: others link to it. It changes nothing here. */
export type Change =
  | {
      readonly kind: EntryKind;
      readonly subject: PeerId;
      readonly name: string;
      readonly system: string;
      readonly role: MemberRole;
      /** Binary multiaddrs; empty but in `address`. */
      readonly addresses: readonly Uint8Array[];
      /** Hashes of removals that do not count; empty but in `remove`. */
      readonly repudiated: readonly string[];
    }
  | { readonly kind: 'unknown' };

/** An entry of the right form. Whether its signer may sign it, and whether it did, is still to be seen. */
export interface ParsedEntry {
  /** SHA-256 as 64 hexadecimal characters. */
  readonly hash: string;
  readonly listId: DeviceListId;
  readonly signer: PeerId;
  readonly change: Change;
  /** By the signer's clock, Unix milliseconds. */
  readonly at: number;
  /** Hashes of the entries that it was made after. */
  readonly previous: readonly string[];
  readonly signedBytes: Uint8Array;
  readonly signature: Uint8Array;
}

export interface EntryFields {
  readonly kind: EntryKind;
  /** Undefined in the entry that creates the list. */
  readonly listId: DeviceListId | undefined;
  readonly subject: PeerId;
  readonly name?: string;
  readonly system?: string;
  /** `device` where absent. */
  readonly role?: MemberRole;
  readonly addresses?: readonly Uint8Array[];
  readonly repudiated?: readonly string[];
  /** Unix milliseconds. */
  readonly at: number;
  readonly previous: readonly string[];
}

/** Encodes and signs an entry, whatever it says: whether it counts is decided where it is read. */
export function signEntry(keys: SigningKeys, fields: EntryFields): Uint8Array {
  const change = DeviceChange.encode({
    version: VERSION,
    kind: KINDS.indexOf(fields.kind),
    listId: fromHex(fields.listId ?? ''),
    subject: peerIdToBytes(fields.subject),
    name: fields.name ?? '',
    system: fields.system ?? '',
    at: BigInt(fields.at),
    previous: fields.previous.map(fromHex),
    role: ROLES.indexOf(fields.role ?? 'device'),
    addresses: [...(fields.addresses ?? [])],
    repudiated: (fields.repudiated ?? []).map(fromHex),
  });
  return DeviceListEntry.encode({
    change,
    signer: peerIdToBytes(keys.peerId),
    signature: sign(keys.seed, LABEL, change),
  });
}

/** Reads an entry without checking its signature; undefined for anything that is not one. */
export function parseEntry(bytes: Uint8Array): ParsedEntry | undefined {
  if (bytes.byteLength > ENTRY_BYTES_MAX) return undefined;
  try {
    const outer = DeviceListEntry.decode(bytes);
    // One entry has one encoding: anybody could otherwise make as many hashes of it as they like.
    if (Buffer.compare(DeviceListEntry.encode(outer), bytes) !== 0) return undefined;
    return parseChange(outer, createHash('sha256').update(PREFIX).update(bytes).digest('hex'));
  } catch {
    // Not protobuf, or not ours: whatever it is, it says nothing about the list.
    return undefined;
  }
}

/** Signatures found right that are remembered, 32 bytes each: more than the entries that a device admits to a list. */
const VERIFIED_MAX = 32_768;
/** Hashes of entries whose signatures are right; a hash covers the signature, so that never changes. */
const verified = new Set<string>();

/**
 * Whether the signer named in the entry has signed it. That takes two milliseconds, and a list is read anew whenever an
 * entry arrives, so what was found right is remembered, the longest remembered forgotten first.
 */
export function isSigned(entry: ParsedEntry): boolean {
  if (verified.has(entry.hash)) return true;
  if (!verify(entry.signer, LABEL, entry.signedBytes, entry.signature)) return false;
  for (const oldest of verified) {
    if (verified.size < VERIFIED_MAX) break;
    verified.delete(oldest);
  }
  verified.add(entry.hash);
  return true;
}

const PREFIX = utf8('REUNION_DEVICE_LIST_ENTRY');

function parseChange(outer: DeviceListEntry, hash: string): ParsedEntry | undefined {
  const decoded = DeviceChange.decode(outer.change);
  const signer = peerIdOfBytes(outer.signer);
  const change = changeOf(decoded);
  if (!signer || !change || decoded.version !== VERSION || decoded.at > TIME_MAX) return undefined;
  const previous = decoded.previous.map(toHex);
  if (decoded.previous.some(({ byteLength }) => byteLength !== HASH_BYTES)) return undefined;
  if (previous.length > PREVIOUS_MAX || new Set(previous).size < previous.length) return undefined;
  const creates = change.kind === 'create';
  if (creates !== (previous.length === 0) || creates !== (decoded.listId.byteLength === 0)) {
    return undefined;
  }
  const isAboutItself = creates || change.kind === 'address' || change.kind === 'confirm';
  if (isAboutItself && change.subject !== signer) return undefined;
  return {
    hash,
    listId: (creates ? hash : toHex(decoded.listId)) as DeviceListId,
    signer,
    change,
    at: Number(decoded.at),
    previous,
    signedBytes: outer.change,
    signature: outer.signature,
  };
}

function changeOf(decoded: DeviceChange): Change | undefined {
  const kind = KINDS[decoded.kind];
  if (!kind) return { kind: 'unknown' };
  const subject = peerIdOfBytes(decoded.subject);
  const { addresses, repudiated } = decoded;
  if (repudiated.length > REPUDIATED_MAX) return undefined;
  if (repudiated.some(({ byteLength }) => byteLength !== HASH_BYTES)) return undefined;
  const isTooLong = addresses.some(({ byteLength }) => byteLength > ADDRESS_BYTES_MAX);
  if (isTooLong || addresses.length > ADDRESSES_MAX) return undefined;
  return (
    subject && {
      kind,
      subject,
      name: presentable(decoded.name),
      system: presentable(decoded.system),
      // A role of a later version gets what is safe to give to anybody on the list.
      role: ROLES[decoded.role] ?? 'mailbox',
      addresses: kind === 'address' ? addresses : [],
      repudiated: kind === 'remove' ? repudiated.map(toHex) : [],
    }
  );
}
