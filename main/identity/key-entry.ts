import { createHash } from 'node:crypto';
import { concatBytes, fromHex, toHex, utf8 } from '../helpers/bytes.ts';
import { peerIdOfBytes, peerIdToBytes } from '../helpers/peer-id.ts';
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
/** A sealed key with its device is 125 bytes: room for the most devices. */
export const KEY_ENTRY_BYTES_MAX = 40_000;
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
}

/** Seals a content key to devices, and signs that. Throws `RangeError` where nothing can be sealed to one of them. */
export function signKeyEntry(
  keys: SigningKeys,
  fields: {
    readonly listId: DeviceListId;
    readonly key: ContentKey;
    readonly generation: number;
    readonly devices: readonly PeerId[];
  },
  random: (length: number) => Uint8Array,
): Uint8Array {
  const { listId, key, generation, devices } = fields;
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
  });
  return ContentKeyEntry.encode({
    change,
    signer: peerIdToBytes(keys.peerId),
    signature: sign(keys.seed, LABEL, change),
  });
}

/** Reads an entry whose signature is right; undefined for anything else. */
export function readKeyEntry(bytes: Uint8Array): KeyEntry | undefined {
  if (bytes.byteLength > KEY_ENTRY_BYTES_MAX) return undefined;
  try {
    const entry = ContentKeyEntry.decode(bytes);
    const change = ContentKeyChange.decode(entry.change);
    const signer = peerIdOfBytes(entry.signer);
    if (!signer || change.version !== VERSION || change.generation > GENERATION_MAX)
      return undefined;
    if (change.keys.length > KEY_ENTRY_DEVICES_MAX) return undefined;
    const sealed = new Map<PeerId, Uint8Array>();
    for (const { device, sealed: bytes } of change.keys) {
      const peerId = peerIdOfBytes(device);
      if (!peerId || sealed.has(peerId)) return undefined;
      sealed.set(peerId, bytes);
    }
    if (!verify(signer, LABEL, entry.change, entry.signature)) return undefined;
    return {
      hash: createHash('sha256').update(entry.change).update(entry.signer).digest('hex'),
      listId: toHex(change.listId) as DeviceListId,
      signer,
      epoch: epochIdOf(change.epoch),
      generation: change.generation,
      sealed,
    };
  } catch {
    // Not protobuf, or not ours.
    return undefined;
  }
}

/** The content key in an entry, if it was sealed to this device and is the one that the entry says. */
export function openKeyEntry(keys: SigningKeys, entry: KeyEntry): ContentKey | undefined {
  const sealed = entry.sealed.get(keys.peerId);
  const context = contextOf(entry.listId, entry.epoch, entry.signer);
  const secret = sealed && openSecret(keys.seed, sealed, context);
  const key = secret && contentKeyOf(secret);
  return key?.epoch === entry.epoch ? key : undefined;
}

/** Binds a sealed key to its entry: list (32 bytes), epoch (16), signer (38). */
function contextOf(listId: DeviceListId, epoch: EpochId, signer: PeerId): Uint8Array {
  return concatBytes(utf8(LABEL), fromHex(listId), fromHex(epoch), peerIdToBytes(signer));
}
