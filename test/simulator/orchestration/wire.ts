import { ChannelClosedError, type FrameChannel } from '../../../main/helpers/frame-channel.ts';
import { extensionsOf } from '../../../main/mvds/codec.ts';
import type { PeerId } from '../../../main/mvds/types.ts';
import type { After } from './world-clock.ts';

/** Bytes on the way or unread before a writer has to wait. */
const BUFFER_BYTES = 16 * 1024;

export interface WireOptions {
  readonly after: After;
  readonly peers: readonly [PeerId, PeerId];
  readonly now: () => number;
  readonly latencyMs: number;
  readonly bytesPerSecond: number;
  /** Told of each frame that is written. */
  readonly onFrame: (frame: Uint8Array) => void;
  /** How many messages the device at an end (0 or 1) has at this moment; travels with its frames, for the oracle. */
  readonly heldAt: (end: number) => number;
  /** Told once, when the first end closes or the wire is cut. */
  readonly onEnd: () => void;
}

/** A connection between two devices: frames arrive in order, after a while, or never. */
export class Wire {
  readonly ends: readonly [WireEnd, WireEnd];
  readonly options: WireOptions;
  /** Nothing arrives any more, and nobody is told. */
  isStalled = false;
  private hasEnded = false;

  constructor(options: WireOptions) {
    this.options = options;
    this.ends = [new WireEnd(this), new WireEnd(this)];
  }

  get isLive(): boolean {
    return !this.hasEnded;
  }

  other(end: WireEnd): WireEnd {
    return this.ends[0] === end ? this.ends[1] : this.ends[0];
  }

  /** The connection is lost: what was on its way is, too. */
  cut(): void {
    for (const end of this.ends) end.lose();
    this.end();
  }

  end(): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    this.options.onEnd();
  }
}

interface Arrived {
  readonly frame: Uint8Array;
  readonly held: number;
}

/** One end, with what an oracle wants to know of it. */
export class WireEnd implements FrameChannel {
  /** What the device at this end has said and heard of what is pending. */
  said: number | undefined;
  heard: number | undefined;
  /** How many messages the other side had when it wrote the last frame that was read here. */
  heldThere = 0;
  frames = 0;
  bytesSent = 0;
  bytesReceived = 0;
  private readonly wire: Wire;
  private readonly inbox: Arrived[] = [];
  private readonly room: (() => void)[] = [];
  private isClosed = false;
  private isLost = false;
  private hasEof = false;
  private unreadBytes = 0;
  private arrivesAt = 0;
  private wake: () => void = () => undefined;

  constructor(wire: Wire) {
    this.wire = wire;
  }

  /** Whether the device at this end can still use it, for all that it knows. */
  get isOpen(): boolean {
    return !this.isClosed && !this.isLost && !(this.hasEof && this.inbox.length === 0);
  }

  async read(): Promise<Uint8Array | undefined> {
    while (this.isOpen && this.inbox.length === 0) {
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
    const arrived = this.isOpen ? this.inbox.shift() : undefined;
    if (!arrived) return undefined;
    const { frame, held } = arrived;
    this.wire.other(this).freed(frame.byteLength);
    this.frames += 1;
    this.bytesReceived += frame.byteLength;
    this.heldThere = held;
    const { hello } = extensionsOf(frame);
    if (hello) this.heard = hello.pending;
    return frame;
  }

  async write(frame: Uint8Array): Promise<void> {
    if (!this.isOpen) throw new ChannelClosedError('closed');
    const { after, peers, now, latencyMs, bytesPerSecond, onFrame, heldAt } = this.wire.options;
    onFrame(frame);
    const { hello } = extensionsOf(frame);
    if (hello) this.said = hello.pending;
    this.unreadBytes += frame.byteLength;
    const travelMs = (frame.byteLength / bytesPerSecond) * 1_000;
    this.arrivesAt = Math.max(this.arrivesAt, now() + latencyMs) + travelMs;
    const arrived = { frame, held: heldAt(this.wire.ends.indexOf(this)) };
    after(this.arrivesAt - now(), () => this.wire.other(this).arrive(arrived), peers);
    if (this.unreadBytes > BUFFER_BYTES) await this.roomForMore();
    this.bytesSent += frame.byteLength;
  }

  async close(): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    this.wakeAll();
    const { after, peers, now, latencyMs } = this.wire.options;
    after(Math.max(this.arrivesAt - now(), latencyMs), () => this.wire.other(this).eof(), peers);
    this.wire.end();
  }

  lose(): void {
    this.isLost = true;
    this.wakeAll();
  }

  private async roomForMore(): Promise<void> {
    while (this.unreadBytes > BUFFER_BYTES && this.isOpen) {
      await new Promise<void>((resolve) => this.room.push(resolve));
    }
    if (!this.isOpen) throw new ChannelClosedError('closed');
  }

  private arrive(arrived: Arrived): boolean {
    if (this.wire.isStalled || this.isClosed || this.isLost) return false;
    this.inbox.push(arrived);
    this.wake();
    return true;
  }

  private eof(): boolean {
    if (this.wire.isStalled || this.isClosed) return false;
    this.hasEof = true;
    this.wakeAll();
    return true;
  }

  private freed(bytes: number): void {
    this.unreadBytes -= bytes;
    for (const resolve of this.room.splice(0)) resolve();
  }

  private wakeAll(): void {
    this.wake();
    for (const resolve of this.room.splice(0)) resolve();
  }
}
