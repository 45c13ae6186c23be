import { createHash } from 'node:crypto';
import { fromHex, toHex } from '../helpers/bytes.ts';
import { peerIdOfBytes, peerIdToBytes } from '../helpers/peer-id.ts';
import { packPositions, POSITION_BYTES, unpackPositions } from '../mvds/ids.ts';
import type { MessagePosition } from '../mvds/ports.ts';
import type { GroupId, PeerId } from '../mvds/types.ts';
import { ErasureEntry, ErasureList } from '../proto/identity.ts';
import type { DeviceListId } from './device-list-entry.ts';
import type { SigningKeys } from './keys.ts';
import { sign, verify } from './signing.ts';

/** Positions in one entry: it is read and acted on in some milliseconds. */
export const ERASED_MAX = 1_000;
/** 40 bytes for each position, and what is around them: ids, the signer and the signature are 250 bytes. */
const ERASURE_ENTRY_BYTES_MAX = ERASED_MAX * POSITION_BYTES + 512;
/** The last millisecond that a date can show (ECMAScript, "Time Values and Time Range"). */
const TIME_MAX = 8_640_000_000_000_000n;
const GROUP_BYTES = 32;

const LABEL = 'reunion erasure entry';
const VERSION = 1;

/** An entry of the log that says which messages nobody needs any more. Whether its signer signed it is still to be seen. */
export interface ParsedErasureEntry {
  /** SHA-256 as 64 hexadecimal characters. */
  readonly hash: string;
  readonly listId: DeviceListId;
  readonly signer: PeerId;
  /** The group of the messages. */
  readonly groupId: GroupId;
  /** 1 to `ERASED_MAX`, in ascending order. */
  readonly positions: readonly MessagePosition[];
  /** By the signer's clock, Unix milliseconds; also the timestamp of the message that holds the entry. */
  readonly at: number;
  readonly signedBytes: Uint8Array;
  readonly signature: Uint8Array;
}

/** Signs that nobody needs some messages any more. Throws `RangeError` where they are none, or more than `ERASED_MAX`. */
export function signErasureEntry(
  keys: SigningKeys,
  fields: Pick<ParsedErasureEntry, 'listId' | 'groupId' | 'positions' | 'at'>,
): Uint8Array {
  const { listId, groupId, positions, at } = fields;
  if (positions.length === 0 || positions.length > ERASED_MAX) {
    throw new RangeError(`an erasure entry has 1 to ${ERASED_MAX} positions`);
  }
  const list = ErasureList.encode({
    version: VERSION,
    listId: fromHex(listId),
    groupId: fromHex(groupId),
    positions: packPositions(positions.toSorted(compare)),
    at: BigInt(at),
  });
  return ErasureEntry.encode({
    list,
    signer: peerIdToBytes(keys.peerId),
    signature: sign(keys.seed, LABEL, list),
  });
}

/** Reads an entry without checking its signature; undefined for anything that is not one. */
export function parseErasureEntry(bytes: Uint8Array): ParsedErasureEntry | undefined {
  if (bytes.byteLength > ERASURE_ENTRY_BYTES_MAX) return undefined;
  try {
    const entry = ErasureEntry.decode(bytes);
    const list = ErasureList.decode(entry.list);
    // One entry has one encoding: anybody could otherwise make as many messages of it as they like.
    if (!isSame(ErasureEntry.encode(entry), bytes)) return undefined;
    if (!isSame(ErasureList.encode(list), entry.list)) return undefined;
    const signer = peerIdOfBytes(entry.signer);
    if (!signer || list.version !== VERSION || list.at > TIME_MAX) return undefined;
    if (list.groupId.byteLength !== GROUP_BYTES) return undefined;
    const positions = unpackPositions(list.positions);
    if (positions.length === 0 || positions.length > ERASED_MAX) return undefined;
    const isAscending = positions.every((position, at) => {
      const before = positions[at - 1];
      return before === undefined || compare(before, position) < 0;
    });
    if (!isAscending) return undefined;
    return {
      hash: createHash('sha256').update(bytes).digest('hex'),
      listId: toHex(list.listId) as DeviceListId,
      signer,
      groupId: toHex(list.groupId) as GroupId,
      positions,
      at: Number(list.at),
      signedBytes: entry.list,
      signature: entry.signature,
    };
  } catch {
    // Not protobuf, or not ours.
    return undefined;
  }
}

/** Whether the signer named in the entry has signed it: two milliseconds of work, so ask who the signer is first. */
export function isErasureEntrySigned(entry: ParsedErasureEntry): boolean {
  return verify(entry.signer, LABEL, entry.signedBytes, entry.signature);
}

function compare(one: MessagePosition, other: MessagePosition): number {
  if (one.timestamp !== other.timestamp) return one.timestamp < other.timestamp ? -1 : 1;
  if (one.id === other.id) return 0;
  return one.id < other.id ? -1 : 1;
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}
