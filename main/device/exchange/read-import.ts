import { unzipSync } from 'fflate';
import { ReunionError } from '../../api/errors.ts';
import { nameOfFile } from './imported.ts';
import type { ImportedConversation } from './imported.ts';
import { parseMarkdownFile, parseOwn } from './own-format.ts';
import { parseTelegram } from './telegram.ts';
import { parseWhatsApp } from './whatsapp.ts';

/** A chat of half a million messages has less; it has to be in memory as a whole, since JSON and ZIP are read that way. */
export const IMPORT_BYTES_MAX = 256 << 20;
/** A ZIP may be a thousand times as large inside. */
const UNPACKED_BYTES_MAX = 512 << 20;

const NO_FORM =
  'This is none of the files that can be imported: a JSON export of Reunion or Telegram, a WhatsApp chat, or Markdown.';

/** The conversations in a file. Throws `ReunionError`: invalid-arguments, file-too-large. */
export function readImport(
  name: string,
  content: Uint8Array,
  now: number,
): readonly ImportedConversation[] {
  // “PK”, as every ZIP begins.
  if (content[0] === 0x50 && content[1] === 0x4b) return inZip(name, content, now);
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
  } catch {
    throw new ReunionError('invalid-arguments', 'The file is no whole JSON.');
  }
  const found = parseOwn(json) ?? parseTelegram(json);
  if (!found) throw new ReunionError('invalid-arguments', NO_FORM);
  return found;
}

/** Every file of a known form; pictures and the like are left where they are. */
function inZip(name: string, content: Uint8Array, now: number): readonly ImportedConversation[] {
  let unpacked = 0;
  let files: Record<string, Uint8Array>;
  try {
    files = unzipSync(content, {
      filter: ({ name: path, originalSize }) => {
        if (!/\.(?:txt|json|md|markdown)$/iu.test(path) || path.startsWith('__MACOSX/'))
          return false;
        unpacked += originalSize;
        return unpacked <= UNPACKED_BYTES_MAX;
      },
    });
  } catch {
    throw new ReunionError('invalid-arguments', 'The file is no whole ZIP.');
  }
  if (unpacked > UNPACKED_BYTES_MAX) throw tooLarge();
  const paths = Object.keys(files).sort();
  const found = paths.flatMap((path) => {
    const file = files[path] ?? new Uint8Array();
    // iOS calls every chat the same: the name of the ZIP says whose it is.
    const called = /(?:^|\/)_chat\.txt$/u.test(path) ? nameOfFile(name) : path;
    try {
      return readImport(called, file, now);
    } catch (error) {
      // One among others that is something else does not keep the others out.
      if (error instanceof ReunionError && paths.length > 1) return [];
      throw error;
    }
  });
  if (found.length === 0) throw new ReunionError('invalid-arguments', NO_FORM);
  return found;
}

export function tooLarge(): ReunionError {
  return new ReunionError('file-too-large', 'The file is too large to be imported.');
}

/** UTF-8, as all of them are; UTF-16 where a mark at the beginning says so. */
function textOf(content: Uint8Array): string {
  const isUtf16 = content[0] === 0xff && content[1] === 0xfe;
  return new TextDecoder(isUtf16 ? 'utf-16le' : 'utf-8').decode(content);
}
