import type { Clock } from '../helpers/clock.ts';
import { ChannelClosedError } from '../helpers/frame-channel.ts';
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

  /** Resolves once a frame of so many bytes may pass; at once when `ended` does. */
  async pass(bytes: number, ended: Promise<unknown>): Promise<void> {
    for (;;) {
      const rate = this.#rate();
      if (rate === undefined) return;
      this.#bucket = filled(this.#bucket, rate, this.#clock.now());
      const wait = waitOf(this.#bucket, rate);
      if (wait === 0) {
        this.#bucket = taken(this.#bucket, bytes);
        return;
      }
      if (await this.#isOver(wait, ended)) return;
    }
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
  let isClosed = false;
  /** When the last frame that is to be written may pass. */
  let passing: Promise<void> = Promise.resolve();
  const limitedChannel: FrameChannel = {
    async read() {
      const frame = await channel.read();
      if (frame) await receiving.pass(frame.byteLength, ended.promise);
      else ended.resolve(undefined);
      return frame;
    },
    async write(frame) {
      if (isClosed) throw new ChannelClosedError('the session has ended');
      passing = sending.pass(frame.byteLength, ended.promise);
      await passing;
      await channel.write(frame);
    },
    async close() {
      isClosed = true;
      ended.resolve(undefined);
      // What was written before is the last word, such as that this device pauses: it goes out still.
      await passing;
      await channel.close();
    },
  };
  return { ...session, channel: limitedChannel };
}
