/** Range-based set reconciliation of message ids. See README.md. */
export {
  DEFAULT_FRAME_BYTES,
  MAX_FRAME_BYTES,
  MIN_FRAME_BYTES,
  POSITION_BYTES,
} from './constants.ts';
export { boundAt, orderTimestamp } from './bound.ts';
export { FrameError, type FrameFault } from './errors.ts';
export { Negentropy, type NegentropyOptions } from './negentropy.ts';
export { IdsSince, type IdSet } from './ids-since.ts';
export { OrderedIds } from './ordered-ids.ts';
export { Reconciliation, type ReconciliationOptions } from './reconciliation.ts';
export type { Step } from './session.ts';
export type { Unloaded } from './unloaded-chunk.ts';
