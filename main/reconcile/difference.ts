import { toHex } from '../helpers/bytes.ts';
import type { MessageId } from '../helpers/ids.ts';
import { ID_BYTES } from './constants.ts';

/** The ids in `ids`, 32 bytes each. */
export function messageIds(ids: Uint8Array): MessageId[] {
  return Array.from({ length: ids.length / ID_BYTES }, (_, at) => messageId(ids, at * ID_BYTES));
}

/** The ids of `listed`, once each, of which none is in `ids`, 32 bytes each. */
export function missingFrom(ids: Uint8Array, listed: ReadonlySet<MessageId>): MessageId[] {
  const missing = new Set(listed);
  // Tells nearly all ids apart by their first bytes, without making a string of each: there may be a million.
  const beginnings = new Set([...listed].map((id) => Number.parseInt(id.slice(0, 8), 16)));
  const view = new DataView(ids.buffer, ids.byteOffset, ids.byteLength);
  for (let offset = 0; missing.size > 0 && offset < ids.length; offset += ID_BYTES) {
    if (beginnings.has(view.getUint32(offset))) missing.delete(messageId(ids, offset));
  }
  return [...missing];
}

function messageId(ids: Uint8Array, offset: number): MessageId {
  return toHex(ids.subarray(offset, offset + ID_BYTES)) as MessageId;
}
