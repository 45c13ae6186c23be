import { MAX_PAGE_MESSAGES } from '../../mvds/history.ts';

/** Limits of a store node, each with its reason. Times are milliseconds. */

/** Groups of one node: each costs a reconciliation a session, some hundred bytes and a round trip. */
export const GROUPS_MAX = 1_024;
/** Groups that neighbours may tell of in an hour: more than people make, too few of one to fill the node. */
export const NEW_GROUPS = {
  windowMs: 60 * 60_000,
  perPeerMax: 32,
  perAddressMax: 32,
  totalMax: GROUPS_MAX,
  reservedMax: 0,
  firstRequests: 0,
};

/** Messages in one request to publish, and their bytes. */
export const PUBLISH_MESSAGES_MAX = 1_000;
export const PUBLISH_BYTES_MAX = 2 * 1024 * 1024;
/** The largest request: what may be published, and its framing. */
export const REQUEST_BYTES_MAX = PUBLISH_BYTES_MAX + PUBLISH_MESSAGES_MAX * 32 + 4_096;
/** The largest reply: a page ends early at 4 MiB of bodies, below one body more; see mvds/history.ts. */
export const REPLY_BYTES_MAX = 8 * 1024 * 1024;
export const QUERY_LIMIT_MAX = MAX_PAGE_MESSAGES;
export const QUERY_LIMIT_DEFAULT = 100;

/** Requests that are answered in a minute, by peer, by address and in all: see helpers/request-limit.ts. */
export const REQUESTS = {
  windowMs: 60_000,
  perPeerMax: 600,
  perAddressMax: 3_000,
  totalMax: 30_000,
  reservedMax: 3_000,
  firstRequests: 10,
};

/** Messages that arrived behind a cursor between two pages are counted up to here. */
export const BEHIND_MAX = 1_000;

/** How often a node looks for what is too old, or too much. */
export const RETENTION_MS = 60 * 60_000;
/** It looks earlier where so many messages have come. */
export const RETENTION_ARRIVALS = 10_000;
/** A group that is too large is cut to this part of the limit: each cut begins new sessions, and has to be seldom. */
export const LEFT_AFTER_CUT = 0.9;
