import { fromHex, toHex } from '../helpers/bytes.ts';
import type { ConversationId } from '../conversations/types.ts';
import { ID_BYTES } from '../mvds/types.ts';
import type { GroupId, MessageId, PeerId } from '../mvds/types.ts';
import { StoreDamagedError } from './errors.ts';
import type { SqlValue } from './file-backend/index.ts';

/** How SQL holds what the ports hold otherwise: ids as bytes, there as hexadecimal characters. */
export function idBytes(id: MessageId | GroupId | ConversationId): Uint8Array {
  return fromHex(id);
}

export function messageId(value: SqlValue | undefined): MessageId {
  return toHex(bytes(value)) as MessageId;
}

export function groupId(value: SqlValue | undefined): GroupId {
  return toHex(bytes(value)) as GroupId;
}

export function conversationId(value: SqlValue | undefined): ConversationId {
  return toHex(bytes(value)) as ConversationId;
}

export function peerId(value: SqlValue | undefined): PeerId {
  return text(value) as PeerId;
}

export function bytes(value: SqlValue | undefined): Uint8Array {
  return value instanceof Uint8Array ? value : unexpected('bytes', value);
}

export function text(value: SqlValue | undefined): string {
  return typeof value === 'string' ? value : unexpected('text', value);
}

export function number(value: SqlValue | undefined): number {
  return typeof value === 'number' ? value : unexpected('a number', value);
}

/** An int64, which a query has to give as text (`CAST(… AS TEXT)`), since numbers are exact only to 2^53. */
export function bigint(value: SqlValue | undefined): bigint {
  return BigInt(text(value));
}

/** Ids one after another. */
export function joinIds(ids: readonly MessageId[]): Uint8Array {
  return fromHex(ids.join(''));
}

export function splitIds(value: SqlValue | undefined): MessageId[] {
  const joined = toHex(bytes(value));
  const ids: MessageId[] = [];
  for (let at = 0; at < joined.length; at += 2 * ID_BYTES) {
    ids.push(joined.slice(at, at + 2 * ID_BYTES) as MessageId);
  }
  return ids;
}

/** The largest limit SQL is given: one that is exact wherever it is read. */
const LARGEST_LIMIT = 2 ** 31 - 1;

/** A limit as SQL takes it; `Infinity` is one, too. */
export function limitValue(limit: number): number {
  return Math.max(0, Math.min(limit, LARGEST_LIMIT));
}

function unexpected(expected: string, value: SqlValue | undefined): never {
  throw new StoreDamagedError(`The store is damaged: ${expected} expected, found ${typeof value}.`);
}
