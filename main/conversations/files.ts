import type { Brand } from '../helpers/brand.ts';
import { utf8 } from '../helpers/bytes.ts';
import type { MessageId } from '../helpers/ids.ts';

/** The SHA-256 of a file's content, 64 lower-case hexadecimal characters. */
export type FileId = Brand<string, 'FileId'>;

const KiB = 1024;

/**
 * Bytes of a file in one message, which is never split. One passes a relay with libp2p's own defaults, which cuts a
 * connection after 128 KiB; a longer one never would, however often it is tried. Part of the format: every chunk but the last has
 * exactly so many.
 */
export const CHUNK_BYTES = 96 * KiB;
/** The largest file that is taken: what fits a disk with others, and whose 43,691 chunks fit 25 lists. */
export const FILE_BYTES_MAX = 4 * KiB * KiB * KiB;
/** Chunks whose ids travel in the text itself: 2 KiB, so that twenty files leave it below a payload. */
export const INLINE_PARTS_MAX = 64;
/** Ids in one list: 57,600 bytes, which a payload takes with others, so that no text waits for it. */
export const LIST_PARTS = 1_800;
/** Files that one text carries. */
export const ATTACHMENTS_MAX = 20;
/** As file systems have it, in bytes of UTF-8. */
export const FILE_NAME_BYTES_MAX = 255;

const UNKNOWN_MEDIA_TYPE = 'application/octet-stream';

/** Where the content of a file is: one file may have been stored more than once. */
export interface FileCopy {
  readonly file: FileId;
  /** Of the content; whatever the writer said, so perhaps more than any file has. */
  readonly bytes: number;
  /** The timestamp of the messages that hold its chunks, Unix milliseconds. */
  readonly storedAt: number;
  /** The ids of those messages, in order; empty where there are `lists`. */
  readonly parts: readonly MessageId[];
  /** The ids of the messages whose events hold them. */
  readonly lists: readonly MessageId[];
}

/** A file as a text carries it. */
export interface Attachment extends FileCopy {
  readonly name: string;
  readonly mediaType: string;
}

/** How many chunks a file of so many bytes has. */
export function chunkCount(bytes: number): number {
  return Math.ceil(bytes / CHUNK_BYTES);
}

/** How many bytes of the file the chunk at a position has. */
export function chunkLength(bytes: number, position: number): number {
  return Math.max(0, Math.min(CHUNK_BYTES, bytes - position * CHUNK_BYTES));
}

/** How many ids the list at a position has to hold, of a file of so many bytes. */
export function listLength(bytes: number, position: number): number {
  return Math.max(0, Math.min(LIST_PARTS, chunkCount(bytes) - position * LIST_PARTS));
}

/** Whether what is said of a file can be true: as many chunks as it must have, and no more bytes than are taken. */
export function isSound({ bytes, parts, lists }: FileCopy): boolean {
  if (!Number.isSafeInteger(bytes) || bytes < 0 || bytes > FILE_BYTES_MAX) return false;
  const chunks = chunkCount(bytes);
  if (chunks <= INLINE_PARTS_MAX) return parts.length === chunks && lists.length === 0;
  return parts.length === 0 && lists.length === Math.ceil(chunks / LIST_PARTS);
}

/** Bytes that are here of a file, of whose chunks `held` are, the last one among them or not. */
export function receivedBytes(bytes: number, held: number, hasLast: boolean): number {
  const missing = hasLast ? CHUNK_BYTES - chunkLength(bytes, chunkCount(bytes) - 1) : 0;
  return Math.min(bytes, held * CHUNK_BYTES - missing);
}

/** The file id that a text is; undefined where it is none. */
export function parseFileId(text: string): FileId | undefined {
  return /^[0-9a-f]{64}$/u.test(text) ? (text as FileId) : undefined;
}

/**
 * Names of devices, which Windows finds in every folder and under every ending: see “Naming Files, Paths, and Namespaces” of
 * its documentation.
 */
const DEVICE_NAMES =
  /^(?:con|prn|aux|nul|com[0-9\u00b9\u00b2\u00b3]|lpt[0-9\u00b9\u00b2\u00b3]|conin\$|conout\$|clock\$) *(?:\.|$)/iu;
/** Files that a system reads by itself where it finds them: what a folder looks like, and what a disk starts. */
const SYSTEM_NAMES = /^(?:desktop\.ini|(?:eh)?thumbs\.db|autorun\.inf|folder\.htt|icon\r?)$/iu;
/** Short names, by which Windows knows a file that has a longer one. */
const SHORT_NAME = /~(?=\d+(?:\.|$))/gu;

/**
 * A name that is one on every system, special on none, and says nothing but what shows: no path, no control or direction
 * characters, no name of a device, no hidden file, no home folder, nothing at its end that Windows drops.
 */
export function fileNameOf(given: string): string {
  const last = given.split(/[/\\]/u).at(-1) ?? '';
  const visible = last
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}<>:"|?*]/gu, '')
    .normalize('NFC')
    .replace(/^\s+|[\s.]+$/gu, '');
  if (visible === '') return 'file';
  const shown = visible.replace(/^[.~]+/u, (marks) => '_'.repeat(marks.length));
  const long = shown.replace(SHORT_NAME, '_');
  const isSpecial = DEVICE_NAMES.test(long) || SYSTEM_NAMES.test(long);
  // Cutting a name may leave a space or a dot at the end.
  return cut(isSpecial ? `_${long}` : long).replace(/[\s.]+$/u, '') || 'file';
}

/** What can be a media type as RFC 6838 has it, in lower case; else the one for anything. */
export function mediaTypeOf(given: string): string {
  const type = given.split(';')[0]?.trim().toLowerCase() ?? '';
  return /^[a-z0-9][\w!#$&^.+-]{0,126}\/[a-z0-9][\w!#$&^.+-]{0,126}$/u.test(type)
    ? type
    : UNKNOWN_MEDIA_TYPE;
}

/** The end of the name goes, but not what says the kind of file. */
function cut(name: string): string {
  if (utf8(name).byteLength <= FILE_NAME_BYTES_MAX) return name;
  const ending = /\.[^.]{1,16}$/u.exec(name)?.[0] ?? '';
  const characters = Array.from(name.slice(0, name.length - ending.length));
  while (utf8(characters.join('') + ending).byteLength > FILE_NAME_BYTES_MAX) characters.pop();
  return characters.join('') + ending;
}
