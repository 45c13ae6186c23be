import { PROTOCOL_VERSION } from './constants.ts';

/**
 * By their first frames two sides tell each other that they are both `Reconciliation`: it begins with empty skips at the very
 * start. They say nothing in negentropy V1, and no implementation writes them of its own accord: it joins skips that follow
 * one another. It may repeat the initiator's one in front of its answer; so the responder's mark is two.
 */
export const INITIATOR_MARK = 1;
export const RESPONDER_MARK = 2;

/** The bound at timestamp 0 without a prefix, and the mode: a range of nothing that is skipped. */
const EMPTY_SKIP = [1, 0, 0] as const;

/** Bytes of the longer mark. */
export const MARK_BYTES = RESPONDER_MARK * EMPTY_SKIP.length;

/** The frame with a mark of so many skips behind the version. */
export function marked(frame: Uint8Array, skips: number): Uint8Array {
  const mark = Array.from({ length: skips }, () => EMPTY_SKIP).flat();
  const out = new Uint8Array(frame.length + mark.length);
  out.set(frame.subarray(0, 1));
  out.set(mark, 1);
  out.set(frame.subarray(1), 1 + mark.length);
  return out;
}

/** Whether the frame begins with a mark of so many skips, and no more. */
export function isMarked(frame: Uint8Array, skips: number): boolean {
  if (frame[0] !== PROTOCOL_VERSION) return false;
  let found = 0;
  const isSkip = (from: number): boolean =>
    EMPTY_SKIP.every((byte, at) => frame[from + at] === byte);
  while (found <= skips && isSkip(1 + found * EMPTY_SKIP.length)) found += 1;
  return found === skips;
}

/** The frame without its mark of so many skips. Timestamps are relative to the mark's, which is 0, as they were without it. */
export function withoutMark(frame: Uint8Array, skips: number): Uint8Array {
  // A copy of a Buffer too, whose own `slice` makes none.
  const out = Uint8Array.from(frame.subarray(skips * EMPTY_SKIP.length));
  out.set(frame.subarray(0, 1));
  return out;
}
