import type { MessageId } from '../helpers/ids.ts';

/** What came of a frame, or of a part of it. */
export interface Step {
  /** To be sent, in order, once `have` and `need` have been dealt with. */
  readonly frames: readonly Uint8Array[];
  /** Held here, not by the peer. */
  readonly have: readonly MessageId[];
  /** Held by the peer, not here. */
  readonly need: readonly MessageId[];
}
