/**
 * Waku Store Sync, as it states itself. Times are milliseconds.
 *
 * - WAKU-STORE-SYNC (waku-org/specs, standards/core/store-sync.md): "It is RECOMMENDED to trigger a sync every 5 minutes for the time
 *   range of the last hour", "periodically syncing with random nodes"; Store Resume: at startup a random node is queried for the time
 *   since this one was last online, and "It is RECOMMENDED to limit the time interval to a maximum of 6 hours".
 * - WAKU-SYNC (standards/core/sync.md): the range is moved 20 s into the past, for messages that are still on their way.
 * - nwaku's defaults are the same: `--store-sync-interval=300`, `--store-sync-range=3600`, `--store-sync-relay-jitter=20`.
 */
export const SYNC_MS = 5 * 60_000;
export const RANGE_MS = 60 * 60_000;
export const JITTER_MS = 20_000;
export const RESUME_MAX_MS = 6 * 60 * 60_000;

/** The mesh of the relay: the defaults of GossipSub, which 11/WAKU2-RELAY takes over. */
export const RELAY_DEGREES = { D: 6, Dlo: 4, Dhi: 12, Dout: 2, Dscore: 4 } as const;
/** Connections that a node looks for, so that its mesh has a choice. */
export const RELAY_CONNECTIONS = 8;
/** Around the body of a message: topic, content topic, timestamp, and what is around a frame. */
export const ENVELOPE_BYTES = 150;
/** A node that has just started waits for its first connections before it asks for what it missed. */
export const RESUME_AFTER_MS = 10_000;
/** One request of the store protocol, and one session of sync, with their streams. */
export const STORE_REQUEST_BYTES = 400;
export const SYNC_SESSION_BYTES = 400;
