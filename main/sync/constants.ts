/** Every limit of the orchestration layer, with its unit and the reason for it. Times are milliseconds. */

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/**
 * Bytes of frames that are read ahead of what is being committed. A peer sends no more before it hears of it, so a larger one would
 * stay empty.
 */
export const INBOX_BYTES_MAX = 1024 * 1024;
/**
 * Bytes of frames that are committed together: some 1,000 messages of 300 bytes, which hold up whoever reads the store for less than
 * 50 ms.
 */
export const INBOX_GROUP_BYTES = 448 * 1024;

/** Length of an epoch: the grain of retransmission. Live messages do not wait for it. */
export const EPOCH_MS = SECOND;

/** Status goes out at most this often, and so does a changed number to a peer: more is flicker to a reader. */
export const STATUS_INTERVAL_MS = 200;
/** The beginning and the end of agreement with a peer go out at once, but no more often than this: a person sees nothing faster. */
export const AGREEMENT_INTERVAL_MS = 20;
/** While something is transferred the status goes out at least this often: rates fall although nothing happens. */
export const STATUS_REFRESH_MS = SECOND;

/** What is not dialled successfully by then is shown as offline, although dialling goes on: a relayed dial takes seconds. */
export const CONNECT_PATIENCE_MS = 30 * SECOND;

/**
 * A peer that says nothing at all for this long after a session began may be a plain MVDS node, which knows no hello: the
 * exchange begins without it. A round trip through a relay over a phone stays below.
 */
export const HELLO_WAIT_MS = 5 * SECOND;

/** A session in which something is owed and no byte has moved for this long has stalled. Retransmission asks thrice by then. */
export const STALL_MS = 30 * SECOND;
/** A link so slow that one payload takes longer than that gets twice the time after each stall, this many times: 8 minutes. */
export const STALL_DOUBLINGS = 4;

/** After a failed session the next one waits 1 s, then twice as long each time, up to 5 minutes, half of it by chance. */
export const RETRY_FIRST_MS = SECOND;
export const RETRY_MAX_MS = 5 * MINUTE;

/**
 * Messages of one session that admission may reject before the session ends: a message or two may be damaged, or written by
 * a device that this one knows to be removed; a peer that sends more makes them up.
 */
export const REJECTED_PER_SESSION_MAX = 64;
/**
 * Bytes of no use that a peer may send in a session beyond those that were of use. Two histories of half a million messages are
 * reconciled in less before the first one moves, and a plain MVDS peer may send as much that is held already.
 */
export const WASTED_PER_SESSION_MAX = 32 * 1024 * 1024;
/** Wasted bytes that are forgiven: many times those of hellos and late duplicates, too few to hurt. */
export const WASTED_BYTES_PER_SECOND = 64 * 1024;
/** The cost of the smallest frame, in bytes of a large one. */
export const FRAME_COST_BYTES = 1_024;
/** A peer that was dropped for that waits longer than after a cut: 30 s, then twice as long each time, up to an hour. */
export const MISBEHAVING_FIRST_MS = 30 * SECOND;
export const MISBEHAVING_MAX_MS = 60 * MINUTE;

/** A peer of another version is not tried again before this: only an update changes that. */
export const INCOMPATIBLE_RETRY_MS = 5 * MINUTE;

/**
 * A peer that has paused calls when it resumes. Should it never have been able to call us, it is asked again after this.
 */
export const PAUSED_PROBE_MS = 15 * MINUTE;
/** A peer that calls every n seconds is called itself when it has been silent for 2 n and this. */
export const INTERVAL_GRACE_MS = MINUTE;

/** Time constant of the smoothed rates: quick enough to see a stop, slow enough that payloads of 64 KiB are no jumps. */
export const RATE_TAU_MS = 3 * SECOND;
/** After a break of this length a transfer begins anew: its rate says nothing of the one before. */
export const RATE_BREAK_MS = 5 * SECOND;
/** Time left is shown only of a transfer of at least this length and this many frames. */
export const STABLE_MS = 2 * SECOND;
export const STABLE_SAMPLES = 3;

/** Activity is written at most this often, in one batch. */
export const ACTIVITY_WRITE_MS = SECOND;
/** Messages sent and received are summed per session, and in a long one per this. */
export const ACTIVITY_SUM_MS = MINUTE;
/** Entries that wait to be written; beyond it the oldest go, so that a log that cannot be written costs no memory. */
export const ACTIVITY_PENDING_MAX = 1_000;

/** The longest wait given to a timer, which cannot hold more than 2^31 ms; what is due later is looked at in between. */
export const TIMER_MAX_MS = 24 * 60 * MINUTE;

/** How long a peer that is dropped may take to take the last that it is told. */
export const FAREWELL_MS = 2 * SECOND;
