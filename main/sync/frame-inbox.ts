import type { FrameChannel } from '../helpers/frame-channel.ts';
import { INBOX_BYTES_MAX, INBOX_GROUP_BYTES } from './constants.ts';

/** A frame as it waits, with its length in bytes. */
export interface WaitingFrame {
  readonly byteLength: number;
}

/**
 * Frames of a session that were read and are not dealt with yet. While a store commits, the next frames come in; whoever takes
 * them gets them together, so that a backlog is committed in large transactions and a live message in one of its own.
 */
export class FrameInbox<Frame extends WaitingFrame> {
  readonly #channel: FrameChannel;
  readonly #decode: (frame: Uint8Array) => Frame;
  readonly #frames: Frame[] = [];
  #bytes = 0;
  #hasEnded = false;
  #isDropped = false;
  #filled = Promise.withResolvers<undefined>();
  #emptied = Promise.withResolvers<undefined>();

  /** @param decode is called as soon as a frame is read: work is done then while the store commits the frames before */
  constructor(channel: FrameChannel, decode: (frame: Uint8Array) => Frame) {
    this.#channel = channel;
    this.#decode = decode;
  }

  /** Reads until the channel has ended, at most `INBOX_BYTES_MAX` and a frame ahead. Rejects as the channel does. */
  async fill(): Promise<void> {
    try {
      for (;;) {
        const frame = await this.#channel.read();
        if (!frame) return;
        this.#frames.push(this.#decode(frame));
        this.#bytes += frame.byteLength;
        this.#filled.resolve(undefined);
        while (this.#bytes > INBOX_BYTES_MAX) await this.#emptied.promise;
        if (this.#isDropped) return;
      }
    } finally {
      this.#hasEnded = true;
      this.#filled.resolve(undefined);
    }
  }

  /** The next frames, in order: at least one, up to `INBOX_GROUP_BYTES`. Undefined once the channel has ended and all are taken. */
  async take(): Promise<readonly Frame[] | undefined> {
    while (this.#frames.length === 0) {
      if (this.#hasEnded) return undefined;
      await this.#filled.promise;
      this.#filled = Promise.withResolvers();
    }
    const group: Frame[] = [];
    let bytes = 0;
    for (const frame of this.#frames) {
      if (group.length > 0 && bytes + frame.byteLength > INBOX_GROUP_BYTES) break;
      group.push(frame);
      bytes += frame.byteLength;
    }
    this.#frames.splice(0, group.length);
    this.#release(bytes);
    return group;
  }

  /** Nobody takes any more: what was read ahead is dropped, and `fill` ends. */
  drop(): void {
    this.#isDropped = true;
    this.#frames.length = 0;
    this.#release(this.#bytes);
  }

  #release(bytes: number): void {
    this.#bytes -= bytes;
    this.#emptied.resolve(undefined);
    this.#emptied = Promise.withResolvers();
  }
}
