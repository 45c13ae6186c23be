import type { Clock } from '../helpers/clock.ts';
import type { FrameChannel } from '../helpers/frame-channel.ts';
import type { Session, Transport } from './ports.ts';
import { filled, FULL_BUCKET, taken, waitOf, type Bucket } from './token-bucket.ts';

/** Bytes a second of payloads, over all peers; undefined for no limit. */
export interface Rates {
  readonly send: number | undefined;
  readonly receive: number | undefined;
}

/** One direction: frames pass one after another, as its rate allows. */
class Throttle {
  readonly #clock: Clock;
  readonly #rate: () => number | undefined;
  #bucket: Bucket = FULL_BUCKET;

  constructor(clock: Clock, rate: () => number | undefined) {
    this.#clock = clock;
    this.#rate = rate;
  }

  /** Undefined where a frame of so many bytes may pass now; else resolves once it may, or `ended` does. */
  pass(bytes: number, ended: Promise<unknown>): Promise<void> | undefined {
    return this.#take(bytes) === 0 ? undefined : this.#passLater(bytes, ended);
  }

  async #passLater(bytes: number, ended: Promise<unknown>): Promise<void> {
    for (;;) {
      const wait = this.#take(bytes);
      if (wait === 0 || (await this.#isOver(wait, ended))) return;
    }
  }

  /** Takes the bytes, where that is allowed now; else how long to wait, milliseconds. */
  #take(bytes: number): number {
    const rate = this.#rate();
    if (rate === undefined) return 0;
    this.#bucket = filled(this.#bucket, rate, this.#clock.now());
    const wait = waitOf(this.#bucket, rate);
    if (wait === 0) this.#bucket = taken(this.#bucket, bytes);
    return wait;
  }

  /** Waits. Whether the channel has ended meanwhile. */
  async #isOver(waitMs: number, ended: Promise<unknown>): Promise<boolean> {
    const waited = Promise.withResolvers<boolean>();
    const cancel = this.#clock.schedule(waitMs, () => waited.resolve(false));
    const isOver = await Promise.race([waited.promise, ended.then(() => true)]);
    cancel();
    return isOver;
  }
}

/**
 * The same transport, with no more payload bytes a second, over all peers together, than `rates` says. Sessions on the local
 * network pass freely. A frame waits before it is written, or before it is handed on, which holds back whoever sends.
 */
export function limitedTransport(
  transport: Transport,
  clock: Clock,
  rates: () => Rates,
): Transport {
  const sending = new Throttle(clock, () => rates().send);
  const receiving = new Throttle(clock, () => rates().receive);
  return {
    want: (keep, accept) => transport.want(keep, accept),
    retry: (peerId) => transport.retry(peerId),
    onSession: (listener) =>
      transport.onSession((session) =>
        listener(session.path === 'lan' ? session : limited(session, sending, receiving)),
      ),
  };
}

function limited(session: Session, sending: Throttle, receiving: Throttle): Session {
  const { channel } = session;
  const ended = Promise.withResolvers<undefined>();
  /** Frames that wait to be written; each is gone once its writing has begun. */
  const waiting = new Set<Promise<unknown>>();
  const limitedChannel: FrameChannel = {
    async read() {
      const frame = await channel.read();
      if (!frame) ended.resolve(undefined);
      else await receiving.pass(frame.byteLength, ended.promise);
      return frame;
    },
    // What may pass is written in this turn: what follows may be the end of the session.
    write(frame) {
      const passed = sending.pass(frame.byteLength, ended.promise);
      if (!passed && waiting.size === 0) return channel.write(frame);
      const before = Promise.all([...waiting]);
      const begun = Promise.all([passed, before]).then(() => ({ written: channel.write(frame) }));
      waiting.add(begun);
      return begun.then(({ written }) => {
        waiting.delete(begun);
        return written;
      });
    },
    async close() {
      // What was written before is still sent.
      ended.resolve(undefined);
      await Promise.all([...waiting]);
      await channel.close();
    },
  };
  return { ...session, channel: limitedChannel };
}
