/** The time of a member: 8 bytes in a frame, Unix milliseconds, big-endian, in answer to an empty one. */
export const CLOCK_PROTOCOL = '/reunion/clock/1.0.0';
/** For each way that is tried while a person waits. */
export const DIAGNOSIS_TIMEOUT_MS = 5_000;

/** MVDS payloads, each in a frame. */
export const SYNC_PROTOCOL = '/reunion/sync/1.0.0';
/** Pairing: `proto/pairing.proto`, each message in a frame. */
export const PAIR_PROTOCOL = '/reunion/pair/1.0.0';

/** A device that was removed is told so: parts of `proto/identity.proto`, DeviceListEntries, each in a frame, then an empty one. */
export const NOTICE_PROTOCOL = '/reunion/notice/1.0.0';

/** Which device a nameplate stands for: `proto/rendezvous.proto`. */
export const RENDEZVOUS_PROTOCOL = '/reunion/rendezvous/1.0.0';

/** Beats of 5 bytes, see `heartbeat.ts`. */
export const HEARTBEAT_PROTOCOL = '/reunion/heartbeat/1.0.0';
/**
 * A member that has been silent for this long is asked whether it is there, and has `BEAT_ANSWER_MS` to answer: gone is noticed 17 s
 * after the last word, or 18 s by the side that was to be asked. All transports repeat what was lost, so one question is enough.
 * Milliseconds.
 */
export const SILENCE_MS = 12_000;
/** A relay passes on the beats of members, and is asked only where none of them spoke meanwhile: so, a little later. */
export const SILENCE_RELAY_MS = 13_000;
export const BEAT_ANSWER_MS = 5_000;
/** Who is to be asked asks by itself after so much more: of two that are silent only one asks. */
export const BEAT_TURN_MS = 1_000;
/** Who is to be asked, and was not for so long after a session began, begins by itself. */
export const BEAT_FIRST_MS = 6_000;
/** What takes longer to answer at all is not there any more. */
export const BEAT_OPEN_MS = 10_000;
/** A relay that does not know the protocol is asked again after this: each time costs a kilobyte. */
export const BEAT_UNKNOWN_MS = 30_000;

/** A payload is at most 256 KiB (see mvds/constants); the rest is room for its own framing. */
export const SYNC_FRAME_BYTES_MAX = 512 * 1024;
/**
 * Bytes of longer frames that are read and thrown away in a session. Some implementations never split a payload, and the rest
 * of what they send is worth having; but nobody makes a device read for ever, so a session ends beyond this.
 */
export const SYNC_SKIPPED_BYTES_MAX = 16 * 1024 * 1024;
/** A device list of a hundred devices; a stranger cannot make us hold more. */
export const PAIR_FRAME_BYTES_MAX = 128 * 1024;

/** After a failed attempt the next one waits 1 s, then twice as long each time, up to this. Times are milliseconds. */
export const RETRY_FIRST_MS = 1_000;
export const RETRY_MAX_MS = 30_000;
/** The same on a battery: a device that is off for the night need not be called a thousand times. */
export const RETRY_MAX_BATTERY_MS = 5 * 60 * 1_000;
/** An attempt to connect that has not succeeded by then has failed. */
export const DIAL_TIMEOUT_MS = 15_000;
/** Between some networks no direct connection comes about, ever; each attempt costs some 10 KB and a few seconds. */
export const UPGRADE_RETRY_MAX_MS = 15 * 60 * 1_000;
/** A direct connection that ends sooner was no gain: the next one waits `DIRECT_REST_MS`. */
export const DIRECT_STEADY_MS = 60_000;
export const DIRECT_REST_MS = 5 * 60 * 1_000;
/** A superseded connection may still carry the end of a pairing for this long. */
export const LINGER_MS = 30_000;
/** How long a device that is told of its removal may take to say that it has stored that. */
export const NOTICE_TIMEOUT_MS = 15_000;
/** One that shows itself more often is not told more often. */
export const NOTICE_REST_MS = 3_000;
/** How long an invitation waits for the first relay to answer before it is made without one. */
export const RESERVATION_WAIT_MS = 5_000;

/** The library's 16 MiB window overruns the 4 MiB that it lets a paused stream hold. */
export const STREAM_WINDOW_BYTES = 1 << 20;

/**
 * What the relay of `reunion relay` allows, where the library's defaults (15 reservations, 128 KiB and 2 minutes per
 * connection) would cut every transfer. Reservations are held for their whole time even by a device that left.
 */
export const RELAY_RESERVATIONS_MAX = 256;
export const RELAY_RESERVATION_MS = 2 * 60 * 60 * 1_000;
export const RELAY_CONNECTION_BYTES_MAX = 1n << 30n;
/** It becomes a timer, and so has to stay below 2^31. */
export const RELAY_CONNECTION_MS_MAX = 24 * 60 * 60 * 1_000;
/** A relay that allows a connection less cuts a first transfer, or a file, again and again; our own allows 64 times as much. */
export const RELAY_AMPLE_BYTES = 1n << 24n;
/**
 * Nor is one ample that cuts sooner than this, seconds. Relays that write milliseconds into this field (js-libp2p, see
 * docs/upstream.md) seem to allow a thousand times as long, and are known by their bytes.
 */
export const RELAY_AMPLE_SECONDS = 60 * 60;
/** Bytes that limits are multiples of; the handshake of a connection takes less than that of its limit, before it is read. */
export const RELAY_LIMIT_STEP_BYTES = 1024;
/** Seconds that limits of half a minute and more are multiples of: the handshake takes some of the time, too. */
export const RELAY_LIMIT_STEP_SECONDS = 5;
/** Several devices behind one address, each trying again, may come at once. */
export const RELAY_INBOUND_PER_SECOND = 100;
/** Connections whose handshake goes on: after a restart all devices are back at once, and libp2p's 10 would turn most away. */
export const RELAY_PENDING_MAX = 100;
/** A device that was cut off comes back while its old connection still counts. */
export const RELAY_CONNECTIONS_PER_RESERVATION = 2;
/** Connections beyond that: devices that dial others and are not reserved here, joiners, and those about to be refused. */
export const RELAY_CONNECTIONS_SPARE = 512;
/** A big household or an office behind one address; nobody fills the relay from one. */
export const RELAY_CONNECTIONS_PER_ADDRESS_MAX = 64;
/** Long enough to be told that it is not allowed, and why, before its connection is closed. Milliseconds. */
export const RELAY_STRANGER_MS = 10_000;
/** How often the relay asks each connection whether it is alive. TCP alone would hold a dead one for a quarter of an hour. */
export const RELAY_PING_MS = 120_000;
/** How long the answer may take, at the least and at the most, on a slow line. */
export const RELAY_PING_TIMEOUT = { minTimeout: 10_000, maxTimeout: 30_000 };
/** A relay that is told to stop has closed its connections by then, or leaves that to the system. */
export const RELAY_STOP_MS = 3_000;
/** And what is left of the process after that gets this long. */
export const RELAY_EXIT_MS = 1_000;
/** What `--max-reservations` may be: with two connections each, about as many sockets as one process of Node serves well. */
export const RELAY_RESERVATIONS_LIMIT = 10_000;
/** What `--connection-bytes` may be at the least: the largest payload (256 KiB) and what goes with it has to fit in. */
export const RELAY_CONNECTION_BYTES_MIN = 512 * 1024;
/** What `--connection-minutes` may be at the most: a timer takes milliseconds below 2^31. */
export const RELAY_CONNECTION_MINUTES_LIMIT = 35_000;
/** The port of STUN (RFC 8489, section 18.6). */
export const STUN_PORT = 3_478;

/** As long as a short code is good for: a nameplate that outlives its code would be taken for nothing. Milliseconds. */
export const NAMEPLATE_MS = 5 * 60 * 1_000;
/** The longest message is a reply with a PeerId of 38 bytes, below 50 bytes in all. */
export const RENDEZVOUS_FRAME_BYTES_MAX = 64;
/** One request and its reply; a person is waiting. */
export const RENDEZVOUS_TIMEOUT_MS = 5_000;
/** On the local network a connection takes milliseconds. It is tried twice. */
export const DEVICE_DIAL_TIMEOUT_MS = 2_000;
/** A device uses one at a time; a new one may be claimed before the release of the last one has arrived. */
export const CLAIMS_PER_PEER_MAX = 2;
/** PeerIds cost nothing, addresses do: nobody fills the relay from one. Many people may share one, and few pair at once. */
export const CLAIMS_PER_ADDRESS_MAX = 16;
/** A fifth of all there are, so that a draw is nearly always free; far more than pair within the same five minutes. */
export const NAMEPLATES_MAX = 2_000;
/** When the relay is as full as it may be, one time in 400,000 all of the draws are taken. */
export const NAMEPLATE_DRAWS_MAX = 8;
/** The window of the limits below. */
export const RENDEZVOUS_WINDOW_MS = 60_000;
/** Enough for every draw of an inviter and some lookups of mistyped codes. */
export const REQUESTS_PER_PEER_MAX = 12;
/** A few devices may share an address; in the 5 minutes of a nameplate it gets to ask for little over 1 % of all there are. */
export const REQUESTS_PER_ADDRESS_MAX = 24;
/**
 * What a relay answers in all. The 5 minutes of a nameplate touch six windows, so that however many addresses somebody has,
 * 7,200 of the 10,000 nameplates can be asked for in the life of one. A pairing takes two or three requests: 400 in a minute
 * are more than `NAMEPLATES_MAX` allows.
 */
export const REQUESTS_MAX = 1_200;
/** Of these, what only the first `REQUESTS_FIRST` of each address may use: somebody who scans does not keep others out. */
export const REQUESTS_RESERVED = 400;
export const REQUESTS_FIRST = 4;
/** What a relay answers. */
export const RELAY_REQUESTS = {
  windowMs: RENDEZVOUS_WINDOW_MS,
  perPeerMax: REQUESTS_PER_PEER_MAX,
  perAddressMax: REQUESTS_PER_ADDRESS_MAX,
  totalMax: REQUESTS_MAX,
  reservedMax: REQUESTS_RESERVED,
  firstRequests: REQUESTS_FIRST,
};
/**
 * What an inviting device answers on the local network, where one computer may have many addresses and any number of PeerIds.
 * A household has a joiner or two, which ask once each; a scan gets through 360 nameplates, 3.6 %, in the life of one.
 */
export const INVITER_REQUESTS = {
  windowMs: RENDEZVOUS_WINDOW_MS,
  perPeerMax: 6,
  perAddressMax: 12,
  totalMax: 60,
  reservedMax: 20,
  firstRequests: 2,
};
/** Whoever claims to be the inviter may be asked to show that it knows the words; the first that cannot ends the code. */
export const NAMEPLATE_CANDIDATES_MAX = 4;
/** One computer on the local network can announce any number of devices; nobody owns this many. */
export const DEVICES_ASKED_MAX = 64;

/** One device is let in by an invitation; beside it there is room for some that err, or ask for a nameplate. */
export const STRANGERS_MAX = 8;
/** Devices that nobody knows, in a minute: more than a household has. */
export const STRANGERS_PER_WINDOW_MAX = 30;
export const STRANGER_WINDOW_MS = 60_000;
/** A device that pairs proves what it knows in a second or two; over a bad line in some more. */
export const STRANGER_MS = 20_000;
/** Of one protocol on one connection: one is used, and a second may begin before the first has ended. */
export const STREAMS_MAX = 2;
