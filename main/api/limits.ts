import type { ConversationColour } from './types.ts';

export { ATTACHMENTS_MAX, FILE_NAME_BYTES_MAX, UNREAD_MAX } from '../conversations/limits.ts';

export { ORDER_MAX } from '../conversations/order.ts';

/** The most messages that one call returns, or deletes. */
export const PAGE_MAX = 1_000;
/** Search results that one call returns: more than anybody looks through before typing another letter. */
export const HITS_MAX = 200;
/** RFC 6838 allows 127 characters on either side of the stroke. */
export const MEDIA_TYPE_LENGTH_MAX = 255;
/** A century: more days than anybody means. */
export const HISTORY_DAYS_MAX = 36_500;
/** Below this, one payload (256 KiB) would take longer than a device waits for a sign of life of another. */
export const KILOBYTES_PER_SECOND_MIN = 16;
/** Ten gigabytes a second: faster than any line that a person has. */
export const KILOBYTES_PER_SECOND_MAX = 10_000_000;
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
