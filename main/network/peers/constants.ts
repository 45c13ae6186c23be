/** Limits of nodes that are no devices of one person: `reunion node`, `chat` and `store-node`. Times are milliseconds. */

/** A peer asks for a session with one that may not know it yet: empty, answered by one byte, see `join.ts`. */
export const JOIN_PROTOCOL = '/reunion/join/1.0.0';
/** How long a peer that was let in may take to become a member, with a commit of its store in between. */
export const JOIN_TIMEOUT_MS = 5_000;

/** Open connections of a node: far more than it has neighbours, few enough that strangers cannot use up its descriptors. */
export const PEER_CONNECTIONS_MAX = 256;
/** Connections from one address in a second: a room of people behind one router, or a test on one computer. */
export const PEER_INBOUND_PER_SECOND = 64;
/** Handshakes under way: after a restart of a node all its peers are back at once. */
export const PEER_PENDING_MAX = 64;
/** The libp2p default is 10 addresses a peer; a node that announces more of them makes dialling slow. */
export const PEER_ADDRESSES_MAX = 16;
