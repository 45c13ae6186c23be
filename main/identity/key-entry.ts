import { createHash } from 'node:crypto';
import { concatBytes, fromHex, toHex, utf8 } from '../helpers/bytes.ts';
import {
  peerIdOfBytes,
  peerIdOfPublicKey,
  peerIdToBytes,
  PUBLIC_KEY_BYTES,
  publicKeyOf,
} from '../helpers/peer-id.ts';
import type { PeerId } from '../mvds/types.ts';
import { ContentKeyChange, ContentKeyEntry } from '../proto/identity.ts';
import { contentKeyOf, epochIdOf } from './content-key.ts';
import type { ContentKey, EpochId } from './content-key.ts';
import type { DeviceListId } from './device-list-entry.ts';
import { openSecret, sealSecretTo } from './key-sealing.ts';
import type { SigningKeys } from './keys.ts';
import { sign, verify } from './signing.ts';

/** More devices than any person has. */
const KEY_ENTRY_DEVICES_MAX = 256;
/** More keys than any list ever has removed: a device admits fewer keys than that to a list. */
const KEY_ENTRY_EXCLUDED_MAX = 1_024;
const EXCLUSION_BYTES = 16;
/** A sealed key with its device is 125 bytes, a writer 34, an exclusion 18: room for the most of each. */
export const KEY_ENTRY_BYTES_MAX = 64_000;
/** The last millisecond that a date can show (ECMAScript, "Time Values and Time Range"). */
const TIME_MAX = 8_640_000_000_000_000n;
/** Above what any number of removals leads to; a number that fits its field, so that one more always does. */
export const GENERATION_MAX = 2 ** 31;

const LABEL = 'reunion content key entry';
const VERSION = 1;

/** An entry of the log by which content keys reach the devices. */
export interface KeyEntry {
  /** SHA-256 as 64 hexadecimal characters. */
  readonly hash: string;
  readonly listId: DeviceListId;
  readonly signer: PeerId;
  readonly epoch: EpochId;
  /** 1 or more in the entry that starts the epoch, 0 in one that passes its key on. */
  readonly generation: number;
  /** The content key, sealed to each of these devices. */
  readonly sealed: ReadonlyMap<PeerId, Uint8Array>;
  /** In the entry that starts the epoch: the removed keys that its signer knew of; see `exclusionOf`. */
  readonly excluded: ReadonlySet<string>;
  /** See `ContentKey`. */
  readonly writers: readonly PeerId[];
  /** By the signer's clock, Unix milliseconds; also the timestamp of the message that holds the entry. */
  readonly at: number;
}

/** An entry of the right form. Whether its signer may sign it, and whether it did, is still to be seen. */
export interface ParsedKeyEntry extends KeyEntry {
  readonly signedBytes: Uint8Array;
  readonly signature: Uint8Array;
}

/** What stands for a removed key in an entry: the first 16 bytes of the SHA-256 of its PeerId, as hexadecimal characters. */
export function exclusionOf(peer: PeerId): string {
  const hash = createHash('sha256').update(peerIdToBytes(peer)).digest();
  return toHex(hash.subarray(0, EXCLUSION_BYTES));
}

/** Seals a content key to devices, and signs that. Throws `RangeError` where nothing can be sealed to one of them. */
export function signKeyEntry(
  keys: SigningKeys,
  fields: {
    readonly listId: DeviceListId;
    readonly key: ContentKey;
    readonly generation: number;
    readonly devices: readonly PeerId[];
    /** See `KeyEntry`; none where the entry starts no epoch. */
    readonly excluded?: readonly string[];
    readonly at: number;
  },
  random: (length: number) => Uint8Array,
): Uint8Array {
  const { listId, key, generation, devices, excluded = [], at } = fields;
  const context = contextOf(listId, key.epoch, keys.peerId);
  const change = ContentKeyChange.encode({
    version: VERSION,
    listId: fromHex(listId),
    epoch: fromHex(key.epoch),
    generation,
    keys: devices.map((device) => ({
      device: peerIdToBytes(device),
      sealed: sealSecretTo(device, key.secret, context, random),
    })),
    excluded: [...excluded].sort().map(fromHex),
    at: BigInt(at),
    writers: key.writers.map(publicKeyOf),
  });
  return ContentKeyEntry.encode({
    change,
    signer: peerIdToBytes(keys.peerId),
    signature: sign(keys.seed, LABEL, change),
  });
}

/** Reads an entry without checking its signature; undefined for anything that is not one. */
export function parseKeyEntry(bytes: Uint8Array): ParsedKeyEntry | undefined {
  if (bytes.byteLength > KEY_ENTRY_BYTES_MAX) return undefined;
  try {
    const entry = ContentKeyEntry.decode(bytes);
    // One entry has one encoding: anybody could otherwise make as many messages of it as they like.
    if (Buffer.compare(ContentKeyEntry.encode(entry), bytes) !== 0) return undefined;
    const change = ContentKeyChange.decode(entry.change);
    const signer = peerIdOfBytes(entry.signer);
    if (!signer || change.version !== VERSION || change.generation > GENERATION_MAX)
      return undefined;
    if (change.keys.length > KEY_ENTRY_DEVICES_MAX || change.at > TIME_MAX) return undefined;
    if (change.excluded.length > KEY_ENTRY_EXCLUDED_MAX) return undefined;
    if (change.excluded.some(({ byteLength }) => byteLength !== EXCLUSION_BYTES)) return undefined;
    if (change.writers.length > KEY_ENTRY_DEVICES_MAX) return undefined;
    if (change.writers.some(({ byteLength }) => byteLength !== PUBLIC_KEY_BYTES)) return undefined;
    const sealed = new Map<PeerId, Uint8Array>();
    for (const { device, sealed: bytes } of change.keys) {
      const peerId = peerIdOfBytes(device);
      if (!peerId || sealed.has(peerId)) return undefined;
      sealed.set(peerId, bytes);
    }
    return {
      hash: createHash('sha256').update(bytes).digest('hex'),
      listId: toHex(change.listId) as DeviceListId,
      signer,
      epoch: epochIdOf(change.epoch),
      generation: change.generation,
      sealed,
      excluded: new Set(change.excluded.map(toHex)),
      writers: change.writers.map(peerIdOfPublicKey),
      at: Number(change.at),
      signedBytes: entry.change,
      signature: entry.signature,
    };
  } catch {
    // Not protobuf, or not ours.
    return undefined;
  }
}

/** Whether the signer named in the entry has signed it: two milliseconds of work, so ask who the signer is first. */
export function isKeyEntrySigned({ signer, signedBytes, signature }: ParsedKeyEntry): boolean {
  return verify(signer, LABEL, signedBytes, signature);
}

/** Reads an entry whose signature is right; undefined for anything else. */
export function readKeyEntry(bytes: Uint8Array): KeyEntry | undefined {
  const entry = parseKeyEntry(bytes);
  return entry && isKeyEntrySigned(entry) ? entry : undefined;
}

/** The content key in an entry, if it was sealed to this device and is the one that the entry says. */
export function openKeyEntry(keys: SigningKeys, entry: KeyEntry): ContentKey | undefined {
  const sealed = entry.sealed.get(keys.peerId);
  const context = contextOf(entry.listId, entry.epoch, entry.signer);
  const secret = sealed && openSecret(keys.seed, sealed, context);
  const key = secret && contentKeyOf(secret, entry.writers);
  return key?.epoch === entry.epoch ? key : undefined;
}

/** Binds a sealed key to its entry: list (32 bytes), epoch (16), signer (38). */
function contextOf(listId: DeviceListId, epoch: EpochId, signer: PeerId): Uint8Array {
  return concatBytes(utf8(LABEL), fromHex(listId), fromHex(epoch), peerIdToBytes(signer));
}
