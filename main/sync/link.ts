import type { Clock } from '../helpers/clock.ts';
import type { EndCause } from './peer-state.ts';
import type { Session } from './ports.ts';

/**
 * Bytes of reconciliation that may wait for room while the session goes on being read. Two that would wait for each other's
 * reading before they read would wait for ever; a peer that asks and takes nothing is not read beyond this.
 */
const POSTED_BYTES_MAX = 4 * 1024 * 1024;

/** Bytes of frames that may wait to be dealt with while more is read. */
const DEFERRED_BYTES_MAX = 1024 * 1024;

export interface LinkOptions {
  readonly session: Session;
  readonly clock: Clock;
  /** The channel has taken a frame; `hadToWait`: only after it had become free. */
  readonly onWrote: (bytes: number, hadToWait: boolean) => void;
}

/** A session, how far this device has gone with it, and what goes out in it. */
export class Link {
  readonly session: Session;
  /** Whether MVDS speaks in it. */
  isOnline = false;
  /** Hellos that wait for room in the channel. */
  saying = 0;
  readonly #options: LinkOptions;
  readonly #introduced = Promise.withResolvers<undefined>();
  #cause: EndCause | undefined;
  /** Frames of reconciliation that wait for room, and their bytes. */
  #posted = Promise.resolve();
  #postedBytes = 0;
  /** Work on what came in that is dealt with beside the reading, in order, and the bytes that it is about. */
  #deferred = Promise.resolve();
  #deferredBytes = 0;

  constructor(options: LinkOptions) {
    this.session = options.session;
    this.#options = options;
  }

  /** Why it is being ended; what comes in from then on is left unread. */
  get cause(): EndCause | undefined {
    return this.#cause;
  }

  get isEnding(): boolean {
    return this.#cause !== undefined;
  }

  /** The first cause stays. Resolves when the channel has ended. */
  async end(cause: EndCause): Promise<void> {
    this.#cause ??= cause;
    this.introduced();
    await this.session.channel.close();
  }

  /** The first hello is on its way, or nothing will be any more. */
  introduced(): void {
    this.#introduced.resolve(undefined);
  }

  /**
   * What is not a hello goes out behind the first one: whoever hears anything else before takes this device for one that speaks
   * plain MVDS, and tells it of all there is, whatever it wants.
   */
  async afterHello(): Promise<void> {
    await this.#introduced.promise;
  }

  /** A channel that has ended is noticed by its reader; what was not acknowledged is sent again in the next session. */
  async write(frame: Uint8Array): Promise<void> {
    const { clock, onWrote } = this.#options;
    const began = clock.now();
    try {
      await this.session.channel.write(frame);
    } catch {
      return;
    }
    onWrote(frame.byteLength, clock.now() > began);
  }

  /**
   * Runs `work` after what was deferred before it. Resolves when there is room for more; `work` must not reject. Finding out
   * what a hundred thousand messages differ by takes seconds, in which acknowledgements would go unread.
   */
  async defer(bytes: number, work: () => Promise<void>): Promise<void> {
    this.#deferredBytes += bytes;
    this.#deferred = this.#deferred.then(async () => {
      if (this.#cause === undefined) await work();
      this.#deferredBytes -= bytes;
    });
    if (this.#deferredBytes > DEFERRED_BYTES_MAX) await this.#deferred;
  }

  /** Resolves when nothing that was deferred is under way any more. */
  async settled(): Promise<void> {
    await this.#deferred;
  }

  /** Writes in the order of the calls. Resolves when there is room for another. */
  async post(payload: Uint8Array): Promise<void> {
    this.#postedBytes += payload.byteLength;
    this.#posted = this.#posted.then(async () => {
      await this.afterHello();
      if (this.#cause === undefined) await this.write(payload);
      this.#postedBytes -= payload.byteLength;
    });
    if (this.#postedBytes > POSTED_BYTES_MAX) await this.#posted;
  }
}
