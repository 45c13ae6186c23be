import { ChannelClosedError, type FrameChannel } from '../../../../main/helpers/frame-channel.ts';
import type { Clock } from '../../../../main/helpers/clock.ts';
import { FRAME_OVERHEAD_BYTES } from '../limits.ts';
import type { Loss } from './loss.ts';

/** Bytes on their way or unread before a writer has to wait: as much as one stream of the real network holds. */
const UNREAD_BYTES_MAX = 1 << 20;

export interface WireOptions {
  readonly clock: Clock;
  /** One way, milliseconds. */
  readonly latencyMs: number;
  readonly loss: Loss;
  /** Told of each frame that is written. */
  readonly onFrame: (frame: Uint8Array) => void;
  /** The first end was closed. */
  readonly onClosed: () => void;
  /** The connection that carries it is to end. */
  readonly onBreak: () => void;
}

/** The reliable stream of one session: frames come in order, the later for what was lost before them. */
export class Wire {
  readonly options: WireOptions;
  readonly ends: readonly [WireEnd, WireEnd];
  /** Nothing comes through any more, and nobody has noticed. */
  isSilent = false;

  constructor(options: WireOptions) {
    this.options = options;
    this.ends = [new WireEnd(this), new WireEnd(this)];
  }

  otherEnd(end: WireEnd): WireEnd {
    return this.ends[0] === end ? this.ends[1] : this.ends[0];
  }

  /** What is on its way is lost. */
  cut(): void {
    for (const end of this.ends) end.end();
  }
}

export class WireEnd implements FrameChannel {
  readonly #wire: Wire;
  readonly #inbox: Uint8Array[] = [];
  #hasEnded = false;
  /** The other end was closed: nothing more comes than what has. */
  #isLast = false;
  #unreadBytes = 0;
  #arrivesAt = 0;
  #reader: ((frame: Uint8Array | undefined) => void) | undefined;
  #writers: (() => void)[] = [];

  constructor(wire: Wire) {
    this.#wire = wire;
  }

  async read(): Promise<Uint8Array | undefined> {
    if (this.#hasEnded) return undefined;
    const frame = this.#inbox.shift() ?? (this.#isLast ? undefined : await this.#next());
    if (frame) this.#wire.otherEnd(this).#freed(frame.byteLength);
    return frame;
  }

  async write(frame: Uint8Array): Promise<void> {
    if (this.#hasEnded) throw new ChannelClosedError('closed');
    const { clock, latencyMs, loss, onFrame, onBreak } = this.#wire.options;
    onFrame(frame);
    this.#unreadBytes += frame.byteLength;
    const { delayMs, breaks } = loss.of(frame.byteLength + FRAME_OVERHEAD_BYTES, latencyMs);
    this.#arrivesAt = Math.max(this.#arrivesAt, clock.now() + latencyMs) + delayMs;
    const other = this.#wire.otherEnd(this);
    clock.schedule(this.#arrivesAt - clock.now(), () => {
      if (breaks) onBreak();
      else if (!this.#wire.isSilent) other.#arrive(frame);
    });
    while (this.#unreadBytes > UNREAD_BYTES_MAX) {
      await new Promise<void>((resolve) => this.#writers.push(resolve));
      if (this.#isOver()) throw new ChannelClosedError('closed');
    }
  }

  async close(): Promise<void> {
    if (this.#hasEnded) return;
    const { clock, latencyMs, onClosed } = this.#wire.options;
    const other = this.#wire.otherEnd(this);
    this.end();
    clock.schedule(Math.max(this.#arrivesAt - clock.now(), latencyMs), () => {
      if (!this.#wire.isSilent) other.#endAfterRead();
    });
    onClosed();
  }

  end(): void {
    this.#hasEnded = true;
    this.#inbox.length = 0;
    this.#wake();
  }

  #isOver(): boolean {
    return this.#hasEnded;
  }

  #next(): Promise<Uint8Array | undefined> {
    return new Promise((resolve) => (this.#reader = resolve));
  }

  #arrive(frame: Uint8Array): void {
    if (this.#hasEnded) return;
    const reader = this.#reader;
    this.#reader = undefined;
    if (reader) reader(frame);
    else this.#inbox.push(frame);
  }

  #endAfterRead(): void {
    this.#isLast = true;
    this.#reader?.(undefined);
    this.#reader = undefined;
  }

  #freed(bytes: number): void {
    this.#unreadBytes -= bytes;
    for (const resolve of this.#writers.splice(0)) resolve();
  }

  #wake(): void {
    this.#reader?.(undefined);
    this.#reader = undefined;
    for (const resolve of this.#writers.splice(0)) resolve();
  }
}
