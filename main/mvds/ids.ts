import { hash } from 'node:crypto';
import { fromHex, toHex } from '../helpers/bytes.ts';
import { ID_BYTES, type GroupId, type MessageId, type PeerId } from './types.ts';

/** ASCII `MESSAGE_ID`, without a terminating zero: the label that 2/MVDS hashes in front of a message. */
const LABEL = new TextEncoder().encode('MESSAGE_ID');
const TIMESTAMP_BYTES = 8;
const HEX_ID = /^[0-9a-f]{64}$/;

/** The message id that `bytes` hold. Throws `RangeError` unless they are exactly 32. */
export function toMessageId(bytes: Uint8Array): MessageId {
  return checkedHex(bytes) as MessageId;
}

/** The group id that `bytes` hold. Throws `RangeError` unless they are exactly 32. */
export function toGroupId(bytes: Uint8Array): GroupId {
  return checkedHex(bytes) as GroupId;
}

/** Reads 64 lower-case hexadecimal characters; undefined for anything else. */
export function parseMessageId(text: string): MessageId | undefined {
  return HEX_ID.test(text) ? (text as MessageId) : undefined;
}

/** Reads 64 lower-case hexadecimal characters; undefined for anything else. */
export function parseGroupId(text: string): GroupId | undefined {
  return HEX_ID.test(text) ? (text as GroupId) : undefined;
}

/** Names a peer. Throws `RangeError` on an empty name. */
export function toPeerId(text: string): PeerId {
  if (text === '') throw new RangeError('a peer id is not empty');
  return text as PeerId;
}

/** The 32 bytes of an id. */
export function idBytes(id: MessageId | GroupId): Uint8Array {
  return fromHex(id);
}

/**
 * 2/MVDS, "Messages": SHA-256 over `MESSAGE_ID`, the 32 bytes of the group id, the timestamp as eight little-endian
 * bytes in two's complement, and the body. Metadata is not covered. The result is injective only because a group id
 * always has 32 bytes. `timestamp` must fit an int64, else `RangeError` is thrown.
 */
export function messageIdOf(groupId: GroupId, timestamp: bigint, body: Uint8Array): MessageId {
  const prefix = LABEL.length + ID_BYTES;
  const input = Buffer.allocUnsafe(prefix + TIMESTAMP_BYTES + body.byteLength);
  input.set(LABEL, 0);
  input.write(groupId, LABEL.length, 'hex');
  input.writeBigInt64LE(timestamp, prefix);
  input.set(body, prefix + TIMESTAMP_BYTES);
  return hash('sha256', input, 'hex') as MessageId;
}

/** Bytes of one packed position: the timestamp, big-endian in two's complement, then the id. */
export const POSITION_BYTES = 8 + ID_BYTES;

/** Positions one after another, each of `POSITION_BYTES`. */
export function packPositions(
  positions: readonly { readonly timestamp: bigint; readonly id: MessageId }[],
): Uint8Array {
  const packed = Buffer.alloc(positions.length * POSITION_BYTES);
  positions.forEach(({ timestamp, id }, index) => {
    packed.writeBigInt64BE(timestamp, index * POSITION_BYTES);
    packed.write(id, index * POSITION_BYTES + 8, 'hex');
  });
  return new Uint8Array(packed.buffer, packed.byteOffset, packed.byteLength);
}

/** The other way round. Throws `RangeError` where `packed` is no whole number of positions. */
export function unpackPositions(packed: Uint8Array): { timestamp: bigint; id: MessageId }[] {
  if (packed.byteLength % POSITION_BYTES !== 0) throw new RangeError('a position is cut off');
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  return Array.from({ length: packed.byteLength / POSITION_BYTES }, (_, index) => {
    const at = index * POSITION_BYTES;
    const id = toMessageId(packed.subarray(at + 8, at + POSITION_BYTES));
    return { timestamp: view.getBigInt64(at), id };
  });
}

function checkedHex(bytes: Uint8Array): string {
  if (bytes.byteLength !== ID_BYTES) {
    throw new RangeError(`an id has ${ID_BYTES} bytes, not ${bytes.byteLength}`);
  }
  return toHex(bytes);
}
