/** Every limit of the MVDS layer, with its unit and the reason for it. */

const KiB = 1024;
const MiB = 1024 * KiB;

/** Bytes of the largest payload sent. */
export const MAX_PAYLOAD_BYTES = 256 * KiB;

/**
 * Bytes after which a payload is sent, a longer message alone: some 150 messages of 300 bytes. The peer keeps a payload in
 * one transaction, and whoever reads its store waits for that.
 */
export const PAYLOAD_BYTES = 64 * KiB;

/** Bytes of the largest payload taken. The Go implementations never split what is due, so theirs may be larger than ours. */
export const MAX_RECEIVED_PAYLOAD_BYTES = 4 * MiB;

/** A peer that announces a smaller payload limit than this (bytes) is served with this: below it overhead dominates. */
export const MIN_PEER_PAYLOAD_BYTES = 4 * KiB;

/**
 * Bytes of the longest body. A message is never split, so body, group id, timestamp and the most parents allowed must
 * fit one payload; 8 KiB cover all but the body.
 */
export const MAX_BODY_BYTES = MAX_PAYLOAD_BYTES - 8 * KiB;

/**
 * Parents of one message that are kept. 4/MVDS-META: at most one per participant, and a person has far fewer devices. A
 * message that names more is taken with the first of them: the others order it no better, and each would be asked for.
 */
export const MAX_PARENTS = 64;

/** Acks, offers, requests and messages taken from one payload together; what is beyond is rejected, and sent again. */
export const MAX_ITEMS_PER_PAYLOAD = 16_384;

/** Length in bytes of a store id in a hello. */
export const STORE_ID_BYTES = 16;

/** Version of the extension that hello announces. */
export const HELLO_VERSION = 1;

/** Bytes of sent and not yet answered records per peer; what bounds the memory that a slow peer costs. */
export const WINDOW_BYTES = 1 * MiB;

/**
 * Bytes of the window that bulk leaves free, so that a text that is written while a file goes out does not wait for an answer:
 * more than the longest message.
 */
export const BULK_RESERVE_BYTES = 256 * KiB;

/**
 * Bytes of the window that an offer takes: it promises a message. So 2,048 offers are out at most, and their requests stay
 * below what a peer keeps.
 */
export const OFFER_WINDOW_BYTES = 512;

/** Records read from the store for one payload: enough to fill it with messages of 128 bytes. */
export const DUE_BATCH = 512;

/** Bodies read from the store at once: few enough that the largest (16 MiB of attachments) still fit in memory. */
export const READ_BATCH = 64;

/** Requests that one peer's offers can make us keep: the bound that hostile offers run into. */
export const MAX_REQUESTS_PER_PEER = 4096;

/** Requests taken from one payload for messages that there is no record about: each costs a read of its body. */
export const MAX_UNRECORDED_REQUESTS = 256;

/**
 * Messages, and bytes of bodies, that admission may hold for one peer. They wait for a key that mostly comes within the
 * same session; a peer that makes keys up costs no more memory than this.
 */
export const HELD_MESSAGES_PER_PEER = 1_024;
export const HELD_BYTES_PER_PEER = 4 * MiB;

/** Acks waiting for one payload to carry them; beyond this they are dropped, and the peer's repeat brings them back. */
export const MAX_PENDING_ACKS = 16_384;

/**
 * Payloads with a number that a peer has not acknowledged, per session. A window holds 16 full ones, and small ones are answered as
 * fast. Beyond this a payload gets no number, and its messages are acknowledged by their ids: it bounds the memory of what each
 * one carried.
 */
export const MAX_NUMBERED_PAYLOADS = 256;

/** Peers that are asked for a missing parent: the one that sent the child, and others in case it left. */
export const PARENT_SOURCES = 3;

/** How often a missing parent is asked for. It also comes unasked, as every message does, so asking may end. */
export const PARENT_REQUEST_SENDS = 10;

/**
 * Epochs after which a missing parent is asked for again, at most: what waits for it is kept from the application
 * meanwhile. So ten times take some 250 epochs.
 */
export const PARENT_BACKOFF_EPOCHS = 32;

/**
 * Epochs after which a missing parent is given up, whatever is still asked: a peer that is away, or offers it and never
 * sends it, holds nothing up for longer. Well above what ten requests take.
 */
export const PARENT_PATIENCE_EPOCHS = 2048;

/**
 * Epochs that a missing parent is waited for while nobody is asked: after a start the peers are named one by one, and where
 * too many requests are kept a parent often comes unasked.
 */
export const PARENT_GRACE_EPOCHS = 16;

/** Missing parents that are remembered; those of further buffered messages are read from the store when there is room. */
export const MAX_AWAITED_PARENTS = 16_384;

/** Parents remembered as given up, so that the next message that names one does not wait as long again. */
export const MAX_GIVEN_UP_PARENTS = 4096;

/** Missing parents looked at in one epoch: each costs two look-ups. */
export const PARENT_REVIEW_BATCH = 256;

/** Epochs that a second peer's offer of the same message waits, so that one body is not fetched from everyone. */
export const SECOND_REQUEST_DELAY = 2;

/** Send epoch of what overtakes the backlog: it is due at any epoch, and before everything else. */
export const URGENT_EPOCH = 0;

/** The epoch of a new node: above the urgent one, so that a backlog of its first epoch can be overtaken too. */
export const FIRST_EPOCH = 1;

/**
 * Ephemeral messages remembered to deliver and relay each once. They live seconds, so few are in flight; but the Go nodes
 * repeat each of theirs for ever, or until it is acknowledged. Twice as many take some 12 MiB.
 */
export const MAX_RECENT_EPHEMERAL = 32_768;

/** Ephemeral messages, and bytes of them, that wait for a peer's transport; then the oldest are dropped. */
export const EPHEMERAL_QUEUE_MESSAGES = 1024;
export const EPHEMERAL_QUEUE_BYTES = 1 * MiB;

/** Ids remembered as delivered, so that checking the parents of a run of messages needs no reads. */
export const MAX_RECENT_DELIVERED = 16_384;

/** Appends that one transaction takes when they were queued together. */
export const MAX_APPENDS_PER_COMMIT = 256;

/** Parents that `append` fills in when it is asked to: the newest heads. */
export const MAX_OWN_PARENTS = 16;

/** Epochs before the first retransmission; with one-second epochs, longer than a window takes on a slow link. */
export const BACKOFF_BASE = 4;

/** Doublings of the backoff before it wraps: 4, 8, … 512 epochs, then 4 again. */
export const BACKOFF_DOUBLINGS = 7;

/** Part of the backoff that chance decides, so that peers that failed together do not retry together. */
export const BACKOFF_JITTER = 0.25;

/** Added to the epoch in which something was sent that is sent again only in another session, which makes everything due. */
export const NEVER_EPOCH = 2 ** 50;
/**
 * Epochs until a request is sent again on a stream that loses nothing: longer than a thin line takes for all that one peer may be
 * asked for. The other side may have had nothing to send when it was asked.
 */
export const RELIABLE_REQUEST_EPOCHS = 256;
