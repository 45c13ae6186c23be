/**
 * Walks the fields of a protobuf message without decoding what is in them, so that each item can be checked and decoded by
 * itself: generated decoders give up on the whole payload at the first bad item, and do not merge a message that is given
 * in two parts.
 */

export interface Field {
  readonly number: number;
  readonly wireType: number;
  /** The content of a length-delimited field, the bytes of a varint; empty for the others. A view, not a copy. */
  readonly bytes: Uint8Array;
}

export const VARINT = 0;
export const LENGTH_DELIMITED = 2;
const FIXED64 = 1;
const START_GROUP = 3;
const END_GROUP = 4;
const FIXED32 = 5;
const MAX_VARINT_BYTES = 10;
/** Groups within groups that are skipped: as deep as the protobuf libraries of Google follow them. */
const MAX_GROUP_DEPTH = 100;
const EMPTY = new Uint8Array(0);

/**
 * Calls `visit` for each field of the outermost level in order; a group (wire types 3 and 4) is one field, without
 * content. Returns false where the bytes are no well-formed protobuf message (truncated, field number 0, a group that does
 * not end or ends as another, more than 100 groups within each other); fields before that point were visited. Never throws
 * by itself.
 */
export function walkFields(bytes: Uint8Array, visit: (field: Field) => void): boolean {
  const reader = { bytes, at: 0 };
  while (reader.at < bytes.length) {
    const tag = readTag(reader);
    if (tag === undefined) return false;
    const { number, wireType } = tag;
    if (wireType === START_GROUP) {
      if (!skipGroup(reader, number)) return false;
      visit({ number, wireType, bytes: EMPTY });
      continue;
    }
    const content = readContent(reader, wireType);
    if (content === undefined) return false;
    visit({ number, wireType, bytes: content });
  }
  return true;
}

/** The int64 of a varint's bytes, as `walkFields` gives them; what is above 64 bits is dropped. */
export function int64Of(varint: Uint8Array): bigint {
  let value = 0n;
  for (const [index, byte] of varint.entries()) value |= BigInt(byte & 0x7f) << BigInt(7 * index);
  return BigInt.asIntN(64, value);
}

/** A packed field of numbers from 0 to 2^53 - 1. */
export function packVarints(values: readonly number[]): Uint8Array<ArrayBuffer> {
  const bytes: number[] = [];
  for (const value of values) {
    let rest = value;
    // 2^53 does not fit the 32 bits of the bit operators.
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push(0x80 | (rest % 0x80));
    bytes.push(rest);
  }
  return Uint8Array.from(bytes);
}

/** The int64s of a packed field; undefined where one is cut off or longer than ten bytes, or there are more than `limit`. */
export function unpackVarints(packed: Uint8Array, limit: number): readonly bigint[] | undefined {
  const values: bigint[] = [];
  const reader = { bytes: packed, at: 0 };
  while (reader.at < packed.length) {
    const start = reader.at;
    if (values.length >= limit || readVarint(reader) === undefined) return undefined;
    values.push(int64Of(packed.subarray(start, reader.at)));
  }
  return values;
}

interface Reader {
  readonly bytes: Uint8Array;
  at: number;
}

function readTag(reader: Reader): Pick<Field, 'number' | 'wireType'> | undefined {
  const tag = readVarint(reader);
  if (tag === undefined || tag > 0xffffffff) return undefined;
  const number = Math.floor(tag / 8);
  return number === 0 ? undefined : { number, wireType: tag % 8 };
}

/** Skips to the end of a group whose start was read. A loop: nesting costs a peer nothing and a stack would. */
function skipGroup(reader: Reader, number: number): boolean {
  const open = [number];
  while (open.length > 0) {
    const tag = readTag(reader);
    if (tag === undefined) return false;
    if (tag.wireType === START_GROUP) {
      if (open.length >= MAX_GROUP_DEPTH) return false;
      open.push(tag.number);
    } else if (tag.wireType === END_GROUP) {
      if (open.pop() !== tag.number) return false;
    } else if (readContent(reader, tag.wireType) === undefined) {
      return false;
    }
  }
  return true;
}

/** Undefined where it is truncated, or of a wire type that has no content of its own. */
function readContent(reader: Reader, wireType: number): Uint8Array | undefined {
  const { bytes, at } = reader;
  if (wireType === VARINT) {
    return readVarint(reader) === undefined ? undefined : bytes.subarray(at, reader.at);
  }
  const length = contentLength(reader, wireType);
  if (length === undefined || length > bytes.length - reader.at) return undefined;
  const start = reader.at;
  reader.at += length;
  return wireType === LENGTH_DELIMITED ? bytes.subarray(start, reader.at) : EMPTY;
}

function contentLength(reader: Reader, wireType: number): number | undefined {
  switch (wireType) {
    case FIXED64:
      return 8;
    case LENGTH_DELIMITED:
      return readVarint(reader);
    case FIXED32:
      return 4;
    default:
      return undefined;
  }
}

/** An unsigned varint as a double: exact up to 2^53, and beyond that only ever skipped or refused as too long. */
function readVarint(reader: Reader): number | undefined {
  let value = 0;
  let factor = 1;
  for (let count = 0; count < MAX_VARINT_BYTES; count += 1) {
    const byte = reader.bytes[reader.at];
    if (byte === undefined) return undefined;
    reader.at += 1;
    value += (byte & 0x7f) * factor;
    if (byte < 0x80) return value;
    factor *= 128;
  }
  return undefined;
}
