import { mailLink } from '../api/mail-links.ts';

/** Longer than any link that Reunion makes, by far. */
const LINK_LENGTH_MAX = 8_192;

/** What may be opened outside: nothing that runs a program or reads a file, and no other app's own scheme. */
const EXTERNAL = new Set(['https:', 'http:', 'mailto:']);

/** The address to hand to the person's browser or mail program; undefined for everything that is not to be opened. */
export function externalLink(url: string): string | undefined {
  const parsed = URL.parse(url);
  if (!parsed || !EXTERNAL.has(parsed.protocol)) return undefined;
  // A name and password in an address serve to make it look like another one.
  if (parsed.username !== '' || parsed.password !== '') return undefined;
  return parsed.protocol === 'mailto:' ? mailLink(parsed.href) : parsed.href;
}

/** The pairing link that the system started the app with, or handed to one that runs; the last one, if there are several. */
export function pairingLink(texts: readonly string[]): string | undefined {
  return texts.findLast((text) => /^reunion:\S+$/iu.test(text) && text.length <= LINK_LENGTH_MAX);
}
