import { unzipSync } from 'fflate';
import type { UnzipFileFilter, Unzipped } from 'fflate';
import { ReunionError } from '../../api/errors.ts';
import { nameOfFile } from './imported.ts';
import type { ImportedConversation } from './imported.ts';
import { parseMarkdownFile, parseOwn } from './own-format.ts';
import { parseTelegram } from './telegram.ts';
import { parseWhatsApp } from './whatsapp.ts';
import { debugLog } from '../../log/debug-log.ts';

const ignored = debugLog('device:exchange:read-import');

/** A chat of half a million messages has less; it has to be in memory as a whole, since JSON and ZIP are read that way. */
export const IMPORT_BYTES_MAX = 256 << 20;
/**
 * Of all that is in a ZIP, which may be a thousand times as large inside: one budget for the whole of it. A ZIP inside counts
 * with what it says is in it, and is not unpacked.
 */
const UNPACKED_BYTES_MAX = IMPORT_BYTES_MAX;

/** A chat each: more than anybody has. Each is looked up in the directory of the ZIP. */
const ZIP_FILES_MAX = 2_000;

const NO_FORM =
  'This is none of the files that can be imported: a JSON export of Reunion or Telegram, a WhatsApp chat, or Markdown.';

/** The conversations in a file. Throws `ReunionError`: invalid-arguments, file-too-large. */
export function readImport(
  name: string,
  content: Uint8Array,
  now: number,
): readonly ImportedConversation[] {
  return isZip(content) ? inZip(name, content, now) : inFile(name, content, now);
}

/** “PK”, as every ZIP begins. */
function isZip(content: Uint8Array): boolean {
  return content[0] === 0x50 && content[1] === 0x4b;
}

/** Bytes that may still be unpacked. */
interface Budget {
  left: number;
}

function inFile(
  name: string,
  content: Uint8Array,
  now: number,
  budget: Budget = { left: 0 },
): readonly ImportedConversation[] {
  if (isZip(content)) {
    filesIn(content, budget);
    throw new ReunionError('invalid-arguments', NO_FORM);
  }
  const text = textOf(content);
  // An export is an object; a chat of an iPhone begins with a bracket.
  if (/^\s*\{/u.test(text)) return inJson(text);
  if (/\.(?:md|markdown)$/iu.test(name)) return [parseMarkdownFile(text, nameOfFile(name), now)];
  const chat = parseWhatsApp(text, nameOfFile(name));
  if (!chat) throw new ReunionError('invalid-arguments', NO_FORM);
  return [chat];
}

function inJson(text: string): readonly ImportedConversation[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    ignored(error);
    throw new ReunionError('invalid-arguments', 'The file is no whole JSON.');
  }
  const found = parseOwn(json) ?? parseTelegram(json);
  if (!found) throw new ReunionError('invalid-arguments', NO_FORM);
  return found;
}

/** Every file of a known form; pictures and the like are left where they are. One file is unpacked at a time. */
function inZip(name: string, content: Uint8Array, now: number): readonly ImportedConversation[] {
  const budget: Budget = { left: UNPACKED_BYTES_MAX };
  const paths = filesIn(content, budget);
  const found = paths.flatMap((path) => {
    // iOS calls every chat the same: the name of the ZIP says whose it is.
    const called = /(?:^|\/)_chat\.txt$/u.test(path) ? nameOfFile(name) : path;
    try {
      return inFile(called, unpacked(content, path), now, budget);
    } catch (error) {
      // One among others that is something else does not keep the others out.
      const isOther = error instanceof ReunionError && error.code !== 'file-too-large';
      if (isOther && paths.length > 1) return [];
      throw error;
    }
  });
  if (found.length === 0) throw new ReunionError('invalid-arguments', NO_FORM);
  return found;
}

/** The paths of what is to be read. Throws where there is more of it than is taken, before any of it is unpacked. */
function filesIn(content: Uint8Array, budget: Budget): string[] {
  const paths = new Set<string>();
  unzip(content, ({ name: path, originalSize }) => {
    if (!/\.(?:txt|json|md|markdown)$/iu.test(path) || path.startsWith('__MACOSX/')) return false;
    budget.left -= originalSize;
    paths.add(path);
    if (paths.size > ZIP_FILES_MAX) throw tooLarge();
    return false;
  });
  if (budget.left < 0) throw tooLarge();
  return [...paths].sort();
}

/** No more than the ZIP announces: the library cuts off the rest. */
function unpacked(content: Uint8Array, path: string): Uint8Array {
  let isTaken = false;
  const files = unzip(content, ({ name: other }) => {
    if (other !== path || isTaken) return false;
    isTaken = true;
    return true;
  });
  return files[path] ?? new Uint8Array();
}

function unzip(content: Uint8Array, filter: UnzipFileFilter): Unzipped {
  try {
    return unzipSync(content, { filter });
  } catch (error) {
    if (error instanceof ReunionError) throw error;
    throw new ReunionError('invalid-arguments', 'The file is no whole ZIP.');
  }
}

export function tooLarge(): ReunionError {
  return new ReunionError('file-too-large', 'The file is too large to be imported.');
}

/** UTF-8, as all of them are; UTF-16 where a mark at the beginning says so. */
function textOf(content: Uint8Array): string {
  const isUtf16 = content[0] === 0xff && content[1] === 0xfe;
  return new TextDecoder(isUtf16 ? 'utf-16le' : 'utf-8').decode(content);
}
