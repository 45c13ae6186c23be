import { randomInt } from 'node:crypto';
import { wordlist } from '@scure/bip39/wordlists/english.js';
import { utf8 } from '../helpers/bytes.ts';

/** Two of 2,048 words: 22 bits, of which somebody who does not know them has one guess. */
const WORDS = 2;
/** The words of BIP39 differ in their first four letters (BIP39, "Wordlist"). */
const LETTERS_MIN = 4;

/** A short code that a person reads from one screen and types at another. */
export interface PairingCode {
  /** 4 digits by which the inviting device is found. No secret. */
  readonly nameplate: string;
  /** Words of BIP39's English list, lower case. */
  readonly words: readonly string[];
}

/** A code for a nameplate, with random words. */
export function createCode(nameplate: string): PairingCode {
  const words = Array.from({ length: WORDS }, () => wordlist[randomInt(wordlist.length)] ?? '');
  return { nameplate, words };
}

/** Such as "4711-ocean-lamp". */
export function codeText({ nameplate, words }: PairingCode): string {
  return [nameplate, ...words].join('-');
}

/** What CPace takes as the code: the text, in UTF-8. */
export function codeSecret(code: PairingCode): Uint8Array {
  return utf8(codeText(code));
}

/** `unknown-word` names a word that is not on the list. */
export type ParsedCode =
  | { readonly kind: 'code'; readonly code: PairingCode }
  | { readonly kind: 'unknown-word'; readonly word: string }
  | { readonly kind: 'no-code' };

/**
 * The code in what a person typed: in capitals or not, with whatever between its parts that is no letter or digit, the words
 * also cut to their first four letters.
 */
export function parseCode(text: string): ParsedCode {
  const parts = text
    .normalize('NFKC')
    .toLowerCase()
    .split(/[^a-z0-9]+/u);
  const [nameplate = '', ...typed] = parts.filter((part) => part !== '');
  if (!/^\d{4}$/u.test(nameplate) || typed.length !== WORDS) return { kind: 'no-code' };
  const words: string[] = [];
  for (const word of typed) {
    const known = wordOf(word);
    if (known === undefined) return { kind: 'unknown-word', word };
    words.push(known);
  }
  return { kind: 'code', code: { nameplate, words } };
}

function wordOf(typed: string): string | undefined {
  if (wordlist.includes(typed)) return typed;
  return typed.length < LETTERS_MIN
    ? undefined
    : wordlist.find(
        (word) => word.startsWith(typed.slice(0, LETTERS_MIN)) && word.startsWith(typed),
      );
}
