import type { Bound } from './bound.ts';
import { REFERENCE_BUCKETS, REFERENCE_LEAF } from './constants.ts';
import type { RangeSink } from './frame-writer.ts';
import type { IdSet } from './ids-since.ts';

/** How ranges are cut down. It is each side's own affair and no part of the protocol. */
export interface Splitting {
  /** Buckets of equal size that a range is split into at most, 2 or more. */
  readonly buckets: number;
  /** Ids that make another bucket worth its fingerprint: a smaller range has fewer buckets. 1 or more. */
  readonly bucketIds: number;
  /** A range with fewer ids than this is listed, id by id. Above `bucketIds`. */
  readonly leaf: number;
}

/** As the reference implementation of V1 has it. */
export const REFERENCE_SPLITTING: Splitting = {
  buckets: REFERENCE_BUCKETS,
  bucketIds: 1,
  leaf: REFERENCE_LEAF,
};

/**
 * Says what there is from rank `from` up to rank `to`, where the range ends at `upper`: fingerprints of parts, or all ids. What
 * is not loaded is divided between sections alone, and said by one fingerprint where there is no such place.
 */
export function splitRange(
  ids: IdSet,
  from: number,
  to: number,
  upper: Bound,
  splitting: Splitting,
  sink: RangeSink,
): void {
  const count = to - from;
  const isLoaded = ids.missingBetween(from, to).length === 0;
  if (count < splitting.leaf && isLoaded) {
    sink.ids(upper, ids.ids(from, to));
    return;
  }
  const buckets = Math.min(splitting.buckets, Math.ceil(count / splitting.bucketIds));
  const least = Math.floor(count / buckets);
  const larger = count % buckets;
  let start = from;
  for (let bucket = 1; bucket <= buckets && start < to; bucket += 1) {
    const even = from + bucket * least + Math.min(bucket, larger);
    const end = bucket === buckets || isLoaded ? even : Math.min(to, ids.divisionNear(even));
    if (end <= start) continue;
    sink.fingerprint(end === to ? upper : ids.boundAt(end), ids.fingerprint(start, end));
    start = end;
  }
}
