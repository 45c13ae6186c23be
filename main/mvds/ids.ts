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

function checkedHex(bytes: Uint8Array): string {
  if (bytes.byteLength !== ID_BYTES) {
    throw new RangeError(`an id has ${ID_BYTES} bytes, not ${bytes.byteLength}`);
  }
  return toHex(bytes);
}
