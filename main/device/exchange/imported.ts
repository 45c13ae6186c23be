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

/** A text in pieces that each fit into a message, cut between paragraphs or else lines where that can be. */
export function pieces(text: string): string[] {
  if (utf8(text).byteLength <= TEXT_BYTES_MAX) return text.trim() === '' ? [] : [text];
  // A UTF-16 unit has three bytes of UTF-8 at most.
  const most = Math.floor(TEXT_BYTES_MAX / 3);
  const found = ['\n\n', '\n', ' ']
    .map((mark) => text.lastIndexOf(mark, most))
    .find((at) => at > 0);
  const at = found ?? most;
  return [...pieces(text.slice(0, at)), ...pieces(text.slice(at))];
}

/** The name of a file without its ending and without the folders that it is in. */
export function nameOfFile(path: string): string {
  const name = path.split(/[\\/]/u).at(-1) ?? '';
  return name.replace(/\.[^.]{1,10}$/u, '').trim() || 'Import';
}
