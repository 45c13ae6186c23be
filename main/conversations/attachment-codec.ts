import { fromHex, toHex } from '../helpers/bytes.ts';
import type { MessageId } from '../helpers/ids.ts';
import type { Attachment as AttachmentMessage } from '../proto/conversation.ts';
import {
  chunkCount,
  FILE_BYTES_MAX,
  fileNameOf,
  INLINE_PARTS_MAX,
  LIST_PARTS,
  mediaTypeOf,
  parseFileId,
} from './files.ts';
import type { Attachment } from './files.ts';

const ID_BYTES = 32;
const LISTS_MAX = Math.ceil(chunkCount(FILE_BYTES_MAX) / LIST_PARTS);

export function encodeAttachment(attachment: Attachment): AttachmentMessage {
  const { file, name, mediaType, bytes, storedAt, parts, lists } = attachment;
  return {
    file: fromHex(file),
    name,
    mediaType,
    bytes: BigInt(bytes),
    storedAt: BigInt(storedAt),
    parts: joinedIds(parts),
    lists: joinedIds(lists),
  };
}

/**
 * What an event says of a file; nothing where it names none. What cannot be true otherwise is left for `isSound` to find, so
 * that a person sees that there was a file.
 */
export function decodeAttachment(message: AttachmentMessage): Attachment[] {
  const file = parseFileId(toHex(message.file));
  if (!file) return [];
  const parts = idsOf(message.parts, INLINE_PARTS_MAX);
  const lists = idsOf(message.lists, LISTS_MAX);
  const isReadable = parts !== undefined && lists !== undefined;
  return [
    {
      file,
      name: fileNameOf(message.name),
      mediaType: mediaTypeOf(message.mediaType),
      bytes: isReadable ? clamped(message.bytes) : Number.MAX_SAFE_INTEGER,
      storedAt: clamped(message.storedAt),
      parts: parts ?? [],
      lists: lists ?? [],
    },
  ];
}

/** Ids one after another. */
export function joinedIds(ids: readonly MessageId[]): Uint8Array {
  return fromHex(ids.join(''));
}

/** The other way round; undefined where there are more than `max`, or one is cut off, or there is nothing at all. */
export function idsOf(bytes: Uint8Array | undefined, max: number): MessageId[] | undefined {
  if (!bytes || bytes.byteLength % ID_BYTES !== 0 || bytes.byteLength > max * ID_BYTES) {
    return undefined;
  }
  const hex = toHex(bytes);
  return Array.from(
    { length: bytes.byteLength / ID_BYTES },
    (_, at) => hex.slice(at * 2 * ID_BYTES, (at + 1) * 2 * ID_BYTES) as MessageId,
  );
}

function clamped(value: bigint): number {
  return Number(value > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : value);
}
