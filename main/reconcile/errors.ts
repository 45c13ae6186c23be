/** Why a frame was refused. */
export type FrameFault =
  /** Longer than MAX_FRAME_BYTES, or more than MAX_RANGES ranges. */
  | 'too-large'
  /** The first byte is not 0x61, or there is none. */
  | 'version'
  /** It ends within a range. */
  | 'truncated'
  /** A number that is above 2^53 or written with more digits than it needs. */
  | 'number'
  /** A timestamp above 2^53 − 1. */
  | 'timestamp'
  /** A bound that lies before the one in front of it, has a prefix above 32 bytes, or infinity with a prefix. */
  | 'bound'
  /** A mode other than 0, 1 and 2. */
  | 'mode'
  /** It answers what was not asked, or nothing. */
  | 'unasked';

/** A frame from outside that is not what the protocol allows. The session that it came to is at its end. */
export class FrameError extends Error {
  override readonly name = 'FrameError';
  readonly fault: FrameFault;

  constructor(fault: FrameFault, message: string) {
    super(message);
    this.fault = fault;
  }
}
