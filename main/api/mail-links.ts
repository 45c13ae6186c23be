/** One address and nothing beside it: a mail program would take a subject, a text or files to attach from the rest. */
const MAIL =
  /^mailto:([\w.!#$%&'*+/=^`{|}~-]{1,64}@[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?)(?:\?|$)/iu;
/** An encoded line end or separator in an address begins another header, or another address. */
const ENCODED = /%(?![a-f8-9][0-9a-f])/iu;

/** A link to a mail address, reduced to that; undefined for one without, or with several. */
export function mailLink(href: string): string | undefined {
  const address = MAIL.exec(href.trim())?.[1];
  if (address === undefined || ENCODED.test(address)) return undefined;
  return `mailto:${address}`;
}
