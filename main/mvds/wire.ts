/**
 * Walks the top-level fields of a protobuf message without decoding what is in them, so that each item can be checked
 * and decoded by itself: generated decoders give up on the whole payload at the first bad item.
 */

export interface Field {
  readonly number: number;
  readonly wireType: number;
  /** Content of a length-delimited field; empty for the others. A view, not a copy. */
  readonly bytes: Uint8Array;
}

export const LENGTH_DELIMITED = 2;
const VARINT = 0;
const FIXED64 = 1;
const FIXED32 = 5;
const MAX_VARINT_BYTES = 10;
const EMPTY = new Uint8Array(0);

/**
 * Calls `visit` for each top-level field in order. Returns false where the bytes are no well-formed protobuf message
 * (truncated, a group, field number 0); fields before that point were visited. Never throws by itself.
 */
export function walkFields(bytes: Uint8Array, visit: (field: Field) => void): boolean {
  const reader = { bytes, at: 0 };
  while (reader.at < bytes.length) {
    const tag = readVarint(reader);
    if (tag === undefined || tag > 0xffffffff) return false;
    const number = Math.floor(tag / 8);
    const wireType = tag % 8;
    if (number === 0) return false;
    const length = contentLength(reader, wireType);
    if (length === undefined || length > bytes.length - reader.at) return false;
    const content =
      wireType === LENGTH_DELIMITED ? bytes.subarray(reader.at, reader.at + length) : EMPTY;
    reader.at += length;
    visit({ number, wireType, bytes: content });
  }
  return true;
}

interface Reader {
  readonly bytes: Uint8Array;
  at: number;
}

function contentLength(reader: Reader, wireType: number): number | undefined {
  switch (wireType) {
    case VARINT:
      return readVarint(reader) === undefined ? undefined : 0;
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
