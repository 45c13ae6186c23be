/** The compact wire written out by hand from the description of the protocol, sharing no code with `main/mvds`. */
import { createHash } from 'node:crypto';

const LABEL = Buffer.from('MESSAGE_ID', 'ascii');

export function varint(value: number | bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  return Buffer.from([...bytes, Number(rest)]);
}

/** A length-delimited field. */
export function field(number: number, content: Uint8Array): Buffer {
  return Buffer.concat([varint(number * 8 + 2), varint(content.length), content]);
}

export function compactMessage(group: Buffer, timestamp: bigint, body: Buffer): Buffer {
  const time = Buffer.concat([varint(2 * 8), varint(timestamp)]);
  return field(
    4,
    Buffer.concat([field(1, group), time, field(3, body), field(4, Buffer.alloc(0))]),
  );
}

export function idOf(group: Buffer, timestamp: bigint, body: Buffer): Buffer {
  const time = Buffer.alloc(8);
  time.writeBigInt64LE(timestamp);
  return createHash('sha256')
    .update(Buffer.concat([LABEL, group, time, body]))
    .digest();
}

export function frame(payload: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(payload.length);
  return Buffer.concat([length, payload]);
}

/** The whole frames in `bytes`. */
export function frames(bytes: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (let at = 0; at + 4 <= bytes.length;) {
    const end = at + 4 + bytes.readUInt32BE(at);
    if (end > bytes.length) break;
    found.push(bytes.subarray(at + 4, end));
    at = end;
  }
  return found;
}
