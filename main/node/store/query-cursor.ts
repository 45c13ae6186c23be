import { idBytes, toMessageId } from '../../mvds/ids.ts';
import type { MessagePosition } from '../../mvds/ports.ts';
import { ID_BYTES } from '../../mvds/types.ts';
import type { GroupId } from '../../mvds/types.ts';

/** Where a page of a query ended: a position in the order of all messages, so that no arrival moves it. */
export interface QueryCursor {
  readonly position: MessagePosition;
  /** Of the store that the page was read from: the first 8 bytes of its id, as hexadecimal characters. */
  readonly store: string;
  /** The newest arrival there when the page was read. */
  readonly sequence: number;
  /** Messages that no page has shown, because they arrived behind one. */
  readonly behind: number;
}

const VERSION = 1;
const GROUP_BYTES = 8;
const STORE_BYTES = 8;
/** Version, group, store, sequence, behind, timestamp, id. */
const CURSOR_BYTES = 1 + GROUP_BYTES + STORE_BYTES + 8 + 4 + 8 + ID_BYTES;

export function encodeCursor(
  groupId: GroupId,
  { position, store, sequence, behind }: QueryCursor,
): Uint8Array {
  const bytes = Buffer.alloc(CURSOR_BYTES);
  let at = bytes.writeUInt8(VERSION);
  at += bytes.write(groupId, at, GROUP_BYTES, 'hex');
  at += bytes.write(store, at, STORE_BYTES, 'hex');
  at = bytes.writeBigUInt64BE(BigInt(sequence), at);
  at = bytes.writeUInt32BE(behind, at);
  at = bytes.writeBigInt64BE(position.timestamp, at);
  bytes.set(idBytes(position.id), at);
  return new Uint8Array(bytes);
}

/** Says why bytes are no cursor for a query of the group. */
export function decodeCursor(
  groupId: GroupId,
  bytes: Uint8Array,
): QueryCursor | 'none' | 'other-group' {
  if (bytes.byteLength !== CURSOR_BYTES || bytes[0] !== VERSION) return 'none';
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 1;
  if (view.toString('hex', at, at + GROUP_BYTES) !== groupId.slice(0, 2 * GROUP_BYTES)) {
    return 'other-group';
  }
  at += GROUP_BYTES;
  const store = view.toString('hex', at, at + STORE_BYTES);
  at += STORE_BYTES;
  const sequence = Number(view.readBigUInt64BE(at));
  const behind = view.readUInt32BE(at + 8);
  const timestamp = view.readBigInt64BE(at + 12);
  const id = toMessageId(bytes.subarray(at + 20, at + 20 + ID_BYTES));
  return { position: { timestamp, id }, store, sequence, behind };
}

/** As a cursor names the store with this id. */
export function storeInCursor(storeId: string): string {
  return storeId.slice(0, 2 * STORE_BYTES);
}
