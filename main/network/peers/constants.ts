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
/**
 * A connection without a session, as one to a peer outside of the mesh, carries nothing for long. The library would close it after
 * two minutes, and each new one costs 5 kB.
 */
export const PEER_IDLE_MS = 60 * 60_000;
/**
 * A node looks less often than a device whether its neighbours are there: nobody sits in front of it, and it has more of them.
 * Gone is noticed 35 s after the last word.
 */
export const PEER_SILENCE_MS = 30_000;

/** Nodes that share a topic tell each other of more: `proto/peers.proto`. */
export const PEERS_PROTOCOL = '/reunion/peers/1.0.0';
/** Peers in one reply, and addresses of each: enough to find a mesh of any size in a few steps. */
export const PEERS_TOLD_MAX = 16;
export const ADDRESSES_TOLD_MAX = 8;
/** 16 peers with 8 addresses of at most 100 bytes, and their ids. */
export const PEERS_FRAME_BYTES_MAX = 16 * 1024;
export const PEERS_TIMEOUT_MS = 5_000;
/** One peer gets so many replies in a minute; one that asks more often is looking for something else. */
export const PEERS_REPLIES_PER_MINUTE = 12;

/**
 * Peers that are known by their addresses. A liar can make them up; those that cannot be called go first, and a mesh of
 * thousands needs no more of them at each node.
 */
export const KNOWN_PEERS_MAX = 512;
/** A peer that could not be called is called again after this, and after twice as long each time, up to the most. */
export const KNOWN_RETRY_FIRST_MS = 15_000;
export const KNOWN_RETRY_MAX_MS = 10 * 60_000;
/** One that was only told of, and could not be called so many times in a row, is forgotten. */
export const TOLD_FAILURES_MAX = 3;
/** One that was met is given up after some hours: a partition may last that long. Longer ones are mended by the bootstrap addresses. */
export const MET_FAILURES_MAX = 32;
/** How often connections are looked at: too few are made more, and others are told of peers. */
export const MESH_LOOK_MS = 5_000;
/** While a node has as many connections as it wants, it asks others for peers only this often. */
export const MESH_ASK_MS = 5 * 60_000;
/** Connections beyond the degree, so that the mesh has a choice. */
export const MESH_SPARE_CONNECTIONS = 4;
/** Connections that are made at a time. */
export const MESH_DIALS_MAX = 3;
/**
 * Connections beyond this are closed where nothing goes over them: half of `PEER_CONNECTIONS_MAX`, so that a node that everybody
 * calls first has room for those that come between two looks.
 */
export const MESH_CONNECTIONS_KEPT = 128;
/** But not before a node that has just come was told of others. */
export const MESH_INTRODUCTION_MS = 15_000;
