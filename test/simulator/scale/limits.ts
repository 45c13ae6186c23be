/** Figures of the model, each with its reason. Times are milliseconds of the virtual clock, sizes are bytes. */

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;

/** When a world begins, Unix milliseconds: any time will do, but the same one each time. */
export const EPOCH = Date.UTC(2026, 0, 1);

/** One way between two nodes, at least and at most: the same city, and the other side of the earth. */
export const LATENCY_MS = [10, 150] as const;
/** What a session carries in a second: 10 Mbit/s. */
export const BYTES_PER_SECOND = 1_250_000;
/** Body of a TCP segment on Ethernet, with the usual options. */
export const SEGMENT_BYTES = 1_448;
/** A lost segment is sent again after this or two round trips, and after twice as long each time (RFC 6298, as Linux has it). */
export const RETRANSMIT_MS = 200;
/** One of so many lost segments ends its connection: a router restarts, an address changes. */
export const LOSSES_PER_BREAK = 500;

/**
 * Around each frame on a session: 4 bytes of length, 12 of the yamux header, 2 of length and 16 of tag by Noise. TCP and IP are not
 * counted, nor are segments that are sent again.
 */
export const FRAME_OVERHEAD_BYTES = 34;
/** A new connection, both ways: Noise, multistream-select, identify. See `PEER_IDLE_MS`, which was chosen by it. */
export const CONNECTION_BYTES = 5_000;
/** A new session, both ways: joining, and a stream each for messages and heartbeats, with multistream-select. An estimate. */
export const SESSION_BYTES = 600;
/** A heartbeat and its answer: 5 bytes each, and what is around them. */
export const BEAT_BYTES = 2 * (5 + 30);
/** GossipSub's word that a node subscribes, grafts or prunes: the topic of 26 bytes, protobuf, and what is around it. */
export const CONTROL_BYTES = 26 + 10 + 30;
/** A request for known peers, with its stream; and each peer in the reply: its id and two addresses. */
export const EXCHANGE_BYTES = 250;
export const EXCHANGE_PEER_BYTES = 80;
/** Round trips that a connection takes: TCP, multistream-select and Noise, yamux. */
export const CONNECT_ROUND_TRIPS = 4;
/** Round trips that it takes to be let in, and to open the session. */
export const JOIN_ROUND_TRIPS = 2;

/** A node that has been up for so long counts as one that a message should reach at once; before that it is still joining. */
export const SETTLED_MS = MINUTE;
/** From the first start to the first message: all have joined, and the mesh has been looked at often. */
export const FORMING_MS = 5 * MINUTE;
/** Nodes started in a second, so that the one that they all know first is not overrun. */
export const STARTS_PER_SECOND = 5;
/** A node that left comes back after so long at the least. */
export const AWAY_MIN_MS = 2 * MINUTE;
/** The network is cut in two for so long, so many times in the hour of messages. */
export const PARTITION_MS = 5 * MINUTE;
export const PARTITIONS = 2;
/** After the last message everything heals; a run that takes longer has failed. */
export const HEALING_MAX_MS = 30 * MINUTE;
/** Nothing is written, nobody comes or leaves: what that costs is scaled up to an hour. */
export const IDLE_MS = 20 * MINUTE;
/** Before it is measured, whatever the end of churn has left to do is done. */
export const CALMING_MS = 5 * MINUTE;
/** How often equality is looked at while it is waited for. */
export const LOOK_MS = SECOND;

/** With everybody connected to everybody the pairs of a larger network do not fit into the memory and the patience of one computer. */
export const FULL_NODES_MAX = 150;
/** Of a mesh, by the same measure. */
export const MESH_NODES_MAX = 3_000;
