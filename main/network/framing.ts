import type { Stream } from '@libp2p/interface';
import { pEvent } from 'p-event';
import { concatBytes } from '../helpers/bytes.ts';
import { ChannelClosedError } from '../helpers/frame-channel.ts';
import type { FrameChannel } from '../helpers/frame-channel.ts';
import { debugLog } from '../log/debug-log.ts';

const ignored = debugLog('network:framing');

/** A frame is its length in 4 bytes, big-endian, and then that many bytes. */
const LENGTH_BYTES = 4;
/**
 * The stream is paused while this many bytes of frames wait to be read: the memory that one peer can make us use. On a
 * WebRTC stream a pause holds nobody back (@libp2p/webrtc 6.0): what comes in is kept, and beyond 4 MiB the stream ends. So
 * a sender must not rely on it: MVDS has at most 1 MiB of messages out that are not acknowledged (`WINDOW_BYTES` in
 * mvds/constants), and a reconciliation waits for the answer to each round.
 */
const UNREAD_BYTES_MAX = 1 << 20;

/** What was written may still go out for this long; a peer that takes nothing must not hold up an end, milliseconds. */
const CLOSE_TIMEOUT_MS = 2_000;

/** The treatment of frames that are too long. */
export interface OversizedFrames {
  /** Bytes of them, together, that are read and thrown away; a frame beyond that ends the channel. */
  readonly bytesMax: number;
  /** One of `bytes` is being skipped. */
  readonly onSkipped: (bytes: number) => void;
}

/**
 * Frames over a libp2p stream, which keeps no message boundaries. A frame longer than `frameBytesMax` is skipped as it comes
 * in, as far as `oversized` allows; else it ends the channel before its body is waited for.
 */
export function frameChannel(
  stream: Stream,
  frameBytesMax: number,
  oversized?: OversizedFrames,
): FrameChannel {
  const frames: Uint8Array[] = [];
  let unread = 0;
  let partial: Uint8Array = new Uint8Array(0);
  let ended = false;
  /** Bytes that are left of a frame that is skipped, and bytes of all frames that were. */
  let skipping = 0;
  let skipped = 0;
  let wake: (() => void) | undefined;

  const end = () => {
    ended = true;
    wake?.();
  };
  const close = async () => {
    end();
    try {
      await stream.close({ signal: AbortSignal.timeout(CLOSE_TIMEOUT_MS) });
    } catch (error) {
      ignored(error);
      stream.abort(new ChannelClosedError('the stream could not be closed in order'));
    }
  };
  // A channel is open at both ends or at none.
  stream.addEventListener('remoteCloseWrite', () => void close());
  stream.addEventListener('close', end);
  // It may have ended while the handshake of its protocol was still under way; no event will tell of that again.
  if (stream.status !== 'open') end();
  else if (stream.remoteWriteStatus === 'closed') void close();
  stream.addEventListener('message', ({ data }) => {
    const whole = data instanceof Uint8Array ? data : data.subarray();
    const bytes = whole.subarray(Math.min(skipping, whole.byteLength));
    skipping -= whole.byteLength - bytes.byteLength;
    partial = partial.byteLength === 0 ? bytes : concatBytes(partial, bytes);
    for (;;) {
      const frame = takeFrame();
      if (!frame) break;
      frames.push(frame);
      unread += frame.byteLength;
    }
    // A pause() made while the stream hands out its buffer is undone when it is done (@libp2p/utils 7.4).
    if (unread > UNREAD_BYTES_MAX) queueMicrotask(pauseOrResume);
    wake?.();
  });

  function takeFrame(): Uint8Array | undefined {
    if (partial.byteLength < LENGTH_BYTES) return undefined;
    const length = new DataView(partial.buffer, partial.byteOffset).getUint32(0);
    if (length > frameBytesMax && oversized && skipped + length <= oversized.bytesMax) {
      skipped += length;
      const after = partial.subarray(LENGTH_BYTES);
      partial = after.subarray(Math.min(length, after.byteLength));
      skipping = length - (after.byteLength - partial.byteLength);
      oversized.onSkipped(length);
      return takeFrame();
    }
    if (length > frameBytesMax) {
      stream.abort(
        new RangeError(`a frame of ${length} bytes is over the limit of ${frameBytesMax}`),
      );
      end();
      return undefined;
    }
    const next = LENGTH_BYTES + length;
    if (partial.byteLength < next) return undefined;
    const frame = partial.subarray(LENGTH_BYTES, next);
    partial = partial.subarray(next);
    return frame;
  }

  function pauseOrResume(): void {
    if (stream.status !== 'open') return;
    if (unread > UNREAD_BYTES_MAX && stream.readStatus === 'readable') stream.pause();
    if (unread <= UNREAD_BYTES_MAX && stream.readStatus === 'paused') stream.resume();
  }

  return {
    async read() {
      while (frames.length === 0 && !ended) {
        await new Promise<void>((resolve) => (wake = resolve));
      }
      const frame = frames.shift();
      if (frame) {
        unread -= frame.byteLength;
        pauseOrResume();
      }
      return frame;
    },
    async write(frame) {
      const prefixed = new Uint8Array(LENGTH_BYTES + frame.byteLength);
      new DataView(prefixed.buffer).setUint32(0, frame.byteLength);
      prefixed.set(frame, LENGTH_BYTES);
      try {
        let room = stream.send(prefixed);
        // onDrain() works only once (@libp2p/utils 7.4): wait for the event.
        while (!room) {
          await pEvent(stream, 'drain', { rejectionEvents: ['close'] });
          room = !stream.writableNeedsDrain;
        }
      } catch (error) {
        ignored(error);
        throw new ChannelClosedError('the stream has ended');
      }
    },
    close,
  };
}
