import { utf8 } from '../helpers/bytes.ts';

/** A text travels in one MVDS payload (256 KiB), with room for its envelope. Longer ones belong in a file. */
export const TEXT_BYTES_MAX = 128 * 1024;
/** Longer names fit no list and no title bar. In characters as a person counts them (grapheme clusters). */
export const NAME_CHARACTERS_MAX = 200;

/** The longest emoji of Unicode, flags and families included, has 35 bytes. */
export const EMOJI_BYTES_MAX = 64;
/** As many as are counted: what is shown for more is “99+”. */
export const UNREAD_MAX = 100;

export { ATTACHMENTS_MAX, FILE_NAME_BYTES_MAX } from './files.ts';

export type TextProblem = 'empty-text' | 'text-too-long';
export type NameProblem = 'invalid-name' | 'name-too-long';

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** What is wrong with a text; undefined where it can be sent as it stands. */
export function textProblem(text: string): TextProblem | undefined {
  if (text.trim() === '') return 'empty-text';
  return utf8(text).byteLength > TEXT_BYTES_MAX ? 'text-too-long' : undefined;
}

/** A conversation's name as it is kept: white space around it and line breaks in it go. */
export function normalizeName(name: string): string {
  return name.replace(/\s+/gu, ' ').trim().normalize('NFC');
}

/** What is wrong with a normalized name; undefined where nothing is. */
export function nameProblem(name: string): NameProblem | undefined {
  if (name === '' || /\p{Cc}/u.test(name)) return 'invalid-name';
  return [...graphemes.segment(name)].length > NAME_CHARACTERS_MAX ? 'name-too-long' : undefined;
}

/** Whether a text is one emoji, as a reaction or a conversation may have. */
export function isEmoji(text: string): boolean {
  return (
    utf8(text).byteLength <= EMOJI_BYTES_MAX &&
    /\p{Extended_Pictographic}|\p{Regional_Indicator}|\u20e3/u.test(text) &&
    [...graphemes.segment(text)].length === 1
  );
}
