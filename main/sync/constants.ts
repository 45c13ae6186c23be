/** Length of an epoch, milliseconds: the grain of retransmission. Live messages do not wait for it. */
export const EPOCH_MS = 1_000;
/** Status goes out at most this often, milliseconds: more is flicker to a reader and work to a writer. */
export const STATUS_INTERVAL_MS = 200;
