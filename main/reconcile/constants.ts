/** Every number of the reconciliation layer, with its unit and the reason for it. */

const KiB = 1024;

/** Bytes of an id: a SHA-256. */
export const ID_BYTES = 32;

/** Bytes of a position as the store hands it over: a big-endian int64 timestamp, then the id. */
export const POSITION_BYTES = 8 + ID_BYTES;

/** Bytes of a fingerprint: the first half of a SHA-256 (negentropy V1, "Fingerprint Algorithm"). */
export const FINGERPRINT_BYTES = 16;

/** The first byte of every frame (negentropy V1, "Message"). */
export const PROTOCOL_VERSION = 0x61;

/**
 * The greatest timestamp in the order: what a double still holds exactly, and 285,000 years of milliseconds. V1 goes up to
 * 2^64 − 2; a frame that goes beyond this one is refused.
 */
export const MAX_TIMESTAMP = Number.MAX_SAFE_INTEGER;

/** The greatest number on the wire: a timestamp is written as itself plus one. Exact in a double, too. */
export const MAX_VARINT = MAX_TIMESTAMP + 1;

/** Bytes of the longest varint: 2^53 in digits of seven bits. */
export const MAX_VARINT_BYTES = 8;

/** Bytes of the longest bound: timestamp, length of the prefix, prefix. */
export const MAX_BOUND_BYTES = MAX_VARINT_BYTES + 1 + ID_BYTES;

/**
 * Positions in one chunk of the index. An insert moves up to a chunk of 40 bytes each and a fingerprint adds up to half a chunk
 * of ids at either end, both some microseconds; what there is once per chunk is some 3 bytes a position.
 */
export const CHUNK_POSITIONS = 256;

/** Buckets that a range is split into, and the least number of ids that is still split, in the reference of V1. */
export const REFERENCE_BUCKETS = 16;
export const REFERENCE_LEAF = 2 * REFERENCE_BUCKETS;

/**
 * How `Reconciliation` splits: into 16 buckets as the reference does, which finds what is recent among 100,000 in two and a half
 * round trips, but small ranges into buckets of 4 ids, each of which costs 128 bytes to list and about 20 to compare. That
 * halves the bytes of differences that are scattered; test/reconcile/traffic.test.ts pins what it comes to.
 */
export const BUCKETS = 16;
export const BUCKET_IDS = 4;
export const LEAF = 16;

/**
 * Bytes of the frames that a round is cut into. All are sent at once, so that small ones cost no round trip, only the
 * version and one bound each; and what one asks for takes a few milliseconds to answer.
 */
export const DEFAULT_FRAME_BYTES = 16 * KiB;

/** Bytes of the smallest limit that frames may be given. It holds every single range, and the whole of the first round. */
export const MIN_FRAME_BYTES = 4 * KiB;

/**
 * Bytes kept free below the frame limit of `Negentropy`, for what ends a cut frame: two bounds with a skip and a fingerprint. As
 * many as the reference implementation keeps free.
 */
export const RESERVED_BYTES = 200;

/**
 * Bytes of the largest frame taken. Our own are far smaller; relays of the reference implementation send at most half of
 * this. It bounds what a frame can cost: 25 MiB of memory while it is read.
 */
export const MAX_FRAME_BYTES = 1024 * KiB;

/**
 * Ranges of the largest frame taken, skipped ones aside. As many fingerprints, of 19 bytes or more each, do not fit in
 * MAX_FRAME_BYTES, and a list answers a fingerprint; only forged frames have more.
 */
export const MAX_RANGES = 65_536;

/** Ids that one step reports at most: as many records are made in a transaction well below 50 ms. */
export const STEP_IDS = 1_000;

/** Fingerprints computed in one step at most: each takes some microseconds, so a step some milliseconds. */
export const STEP_FINGERPRINTS = 250;

/**
 * Positions that lists are compared with in one step: some milliseconds. A list that meets more is answered with fingerprints.
 */
export const MAX_COMPARED = 20_000;

/**
 * Sections that are loaded at once where a range of fewer than these differs. A range of more is first answered by the sums of its
 * sections, of which most are equal where little differs.
 */
export const LOADED_SECTIONS = 4;
