import type { NewMessage, StoredMessage } from '../mvds/ports.ts';
import { ID_BYTES } from '../mvds/types.ts';
import type { GroupId, Message, MessageId, PeerId } from '../mvds/types.ts';

/*
 * Messages as they travel between the store's thread and its callers. A structured clone makes objects, strings and a
 * buffer of its own for each message, on both sides; here all of them are one buffer, which is handed over and not copied.
 *
 * The buffer: a row of fixed width for each message, then the parents of all messages (32 bytes each), then all bodies. Both threads
 * run on one machine, in one build: numbers are little-endian, and there is no version.
 */

/** Rows in one buffer, and the names that they refer to by position. */
export interface PackedRows {
  readonly buffer: ArrayBuffer;
  readonly count: number;
  readonly groups: readonly GroupId[];
  readonly peers: readonly PeerId[];
}

/** Where the parts of a message's row are, in bytes. */
const ROW = {
  id: 0,
  /** int64. */
  timestamp: 32,
  /** A float64, as every number of a program: a sequence may be above 2^32. 0 for a message that is new. */
  sequence: 40,
  /** uint32: a position in `groups`. */
  group: 48,
  /** uint32: a position in `peers`, or `NOBODY`. */
  source: 52,
  /** uint32: bytes. */
  body: 56,
  /** uint16: how many there are. */
  parents: 60,
  /** uint16. */
  flags: 62,
} as const;
const ROW_BYTES = 64;

const DELIVERED = 1;
const EPHEMERAL = 2;

/** For a message that was written here. */
const NOBODY = 0xff_ff_ff_ff;
/** A row counts parents in two bytes. MVDS takes 64. */
const MOST_PARENTS = 0xff_ff;

/** Throws `RangeError` for an id that is not 64 hexadecimal characters, or a timestamp that is no int64. */
export function packNewMessages(messages: readonly NewMessage[]): PackedRows {
  const packing = new Packing(messages.map(({ message }) => message));
  for (const { message, delivered, source } of messages) packing.add(message, 0, delivered, source);
  return packing.packed();
}

/** Bodies are views into the one buffer. Throws `RangeError` for a buffer that `packNewMessages` did not make. */
export function unpackNewMessages(packed: PackedRows): NewMessage[] {
  return unpack(packed, (message, _sequence, delivered, source) => ({
    message,
    delivered,
    source,
  }));
}

/** As `packNewMessages`. */
export function packStoredMessages(messages: readonly StoredMessage[]): PackedRows {
  const packing = new Packing(messages);
  for (const message of messages) {
    packing.add(message, message.sequence, message.delivered, message.source);
  }
  return packing.packed();
}

/** As `unpackNewMessages`: whoever keeps a single body copies it, else the memory of all of them stays. */
export function unpackStoredMessages(packed: PackedRows): StoredMessage[] {
  return unpack(
    packed,
    ({ id, groupId, timestamp, body, metadata }, sequence, delivered, source) => ({
      sequence,
      id,
      groupId,
      timestamp,
      source,
      delivered,
      metadata,
      body,
    }),
  );
}

/** Fills a buffer that is as large as the messages need. */
class Packing {
  readonly #buffer: ArrayBuffer;
  readonly #bytes: Buffer;
  readonly #view: DataView;
  readonly #count: number;
  readonly #groups = new Positions<GroupId>();
  readonly #peers = new Positions<PeerId>();
  #row = 0;
  #parent: number;
  #body: number;

  constructor(messages: readonly Message[]) {
    let parents = 0;
    let bodyBytes = 0;
    for (const { metadata, body } of messages) {
      parents += metadata.parents.length;
      bodyBytes += body.byteLength;
    }
    this.#count = messages.length;
    this.#parent = messages.length * ROW_BYTES;
    this.#body = this.#parent + parents * ID_BYTES;
    this.#buffer = new ArrayBuffer(this.#body + bodyBytes);
    this.#bytes = Buffer.from(this.#buffer);
    this.#view = new DataView(this.#buffer);
  }

  add(
    { id, groupId, timestamp, body, metadata: { parents, ephemeral } }: Message,
    sequence: number,
    delivered: boolean,
    source: PeerId | undefined,
  ): void {
    if (BigInt.asIntN(64, timestamp) !== timestamp) {
      throw new RangeError(`the timestamp ${timestamp} is no int64`);
    }
    if (parents.length > MOST_PARENTS) throw new RangeError(`message ${id} has too many parents`);
    const row = this.#row;
    const view = this.#view;
    writeId(this.#bytes, id, row + ROW.id);
    view.setBigInt64(row + ROW.timestamp, timestamp, true);
    view.setFloat64(row + ROW.sequence, sequence, true);
    view.setUint32(row + ROW.group, this.#groups.of(groupId), true);
    const from = source === undefined ? NOBODY : this.#peers.of(source);
    view.setUint32(row + ROW.source, from, true);
    view.setUint32(row + ROW.body, body.byteLength, true);
    view.setUint16(row + ROW.parents, parents.length, true);
    view.setUint16(
      row + ROW.flags,
      (delivered ? DELIVERED : 0) | (ephemeral ? EPHEMERAL : 0),
      true,
    );
    for (const parent of parents) {
      writeId(this.#bytes, parent, this.#parent);
      this.#parent += ID_BYTES;
    }
    this.#bytes.set(body, this.#body);
    this.#body += body.byteLength;
    this.#row += ROW_BYTES;
  }

  packed(): PackedRows {
    const [groups, peers] = [this.#groups.names, this.#peers.names];
    return { buffer: this.#buffer, count: this.#count, groups, peers };
  }
}

function unpack<T>(
  { buffer, count, groups, peers }: PackedRows,
  make: (message: Message, sequence: number, delivered: boolean, source: PeerId | undefined) => T,
): T[] {
  const bytes = Buffer.from(buffer);
  const view = new DataView(buffer);
  let parentAt = count * ROW_BYTES;
  let bodyAt = startOfBodies(view, count);
  const messages: T[] = [];
  for (let index = 0; index < count; index += 1) {
    const row = index * ROW_BYTES;
    const parents: MessageId[] = [];
    for (let left = view.getUint16(row + ROW.parents, true); left > 0; left -= 1) {
      parents.push(readId(bytes, parentAt));
      parentAt += ID_BYTES;
    }
    const bodyBytes = view.getUint32(row + ROW.body, true);
    const flags = view.getUint16(row + ROW.flags, true);
    const from = view.getUint32(row + ROW.source, true);
    const message = {
      id: readId(bytes, row + ROW.id),
      groupId: nameAt(groups, view.getUint32(row + ROW.group, true)),
      timestamp: view.getBigInt64(row + ROW.timestamp, true),
      body: new Uint8Array(buffer, bodyAt, bodyBytes),
      metadata: { parents, ephemeral: (flags & EPHEMERAL) !== 0 },
    };
    bodyAt += bodyBytes;
    const sequence = view.getFloat64(row + ROW.sequence, true);
    const source = from === NOBODY ? undefined : nameAt(peers, from);
    messages.push(make(message, sequence, (flags & DELIVERED) !== 0, source));
  }
  return messages;
}

/** Throws `RangeError` unless the buffer is exactly as long as its rows say. */
function startOfBodies(view: DataView, count: number): number {
  const rows = count * ROW_BYTES;
  if (view.byteLength < rows) throw notPacked();
  let parents = 0;
  let bodyBytes = 0;
  for (let row = 0; row < rows; row += ROW_BYTES) {
    parents += view.getUint16(row + ROW.parents, true);
    bodyBytes += view.getUint32(row + ROW.body, true);
  }
  const start = rows + parents * ID_BYTES;
  if (view.byteLength !== start + bodyBytes) throw notPacked();
  return start;
}

/** Names, each with its position. Messages that follow each other mostly have the same. */
class Positions<Name> {
  readonly names: Name[] = [];
  readonly #positions = new Map<Name, number>();
  #last: Name | undefined;
  #lastPosition = 0;

  of(name: Name): number {
    if (name === this.#last) return this.#lastPosition;
    const known = this.#positions.get(name);
    const position = known ?? this.names.push(name) - 1;
    if (known === undefined) this.#positions.set(name, position);
    this.#last = name;
    this.#lastPosition = position;
    return position;
  }
}

function nameAt<Name>(names: readonly Name[], position: number): Name {
  const name = names[position];
  if (name === undefined) throw notPacked();
  return name;
}

function writeId(bytes: Buffer, id: MessageId, at: number): void {
  const isWhole = id.length === 2 * ID_BYTES && bytes.write(id, at, ID_BYTES, 'hex') === ID_BYTES;
  if (!isWhole) throw new RangeError('not the hexadecimal characters of 32 bytes');
}

function readId(bytes: Buffer, at: number): MessageId {
  return bytes.toString('hex', at, at + ID_BYTES) as MessageId;
}

function notPacked(): RangeError {
  return new RangeError('the buffer is not as it was packed');
}
