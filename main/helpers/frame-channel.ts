/** Carries whole frames to one peer and back, in order. */
export interface FrameChannel {
  /** The next frame; undefined once the channel has ended, however it ended. One read at a time. */
  read(): Promise<Uint8Array | undefined>;
  /** Resolves when there is room for more. Rejects with `ChannelClosedError` once the channel has ended. */
  write(frame: Uint8Array): Promise<void>;
  /** Ends the channel. Frames written before are still sent. */
  close(): Promise<void>;
}

export class ChannelClosedError extends Error {
  override readonly name = 'ChannelClosedError';
}
