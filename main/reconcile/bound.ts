import { ID_BYTES, MAX_TIMESTAMP } from './constants.ts';

/**
 * A place between positions: before every position that is not below it. Omitted bytes of the prefix count as zero
 * (negentropy V1, "Bound"). A range goes from one bound, inclusive, to another, exclusive.
 */
export interface Bound {
  /** 0 to MAX_TIMESTAMP, or `Infinity`. */
  readonly timestamp: number;
  /** 0 to 32 bytes; none at infinity. */
  readonly prefix: Uint8Array;
}

const NO_BYTES = new Uint8Array(0);

/** Before every position. */
export const START: Bound = { timestamp: 0, prefix: NO_BYTES };

/** After every position. */
export const END: Bound = { timestamp: Infinity, prefix: NO_BYTES };

/** Before every position with this timestamp, any int64; after all those below. */
export function boundAt(timestamp: bigint): Bound {
  return { timestamp: orderTimestamp(timestamp), prefix: NO_BYTES };
}

/** The shortest bound that lies after the position `previous` and not after `next`. Ids have 32 bytes each. */
export function boundBetween(previous: Bound, next: Bound): Bound {
  if (previous.timestamp !== next.timestamp) return { timestamp: next.timestamp, prefix: NO_BYTES };
  let shared = 0;
  while (shared < ID_BYTES - 1 && previous.prefix[shared] === next.prefix[shared]) shared += 1;
  return { timestamp: next.timestamp, prefix: next.prefix.slice(0, shared + 1) };
}

/** Negative, 0 or positive, as `a` lies before, at or after `b`. */
export function compareBounds(a: Bound, b: Bound): number {
  if (a.timestamp !== b.timestamp) return a.timestamp < b.timestamp ? -1 : 1;
  for (let at = 0; at < Math.max(a.prefix.length, b.prefix.length); at += 1) {
    const difference = (a.prefix[at] ?? 0) - (b.prefix[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/**
 * Where a message's timestamp stands in the order. Message timestamps are any int64; those before 1970 stand at 0 and those
 * above 2^53 − 1 stand there, on both sides alike. The id then decides, so that the order stays total and is the same everywhere.
 */
export function orderTimestamp(timestamp: bigint): number {
  if (timestamp < 0n) return 0;
  return timestamp > MAX_TIMESTAMP ? MAX_TIMESTAMP : Number(timestamp);
}
