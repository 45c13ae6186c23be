import { MAX_BODY_BYTES } from './constants.ts';
import type { MessagePosition, StoredMessage } from './ports.ts';
import type { GroupId } from './types.ts';

/** Messages of the largest page: some 300 kB of chat, and few enough that a page never keeps a store busy for long. */
export const MAX_PAGE_MESSAGES = 1_000;

/**
 * Bytes of bodies after which a page ends early, so that a page of the longest messages does not fill the memory. A page
 * always holds at least one message, so it is larger by less than one body at most.
 */
export const MAX_PAGE_BYTES = 16 * MAX_BODY_BYTES;

/** Messages that one call of `expire` removes at most: some tens of milliseconds of work. */
export const MAX_EXPIRED_PER_CALL = 1_000;

export interface HistoryQuery {
  /** The lowest timestamp. Default: no bound. */
  readonly from?: bigint;
  /** Above the highest timestamp. Default: no bound. */
  readonly to?: bigint;
  /** The position where the page before ended; it need not be held any more. Default: the first page. */
  readonly after?: MessagePosition;
  /** Messages of the page at most: 1 to `MAX_PAGE_MESSAGES`. */
  readonly limit: number;
  /** By (timestamp, id). Default: ascending. */
  readonly order?: 'ascending' | 'descending';
}

export interface HistoryPage {
  /** In the order asked for. Empty where the range holds no more. */
  readonly messages: readonly StoredMessage[];
  /** Whether more messages of the range followed when the page was read. */
  readonly hasMore: boolean;
  /**
   * `MessageStore.lastSequence` of the copy that was read: the page shows every message up to this sequence. A replica
   * is behind where this is below the sequence of the main copy.
   */
  readonly lastSequence: number;
}

/** Reads the history of a group in pages. */
export interface HistoryReader {
  /**
   * The next page of the delivered messages of a group, with their bodies; tombstones and messages that wait for a parent
   * are left out. Rejects with `RangeError` where the limit is out of range, and as the store does.
   */
  page(groupId: GroupId, query: HistoryQuery): Promise<HistoryPage>;
}

/** Frees the space of old messages. A group's `since` must keep them from being fetched again: set it first. */
export interface Retention {
  /**
   * Removes messages of a group with a timestamp below `before`, the oldest first: delivered ones, buffered ones and
   * tombstones, with every record about them. A removed message counts as not held. At most `limit`, and at most
   * `MAX_EXPIRED_PER_CALL`. Resolves to how many were removed, once that survives a crash; 0 when none is left.
   */
  expire(about: {
    readonly groupId: GroupId;
    readonly before: bigint;
    readonly limit: number;
  }): Promise<number>;
  /**
   * The lowest timestamp from which on the bodies of a group have at most `bytes` bytes together: expiring what is
   * before it keeps the group under that size. Undefined where the whole group is under it.
   */
  timestampKeepingBytes(groupId: GroupId, bytes: number): Promise<bigint | undefined>;
}

const SMALLEST_TIMESTAMP = -(2n ** 63n);
const LARGEST_TIMESTAMP = 2n ** 63n - 1n;

/** Both ends included, so that a store compares int64s alone. */
export interface TimestampRange {
  readonly first: bigint;
  readonly last: bigint;
}

/** The int64 timestamps from `from` on and below `to`; undefined where there are none. */
export function timestampRange({
  from = SMALLEST_TIMESTAMP,
  to = LARGEST_TIMESTAMP + 1n,
}: Pick<HistoryQuery, 'from' | 'to'>): TimestampRange | undefined {
  const first = from < SMALLEST_TIMESTAMP ? SMALLEST_TIMESTAMP : from;
  const last = to > LARGEST_TIMESTAMP ? LARGEST_TIMESTAMP : to - 1n;
  return first > last ? undefined : { first, last };
}

/** Throws `RangeError` unless `limit` is one of a page. */
export function checkPageLimit(limit: number): void {
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_PAGE_MESSAGES) {
    throw new RangeError(`a page has 1 to ${MAX_PAGE_MESSAGES} messages, not ${limit}`);
  }
}

/** How many of the first messages of these sizes in bytes one page holds. */
export function fittingPage(bodyBytes: readonly number[], limit: number): number {
  let bytes = 0;
  for (const [index, size] of bodyBytes.entries()) {
    if (index === limit || (index > 0 && bytes >= MAX_PAGE_BYTES)) return index;
    bytes += size;
  }
  return bodyBytes.length;
}
