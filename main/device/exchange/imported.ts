import { utf8 } from '../../helpers/bytes.ts';
import { TEXT_BYTES_MAX } from '../../conversations/limits.ts';

/** A message of somewhere else. */
export interface ImportedMessage {
  /** When it was written, Unix milliseconds. */
  readonly at: number;
  readonly text: string;
}

export interface ImportedConversation {
  readonly name: string;
  readonly messages: readonly ImportedMessage[];
}

/** As Markdown, with the name of whoever wrote it, where that was not the person. */
export function said(by: string | undefined, text: string): string {
  return by === undefined || by === '' ? text : `**${by.replace(/[*_`\\]/gu, '\\$&')}:** ${text}`;
}

/** A UTF-16 unit has three bytes of UTF-8 at most. */
const PIECE_UNITS = Math.floor(TEXT_BYTES_MAX / 3);

/** A text in pieces that each fit into a message, cut between paragraphs or else lines or words where that can be. */
export function pieces(text: string): string[] {
  if (text.trim() === '') return [];
  if (utf8(text).byteLength <= TEXT_BYTES_MAX) return [text];
  const found: string[] = [];
  for (let at = 0; at < text.length;) {
    const piece = text.slice(at, cutIn(text, at));
    if (piece.trim() !== '') found.push(piece);
    at += piece.length;
  }
  return found;
}

/** Where the piece ends that begins at `from`. */
function cutIn(text: string, from: number): number {
  const most = from + PIECE_UNITS;
  if (most >= text.length) return text.length;
  for (const mark of ['\n\n', '\n', ' ']) {
    const at = text.lastIndexOf(mark, most - mark.length);
    if (at > from) return at + mark.length;
  }
  // Not within a character of two units.
  return /[\uD800-\uDBFF]/u.test(text[most - 1] ?? '') ? most - 1 : most;
}

/** The name of a file without its ending and without the folders that it is in. */
export function nameOfFile(path: string): string {
  const name = path.split(/[\\/]/u).at(-1) ?? '';
  return name.replace(/\.[^.]{1,10}$/u, '').trim() || 'Import';
}
