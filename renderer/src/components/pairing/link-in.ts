/** The Reunion link in a text, without the line breaks that a mail puts in; undefined where there is none. */
export function linkIn(text: string): string | undefined {
  return /reunion:[\w-]+/u.exec(text.replace(/\s+/gu, ''))?.[0];
}

/** Whether a text looks like the code of an invitation, whole or begun: 4711-ocean-lamp. */
export function isCode(text: string): boolean {
  return /^\s*\d{1,4}([\s-]+[a-z]*){0,2}\s*$/iu.test(text);
}

/** The last word of a code that is being typed, from its first letter on; '' where a digit is next. */
export function begunWord(text: string): string {
  return /^\s*\d{4}[\s-]+(?:[a-z]+[\s-]+)?([a-z]+)$/iu.exec(text)?.[1]?.toLowerCase() ?? '';
}

/** The code with its last word completed, and the dash before the next one where there is one. */
export function completed(text: string, word: string): string {
  const before = text.slice(0, text.length - begunWord(text).length).replace(/\s+$/u, '-');
  const isFirst = /^\s*\d{4}[\s-]+$/u.test(before);
  return `${before.trimStart()}${word}${isFirst ? '-' : ''}`;
}
