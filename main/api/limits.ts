import type { ConversationColour } from './types.ts';

export { NAME_CHARACTERS_MAX, TEXT_BYTES_MAX, UNREAD_MAX } from '../conversations/limits.ts';

export { ORDER_MAX } from '../conversations/order.ts';

/** The most messages that one call returns, or deletes. */
export const PAGE_MAX = 1_000;
/** Search results that one call returns: more than anybody looks through before typing another letter. */
export const HITS_MAX = 200;
/** A query that is longer than any that a person types, in UTF-16 units. */
export const QUERY_LENGTH_MAX = 1_000;

export const CONVERSATION_COLOURS = [
  'red',
  'orange',
  'yellow',
  'green',
  'teal',
  'blue',
  'indigo',
  'purple',
  'pink',
  'grey',
] as const satisfies readonly ConversationColour[];
