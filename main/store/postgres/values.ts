import { ID_BYTES } from '../../mvds/types.ts';
import type { GroupId, MessageId, RecordType } from '../../mvds/types.ts';
import { StoreDamagedError } from '../errors.ts';

/** Ids travel as hexadecimal characters: in by `\x…`, out by `encode(…, 'hex')`. */
export function idValue(id: MessageId | GroupId): string {
  return `\\x${id}`;
}

export function idValues(ids: readonly (MessageId | GroupId)[]): string[] {
  return ids.map(idValue);
}

export function messageId(value: unknown): MessageId {
  return text(value) as MessageId;
}

export function groupId(value: unknown): GroupId {
  return text(value) as GroupId;
}

export function text(value: unknown): string {
  return typeof value === 'string' ? value : unexpected('text', value);
}

export function textOrNull(value: unknown): string | undefined {
  return value === null ? undefined : text(value);
}

/** An integer, or a bigint that is exact as a number. The driver gives the latter as text. */
export function number(value: unknown): number {
  const found = typeof value === 'string' ? Number(value) : value;
  return typeof found === 'number' && Number.isSafeInteger(found)
    ? found
    : unexpected('a number', value);
}

export function bigint(value: unknown): bigint {
  return BigInt(text(value));
}

export function boolean(value: unknown): boolean {
  return typeof value === 'boolean' ? value : unexpected('a truth value', value);
}

/** Of a type of its own rather than the driver's Buffer. */
export function bytes(value: unknown): Uint8Array {
  if (!(value instanceof Uint8Array)) return unexpected('bytes', value);
  return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
}

/** Ids one after another, as hexadecimal characters. */
export function splitIds(value: unknown): MessageId[] {
  const joined = text(value);
  const ids: MessageId[] = [];
  for (let at = 0; at < joined.length; at += 2 * ID_BYTES) {
    ids.push(joined.slice(at, at + 2 * ID_BYTES) as MessageId);
  }
  return ids;
}

const TYPES: readonly RecordType[] = ['offer', 'request', 'message'];

export function typeValue(type: RecordType): number {
  return TYPES.indexOf(type);
}

export function recordType(value: unknown): RecordType {
  return TYPES[number(value)] ?? unexpected('a type of record', value);
}

/** The largest limit SQL is given. */
const LARGEST_LIMIT = 2 ** 31 - 1;

/** A limit as SQL takes it; `Infinity` is one, too. */
export function limitValue(limit: number): number {
  return Math.max(0, Math.min(limit, LARGEST_LIMIT));
}

function unexpected(expected: string, value: unknown): never {
  throw new StoreDamagedError(`The store is damaged: ${expected} expected, found ${typeof value}.`);
}
