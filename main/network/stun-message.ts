import { crc32 } from 'node:zlib';

/**
 * The part of STUN (RFC 8489) that a server needs which only tells callers under which address it sees them: Binding
 * requests in, Binding success responses with one XOR-MAPPED-ADDRESS out. Pure functions on bytes.
 */

/** RFC 8489, section 5: type, length, magic cookie, transaction id. */
const HEADER_BYTES = 20;
const ATTRIBUTE_HEADER_BYTES = 4;
const MAGIC_COOKIE = 0x2112a442;
const COOKIE_OFFSET = 4;

const BINDING_REQUEST = 0x0001;
const BINDING_SUCCESS = 0x0101;
const XOR_MAPPED_ADDRESS = 0x0020;
const FINGERPRINT = 0x8028;
const FINGERPRINT_MASK = 0x5354554e;
/** Below this, an attribute has to be understood or the request refused (section 14). */
const COMPREHENSION_OPTIONAL = 0x8000;
/**
 * Those of RFC 8489 that belong to credentials, which a server that asks for none passes over: USERNAME,
 * MESSAGE-INTEGRITY, REALM, NONCE, MESSAGE-INTEGRITY-SHA256, PASSWORD-ALGORITHM, USERHASH.
 */
const UNDERSTOOD = new Set([0x0006, 0x0008, 0x0014, 0x0015, 0x001c, 0x001d, 0x001e]);

const FAMILY_IP4 = 0x01;
const FAMILY_IP6 = 0x02;

/** The longest request that gets through everywhere unfragmented over IPv4 (section 6.1: 576 less IP and UDP headers). Bytes. */
const REQUEST_BYTES_MAX = 548;

export interface StunAddress {
  /** 4 bytes (IPv4) or 16 (IPv6). */
  readonly ip: Uint8Array;
  /** 0 to 65535. */
  readonly port: number;
}

/**
 * The answer to a datagram that came from `source`: a Binding success response of 32 bytes (IPv4) or 44 (IPv6).
 * Undefined for all that is to be left unanswered: anything but a well-formed Binding request, one with attributes that would
 * have to be understood (an error response would be larger, and tell the caller nothing more), and one whose FINGERPRINT is
 * wrong.
 */
export function answerTo(datagram: Uint8Array, source: StunAddress): Uint8Array | undefined {
  if (!isBindingRequest(datagram)) return undefined;
  const attribute = xorMappedAddress(source, datagram.subarray(COOKIE_OFFSET, HEADER_BYTES));
  const answer = new Uint8Array(HEADER_BYTES + attribute.byteLength);
  const view = viewOf(answer);
  view.setUint16(0, BINDING_SUCCESS);
  view.setUint16(2, attribute.byteLength);
  answer.set(datagram.subarray(COOKIE_OFFSET, HEADER_BYTES), COOKIE_OFFSET);
  answer.set(attribute, HEADER_BYTES);
  return answer;
}

/**
 * The attribute XOR-MAPPED-ADDRESS (section 14.2) with its header: 12 bytes (IPv4) or 24 (IPv6). `cookieAndId` is the magic
 * cookie and the transaction id, 16 bytes: port and address are masked by them so that no NAT on the way rewrites them.
 */
export function xorMappedAddress({ ip, port }: StunAddress, cookieAndId: Uint8Array): Uint8Array {
  const attribute = new Uint8Array(ATTRIBUTE_HEADER_BYTES + 4 + ip.byteLength);
  const view = viewOf(attribute);
  view.setUint16(0, XOR_MAPPED_ADDRESS);
  view.setUint16(2, 4 + ip.byteLength);
  view.setUint8(5, ip.byteLength === 4 ? FAMILY_IP4 : FAMILY_IP6);
  view.setUint16(6, port ^ (MAGIC_COOKIE >>> 16));
  attribute.set(
    ip.map((byte, index) => byte ^ (cookieAndId[index] ?? 0)),
    8,
  );
  return attribute;
}

function isBindingRequest(datagram: Uint8Array): boolean {
  if (datagram.byteLength < HEADER_BYTES || datagram.byteLength > REQUEST_BYTES_MAX) return false;
  const view = viewOf(datagram);
  return (
    view.getUint16(0) === BINDING_REQUEST &&
    view.getUint16(2) === datagram.byteLength - HEADER_BYTES &&
    view.getUint32(COOKIE_OFFSET) === MAGIC_COOKIE &&
    hasGoodAttributes(datagram, view)
  );
}

/** Whether attributes fill the rest of the datagram exactly, none of them needs to be understood, and FINGERPRINT holds. */
function hasGoodAttributes(datagram: Uint8Array, view: DataView): boolean {
  let offset = HEADER_BYTES;
  while (offset < datagram.byteLength) {
    if (offset + ATTRIBUTE_HEADER_BYTES > datagram.byteLength) return false;
    const type = view.getUint16(offset);
    const length = view.getUint16(offset + 2);
    const next = offset + ATTRIBUTE_HEADER_BYTES + Math.ceil(length / 4) * 4;
    if (next > datagram.byteLength) return false;
    if (type < COMPREHENSION_OPTIONAL && !UNDERSTOOD.has(type)) return false;
    if (type === FINGERPRINT) {
      // It is the last one, and covers all before it (section 14.7).
      if (length !== 4 || next !== datagram.byteLength) return false;
      return view.getUint32(offset + 4) === fingerprint(datagram.subarray(0, offset));
    }
    offset = next;
  }
  return true;
}

/** Section 14.7: a CRC-32, masked so that it is not taken for that of another protocol. */
function fingerprint(before: Uint8Array): number {
  return (crc32(before) ^ FINGERPRINT_MASK) >>> 0;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
