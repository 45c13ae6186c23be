import { ChannelClosedError } from '../../main/helpers/frame-channel.ts';
import type { FrameChannel } from '../../main/helpers/frame-channel.ts';

interface End {
  readonly frames: Uint8Array[];
  closed: boolean;
  wake: () => void;
}

/** Two ends of a channel in memory. What was written before one end closed still arrives at the other. */
export function channelPair(): readonly [FrameChannel, FrameChannel] {
  const ends: readonly [End, End] = [newEnd(), newEnd()];
  return [channel(ends[0], ends[1]), channel(ends[1], ends[0])];
}

function newEnd(): End {
  return { frames: [], closed: false, wake: () => undefined };
}

function channel(own: End, other: End): FrameChannel {
  return {
    async read() {
      while (own.frames.length === 0 && !own.closed && !other.closed) {
        await new Promise<void>((resolve) => (own.wake = resolve));
      }
      return own.closed ? undefined : own.frames.shift();
    },
    async write(frame) {
      if (own.closed || other.closed) throw new ChannelClosedError('closed');
      other.frames.push(frame);
      other.wake();
    },
    async close() {
      own.closed = true;
      own.wake();
      other.wake();
    },
  };
}
